"""Lengths and areas between picked points."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def lengths(points: Floats) -> Floats:
    """Give the distances between consecutive points, (n - 1,), of (n, 3)."""
    return np.linalg.norm(np.diff(points, axis=0), axis=1)


def polygon_area(points: Floats) -> float:
    """Give the area of a polygon, (n, 3), as it is seen along the normal of its plane (Newell).

    A polygon that is not quite flat counts as its shadow on that plane.
    """
    if len(points) < 3:
        return 0.0
    spokes = points - points[0]
    normal = np.cross(spokes, np.roll(spokes, -1, axis=0)).sum(axis=0)
    return float(np.linalg.norm(normal)) / 2
