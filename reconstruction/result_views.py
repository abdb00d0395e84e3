"""Where a reconstruction is looked at from."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.shown_result import Layer, ShownResult
from reconstruction.similarity import Similarity
from render.camera import Camera
from render.scene import PointNode, SceneNode
from render.view_fitting import fitted

Floats = NDArray[np.float64]

_MOST_FITTED = 20_000
_FEWEST_SPARSE = 50
_MOST_MEDIANS = 2.5  # of the distances from the middle: what is behind the scene lies further off
# Sides of a scene whose y axis is up, by the letters of the viewport's keys: outwards, and up in the picture.
_SIDES: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "A": ((0, 0, 1), (0, 1, 0)),
    "P": ((0, 0, -1), (0, 1, 0)),
    "L": ((-1, 0, 0), (0, 1, 0)),
    "R": ((1, 0, 0), (0, 1, 0)),
    "S": ((0, 1, 0), (0, 0, -1)),
    "I": ((0, -1, 0), (0, 0, 1)),
}


def positions_of(node: SceneNode) -> Floats:
    """Give the vertices or points of a node, (n, 3), in the world."""
    local = node.points.positions if isinstance(node, PointNode) else node.mesh.positions
    pose = node.world_from_points if isinstance(node, PointNode) else node.world_from_mesh
    return local @ pose[:3, :3].T + pose[:3, 3]


def centres_of(cameras: Mapping[str, PosedCamera]) -> Floats:
    """Give where cameras are, (n, 3)."""
    return np.array([camera.pose[1] for camera in cameras.values()]).reshape(-1, 3)


def same_cameras(first: ShownResult, second: ShownResult) -> bool:
    """Tell whether two results stand in the same world."""
    if first.cameras.keys() != second.cameras.keys():
        return False
    pairs = [(first.cameras[name].pose, second.cameras[name].pose) for name in first.cameras]
    return all(
        np.allclose(a, b, rtol=1e-6, atol=1e-9) for one, two in pairs for a, b in zip(one, two, strict=True)
    )


def framing(result: ShownResult, layer: Layer) -> Floats:
    """Give the points, (n, 3), that a view of a layer is fitted to: those far off do not count.

    Sparse points are taken where there are enough: what several photographs show is what they were taken of,
    while half of a mesh may be background.
    """
    sparse = result.layers.get(Layer.SPARSE, ())
    enough = sum(len(positions_of(node)) for node in sparse) >= _FEWEST_SPARSE
    points = np.concatenate([positions_of(node) for node in (sparse if enough else result.layers[layer])])
    points = points[:: max(1, len(points) // _MOST_FITTED)]
    middle = np.median(points, axis=0)
    distances = np.linalg.norm(points - middle, axis=1)
    return points[distances <= max(_MOST_MEDIANS * np.median(distances), distances.min())]


def first_view(
    result: ShownResult, layer: Layer, size: tuple[int, int], transform: Similarity | None = None
) -> Camera:
    """Give the view from where the photographs were taken, from a little above, of the result moved."""
    place = transform or Similarity()
    points, centres = place.apply(framing(result, layer)), place.apply(centres_of(result.cameras))
    middle = points.mean(axis=0)
    offsets = centres - middle
    if not len(offsets):
        return side_view(points, "A", size)
    reach = float(np.linalg.norm(offsets, axis=1).mean())
    towards = offsets.mean(axis=0)
    if np.linalg.norm(towards) < 0.3 * reach:  # photographed from all around
        towards = offsets[0]
    length = float(np.linalg.norm(towards))
    outwards = towards / length if length > 0 else np.array([0.0, 0.0, 1.0])
    outwards = outwards + np.array([0.0, 0.25, 0.0])
    if np.linalg.norm(np.cross(outwards, [0, 1, 0])) < 0.1:
        outwards = outwards + np.array([0.0, 0.0, 0.3])
    # Cameras are what there is to see of the first stage; a surface shall fill the view.
    shown = np.concatenate((points, centres)) if layer is Layer.SPARSE else points
    return _looking(shown, outwards, (0.0, 1.0, 0.0), size)


def side_view(points: Floats, letter: str, size: tuple[int, int]) -> Camera:
    """Give the view of points from a side: A front (+z), P back, L left, R right, S top, I bottom."""
    outwards, up = _SIDES[letter]
    return _looking(points, np.array(outwards), up, size)


def _looking(
    points: Floats, outwards: Floats, up: tuple[float, float, float], size: tuple[int, int]
) -> Camera:
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    x, y, z = (middle + outwards).tolist()
    focal = float(middle[0]), float(middle[1]), float(middle[2])
    return fitted(Camera((x, y, z), focal, up), points, size)
