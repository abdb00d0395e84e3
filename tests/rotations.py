"""Rotations for tests of geometry."""

import numpy as np
from numpy.typing import NDArray


def rotation(degrees: tuple[float, float, float]) -> NDArray[np.float64]:
    """Turn about z, then y, then x (all fixed axes)."""
    matrix = np.eye(3)
    for axis, angle in zip((2, 1, 0), np.radians(degrees), strict=True):
        turn = np.eye(3)
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turn[first, first] = turn[second, second] = np.cos(angle)
        turn[first, second], turn[second, first] = -np.sin(angle), np.sin(angle)
        matrix = turn @ matrix
    return matrix
