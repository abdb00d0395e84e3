"""Which point of a cloud is meant by a place in the picture."""

from collections.abc import Sequence

import numpy as np

from reconstruction.result_views import positions_of
from render.pinhole_camera import PinholeCamera
from render.scene import SceneNode

_REACH_PX = 9.0
_SAME_PX = 3.0  # points this near to each other cover one another: the front one is meant


def nearest_point(
    nodes: Sequence[SceneNode], view: PinholeCamera, place: tuple[float, float]
) -> tuple[float, float, float] | None:
    """Give the point nearest to a place (x, y) of the picture, the front one of several; else None."""
    candidates: list[tuple[float, float, tuple[float, float, float]]] = []
    for node in nodes:
        points = positions_of(node)
        apart = np.linalg.norm(view.project(points) - place, axis=1)
        near = np.flatnonzero(apart <= _REACH_PX)
        pose = view.camera_from_world
        depths = points[near] @ pose[2, :3] + pose[2, 3]
        for row, depth in zip(near.tolist(), depths.tolist(), strict=True):
            x, y, z = points[row].tolist()
            candidates.append((float(apart[row]), depth, (x, y, z)))
    if not candidates:
        return None
    least = min(candidates)[0]
    return min((one for one in candidates if one[0] <= least + _SAME_PX), key=lambda one: one[1])[2]
