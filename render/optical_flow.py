"""Where what a picture shows is seen later."""

import numpy as np
from numpy.typing import NDArray

from render.pinhole_camera import PinholeCamera
from render.renderer import Rendering, SceneRenderer
from render.scene import PointNode, RenderScene


def later_points(rendering: Rendering, renderer: SceneRenderer, later: RenderScene) -> NDArray[np.float64]:
    """Give the place in the world of what every pixel shows, once the scene has become `later`.

    Parameters
    ----------
    rendering : Rendering
        With nodes, triangles and weights.
    renderer : SceneRenderer
        Which poses the figures of `later`.
    later : RenderScene
        The same nodes with the same meshes, moved, turned or posed otherwise.

    Returns
    -------
    (h, w, 3) float64
        NaN where nothing is; the middle of a point that is seen.
    """
    nodes, triangles, weights = rendering.nodes, rendering.triangles, rendering.weights
    if nodes is None or triangles is None or weights is None:
        raise ValueError("a rendering with nodes, triangles and weights")
    points = np.full((*nodes.shape, 3), np.nan)
    for number, node in enumerate(later.nodes):
        seen = nodes == number
        if not seen.any():
            continue
        vertices = renderer.world_vertices(node)
        if isinstance(node, PointNode):
            points[seen] = vertices[triangles[seen]]
        else:
            corners = vertices[node.mesh.triangles[triangles[seen]]]
            points[seen] = np.einsum("nc,ncx->nx", weights[seen], corners)
    return points


def optical_flow(
    rendering: Rendering,
    renderer: SceneRenderer,
    later: RenderScene,
    camera: PinholeCamera,
) -> NDArray[np.float64]:
    """Give how far, in pixels, what every pixel shows has moved in a later picture by `camera`.

    Parameters
    ----------
    rendering, renderer, later
        As of `later_points`.
    camera : PinholeCamera
        Of the later picture.

    Returns
    -------
    (h, w, 2) float64
        To the right and down; NaN where nothing is, or where it is behind the later camera. What is hidden
        later has its flow as well.
    """
    places = camera.project(later_points(rendering, renderer, later))
    height, width = places.shape[:2]
    return places - np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1)
