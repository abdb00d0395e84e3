"""What is under the pointer."""

from dataclasses import dataclass, replace

import numpy as np

from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions, SceneRenderer
from render.scene import RenderScene

_ALL = RenderOptions(frozenset({Output.DEPTH, Output.NODES, Output.TRIANGLES, Output.WEIGHTS}))


@dataclass(frozen=True)
class Pick:
    """What a pixel shows.

    Parameters
    ----------
    node : int
        Number of the node in the scene.
    triangle : int
        Number of the triangle in its mesh, or of the point.
    weights : tuple of float
        Of the triangle's corners.
    depth : float
        Along the camera's axis.
    position : tuple of float
        In the world.
    """

    node: int
    triangle: int
    weights: tuple[float, float, float]
    depth: float
    position: tuple[float, float, float]


def pick(
    renderer: SceneRenderer, scene: RenderScene, camera: PinholeCamera, pixel: tuple[float, float]
) -> Pick | None:
    """Find what is seen at a place (x, y) of the picture; None where nothing is.

    Only that place is drawn, so that it costs a small part of a picture.
    """
    x, y = pixel
    single = replace(camera, size=(1, 1), cx=camera.cx - x, cy=camera.cy - y)
    seen = renderer.render(scene, single, _ALL)
    if seen.nodes is None or seen.triangles is None or seen.weights is None or seen.depth is None:
        raise TypeError("a rendering without what was asked for")
    if seen.nodes[0, 0] < 0:
        return None
    depth = float(seen.depth[0, 0])
    place = (single.undistorted_pixels(np.zeros(2)) - [single.cx, single.cy]) / [single.fx, single.fy]
    ahead = np.array([*(place if camera.parallel else place * depth), depth])
    position = camera.world_from_camera[:3, :3] @ ahead + camera.world_from_camera[:3, 3]
    a, b, c = (float(weight) for weight in seen.weights[0, 0])
    return Pick(
        int(seen.nodes[0, 0]),
        int(seen.triangles[0, 0]),
        (a, b, c),
        depth,
        (float(position[0]), float(position[1]), float(position[2])),
    )
