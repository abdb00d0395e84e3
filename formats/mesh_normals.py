"""Smooth normals of surfaces."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from native import _core


def smooth_normals(positions: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Give unit normals (n, 3) at the vertices, weighted by area; those at the same place share one.

    A vertex of no triangle with an area gets (0, 1, 0).
    """
    place = np.empty(len(positions), np.int64)
    places = _core.weld_points(np.ascontiguousarray(positions, np.float64), place)
    corners: Any = place[triangles]
    a, b, c = (positions[triangles[:, corner]].astype(np.float64) for corner in range(3))
    across = np.cross(b - a, c - a)
    total = np.stack(
        [
            sum(np.bincount(corners[:, corner], across[:, axis], places) for corner in range(3))
            for axis in range(3)
        ],
        axis=1,
    )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit = np.where(length > 0, total / np.where(length > 0, length, 1.0), (0.0, 1.0, 0.0))
    return np.ascontiguousarray(unit[place], np.float32)
