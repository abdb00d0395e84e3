"""Points between the voxels of a stack, whose slices may lie at any depth."""

import numpy as np
from numpy.typing import NDArray

from core.slice_geometry import SliceGeometry

Points = NDArray[np.float64]

_FAR = 1e5  # slices: no object leads further


def lps_from_ijk(geometry: SliceGeometry, points: Points) -> Points:
    """Give LPS millimetres of (n, 3) voxel coordinates (i, j, k); between slices in a straight line."""
    along_row = points[:, :1] * (geometry.row_direction * geometry.spacing_mm[0])
    along_column = points[:, 1:2] * (geometry.column_direction * geometry.spacing_mm[1])
    return _origin(geometry, points[:, 2]) + along_row + along_column


def ijk_from_lps(geometry: SliceGeometry, points: Points) -> Points:
    """Give voxel coordinates (i, j, k) of (n, 3) points in LPS millimetres."""
    depths = geometry.positions_lps_mm @ geometry.normal
    k = _number_at(depths, points @ geometry.normal, geometry.spacing_mm[2])
    offset = points - _origin(geometry, k)
    i = offset @ geometry.row_direction / geometry.spacing_mm[0]
    j = offset @ geometry.column_direction / geometry.spacing_mm[1]
    return np.stack([i, j, k], axis=1)


def _origin(geometry: SliceGeometry, k: NDArray[np.float64]) -> Points:
    """Where voxel (0, 0, k) lies; beyond the stack as its end leads on."""
    positions = geometry.positions_lps_mm
    if len(positions) == 1:
        return positions[0] + k[:, None] * (geometry.normal * geometry.spacing_mm[2])
    last = len(positions) - 1
    before = positions[0] - _FAR * (positions[1] - positions[0])
    after = positions[-1] + _FAR * (positions[-1] - positions[-2])
    places = np.vstack([before, positions, after])
    numbers = np.concatenate([[-_FAR], np.arange(last + 1), [last + _FAR]])
    return np.stack([np.interp(k, numbers, axis) for axis in places.T], axis=1)


def _number_at(
    depths: NDArray[np.float64], wanted: NDArray[np.float64], spacing_mm: float
) -> NDArray[np.float64]:
    if len(depths) == 1:
        return (wanted - depths[0]) / spacing_mm
    below = np.clip(np.searchsorted(depths, wanted, side="right") - 1, 0, len(depths) - 2)
    return below + (wanted - depths[below]) / (depths[below + 1] - depths[below])
