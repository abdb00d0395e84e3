"""Colours of a mesh's vertices, from the views that see them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from core.textured_mesh import TexturedMesh
from reconstruction.dense_points import DensePoints
from reconstruction.depth_map import DepthMap
from reconstruction.view import View

Floats = NDArray[np.float32]
_REACH_IN_VOXELS = 2.0
_GREY = 128


def vertex_colours(
    mesh: TexturedMesh,
    views: Sequence[View],
    depth_maps: Sequence[DepthMap],
    points: DensePoints,
    voxel: float,
    *,
    progress: Progress = SILENT,
) -> NDArray[np.uint8]:
    """Average what the views show where their depth maps confirm the vertex; sharper views count more.

    What no view confirms has the colour of its neighbours in the mesh.

    Parameters
    ----------
    mesh : TexturedMesh
        Only its vertices and triangles are looked at.
    views, depth_maps : sequence
        In the same order.
    points : DensePoints
        Their mean colour is that of pieces which no view confirms.
    voxel : float
        How fine the mesh is, in the scene's unit.
    progress : Progress
        Reports and cancels.

    Returns
    -------
    (n, 3) uint8
        sRGB.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    total = np.zeros((len(mesh.positions), 4), np.float32)
    for number, (view, depth_map) in enumerate(zip(views, depth_maps, strict=True)):
        progress.report(number / len(views))
        _add_view(total, mesh.positions, view, depth_map, _REACH_IN_VOXELS * voxel)
    _spread(total, mesh.triangles)
    rest = points.colours.mean(axis=0) if len(points.colours) else np.full(3, _GREY)
    known = total[:, 3] > 0
    mean = np.where(known[:, None], total[:, :3] / np.maximum(total[:, 3:], 1e-20), rest)
    return np.clip(np.rint(mean), 0, 255).astype(np.uint8)


def _add_view(total: Floats, positions: Floats, view: View, depth_map: DepthMap, reach: float) -> None:
    rotation, centre = depth_map.camera.pose
    places = ((positions - centre.astype(np.float32)) @ rotation).astype(np.float32)
    ahead = np.flatnonzero(places[:, 2] > 0)
    x, y = _pixels(places[ahead], depth_map)
    shown = depth_map.depth[y, x]
    agrees = (shown > 0) & (np.abs(shown - places[ahead, 2]) <= reach + 0.002 * shown)
    seen = ahead[agrees]
    flat = places[seen, :2] / places[seen, 2:]
    facing = np.abs(
        np.einsum("ij,ij->i", depth_map.normals[y, x][agrees], np.column_stack((flat, np.ones(len(seen)))))
    )
    k = view.camera.intrinsics
    across = k[0, 0] * flat[:, 0] + k[0, 1] * flat[:, 1] + k[0, 2]
    down = k[1, 1] * flat[:, 1] + k[1, 2]
    weight = (np.maximum(facing, 0.1) * k[0, 0] / places[seen, 2]) ** 2
    total[seen, :3] += weight[:, None] * _sampled(view.colours, across, down)
    total[seen, 3] += weight


def _pixels(places: Floats, depth_map: DepthMap) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Nearest pixels; beyond the picture those of its edge, whose depth does not agree but by chance."""
    k = depth_map.camera.intrinsics
    flat = places[:, :2] / places[:, 2:]
    height, width = depth_map.depth.shape
    x = np.rint(np.clip(k[0, 0] * flat[:, 0] + k[0, 1] * flat[:, 1] + k[0, 2], 0, width - 1))
    y = np.rint(np.clip(k[1, 1] * flat[:, 1] + k[1, 2], 0, height - 1))
    return x.astype(np.intp), y.astype(np.intp)


def _sampled(colours: NDArray[np.uint8], across: Floats, down: Floats) -> Floats:
    height, width = colours.shape[:2]
    x = np.clip(across, 0, width - 1.001)
    y = np.clip(down, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    u, v = (x - left)[:, None], (y - top)[:, None]
    upper = colours[top, left] * (1 - u) + colours[top, right] * u
    lower = colours[bottom, left] * (1 - u) + colours[bottom, right] * u
    return (upper * (1 - v) + lower * v).astype(np.float32)


def _spread(total: Floats, triangles: NDArray[np.int32]) -> None:
    """Fill what is unknown from its neighbours, as far as the mesh hangs together."""
    sides = np.concatenate([triangles[:, (0, 1)], triangles[:, (1, 2)], triangles[:, (2, 0)]])
    sides = np.concatenate([sides, sides[:, ::-1]])
    while True:
        known = total[:, 3] > 0
        sides = sides[~known[sides[:, 0]]]
        ready = sides[known[sides[:, 1]]]
        if not len(ready):
            return
        source = total[ready[:, 1]]
        mean = source[:, :3] / source[:, 3:]
        for channel in range(3):
            total[:, channel] += np.bincount(ready[:, 0], mean[:, channel], len(total)).astype(np.float32)
        total[:, 3] += np.bincount(ready[:, 0], minlength=len(total)).astype(np.float32)
