"""Rotations as unit quaternions (x, y, z, w)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rotations_of(quaternions: Floats) -> Floats:
    """Turn quaternions (n, 4), of any length but 0, into rotations (n, 3, 3)."""
    x, y, z, w = (quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def quaternions_of(rotations: Floats) -> Floats:
    """Turn rotations (n, 3, 3) into unit quaternions (n, 4), w not negative.

    The largest eigenvector of Bar-Itzhack's matrix (J. Guidance 23, 2000): the nearest one where a matrix is
    not quite a rotation.
    """
    r = rotations
    forms = np.empty((len(r), 4, 4))
    for axis in range(3):
        before, after = (axis + 1) % 3, (axis + 2) % 3
        forms[:, axis, axis] = r[:, axis, axis] - r[:, before, before] - r[:, after, after]
        mixed = r[:, axis, before] + r[:, before, axis]
        forms[:, axis, before] = forms[:, before, axis] = mixed
        forms[:, 3, axis] = forms[:, axis, 3] = r[:, after, before] - r[:, before, after]
    forms[:, 3, 3] = np.trace(r, axis1=1, axis2=2)
    found = np.linalg.eigh(forms)[1][:, :, -1]
    return np.where(found[:, 3:] < 0, -found, found)


def angles_rad(rotations: Floats) -> Floats:
    """Give by how much rotations (n, 3, 3) turn, 0 to pi, exact for small angles as well."""
    quaternions = quaternions_of(rotations)
    return 2 * np.arctan2(np.linalg.norm(quaternions[:, :3], axis=1), quaternions[:, 3])
