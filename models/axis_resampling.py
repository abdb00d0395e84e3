"""Resampling along the axes of a volume: voxel centres of the first and last voxel's borders stay together.

What lies beyond the border is the border's value. Cubic resampling interpolates with B-splines as
M. Unser, "Splines: a perfect fit for signal and image processing", IEEE Signal Processing Magazine 1999.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]

_ANISOTROPIC = 3.0
_PADDING = 12  # what a border's condition weighs so deep within is below 1e-6
_SUPPORT = 16  # where the weights of the spline have become smaller than a float32 resolves
_CHUNK = 32


def coarse_axis(old_spacing_mm: tuple[float, ...], new_spacing_mm: tuple[float, ...]) -> int | None:
    """Give the axis along which slices are so thick that nothing is interpolated across them.

    The rule of nnU-Net: one spacing is over three times the smallest, and no other is as large.
    """
    for spacing in (old_spacing_mm, new_spacing_mm):
        if max(spacing) / min(spacing) > _ANISOTROPIC:
            axes = [axis for axis, value in enumerate(spacing) if value == max(spacing)]
            return axes[0] if len(axes) == 1 else None
    return None


def places(old: int, new: int) -> NDArray[np.float64]:
    """Give where the `new` voxel centres lie between the `old` ones, which count from 0."""
    return np.asarray((np.arange(new) + 0.5) * (old / new) - 0.5, np.float64)


def nearest_index(old: int, new: int) -> NDArray[np.int64]:
    """Give the nearest old voxel of every new one."""
    return np.clip(np.floor(places(old, new) + 0.5).astype(np.int64), 0, old - 1)


@dataclass(frozen=True, eq=False)
class LinearWeights:
    """Between which two old voxels every new one lies.

    Parameters
    ----------
    lower, upper : (new,) int64
        Their numbers.
    share : (new,) float32
        Weight of the upper one.
    """

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    share: Values


def linear_weights(old: int, new: int, *, nearest: bool = False) -> LinearWeights:
    """Give the weights of linear interpolation, or of the nearest neighbour in the same form."""
    if nearest:
        index = nearest_index(old, new)
        return LinearWeights(index, index, np.zeros(new, np.float32))
    where = np.clip(places(old, new), 0.0, old - 1.0)
    lower = np.minimum(np.floor(where).astype(np.int64), old - 1)
    return LinearWeights(lower, np.minimum(lower + 1, old - 1), (where - lower).astype(np.float32))


def linear_along(values: Values, axis: int, weights: LinearWeights) -> Values:
    """Interpolate along one axis; the values themselves where nothing changes."""
    old = values.shape[axis]
    if len(weights.lower) == old and not weights.share.any() and (weights.lower == np.arange(old)).all():
        return values
    lower = values.take(weights.lower, axis)
    if weights.share.any():
        upper = values.take(weights.upper, axis)
        upper -= lower
        shape = [1] * values.ndim
        shape[axis] = len(weights.share)
        upper *= weights.share.reshape(shape)
        lower += upper
    return lower


@lru_cache(maxsize=16)
def cubic_weights(old: int, new: int) -> Values:
    """Give the matrix (new, old) of cubic B-spline interpolation."""
    padded = old + 2 * _PADDING
    blend = np.zeros((padded, padded))
    rows = np.arange(padded)
    blend[rows, rows] = 4.0 / 6.0
    blend[rows[1:], rows[:-1]] = blend[rows[:-1], rows[1:]] = 1.0 / 6.0
    blend[0, 1] = blend[-1, -2] = 2.0 / 6.0  # mirrored there
    where = places(old, new) + _PADDING
    first = np.floor(where).astype(np.int64) - 1
    spline = np.zeros((new, padded))
    for step in range(4):
        distance = np.abs(where - (first + step))
        near = (4.0 - 6.0 * distance**2 + 3.0 * distance**3) / 6.0
        far = np.clip(2.0 - distance, 0.0, None) ** 3 / 6.0
        spline[np.arange(new), first + step] = np.where(distance < 1.0, near, far)
    from_padded = np.linalg.solve(blend.T, spline.T).T
    weights = from_padded[:, _PADDING : _PADDING + old].copy()
    weights[:, 0] += from_padded[:, :_PADDING].sum(axis=1)
    weights[:, -1] += from_padded[:, _PADDING + old :].sum(axis=1)
    return weights.astype(np.float32)


def cubic_along(values: Values, axis: int, new: int) -> Values:
    """Interpolate along one axis by products of the bands of the matrix with slabs of the values."""
    old = values.shape[axis]
    if old == new:
        return values
    weights, where = cubic_weights(old, new), places(old, new)
    before, after = values.shape[:axis], values.shape[axis + 1 :]
    flat = values.reshape(int(np.prod(before)), old, int(np.prod(after)))
    result = np.empty((flat.shape[0], new, flat.shape[2]), np.float32)
    for start in range(0, new, _CHUNK):
        stop = min(start + _CHUNK, new)
        low = max(int(where[start]) - _SUPPORT, 0)
        high = min(int(where[stop - 1]) + _SUPPORT + 2, old)
        low = min(low, old - 1)
        band = weights[start:stop, low:high]
        if flat.shape[2] == 1:
            np.matmul(flat[:, low:high, 0], band.T, out=result[:, start:stop, 0])
        else:
            np.matmul(band, flat[:, low:high], out=result[:, start:stop])
    return result.reshape(*before, new, *after)


def resampled(values: Values, shape: tuple[int, ...], *, cubic: bool, coarse: int | None) -> Values:
    """Resample one channel to another shape.

    Parameters
    ----------
    values : (d, h, w) float32
    shape : tuple of int
        New d, h, w.
    cubic : bool
        With splines, cut to the range of the values, instead of linearly.
    coarse : int, optional
        Axis along which the nearest slice is taken, and the others are resampled in the slices.
    """
    if values.shape == shape:
        return values
    fine = [axis for axis in range(3) if axis != coarse]
    result = values
    # What shrinks goes first: the rest has less to do.
    for axis in sorted(fine, key=lambda axis: shape[axis] / values.shape[axis]):
        if cubic:
            result = cubic_along(result, axis, shape[axis])
        else:
            result = linear_along(result, axis, linear_weights(values.shape[axis], shape[axis]))
    if cubic and result is not values:
        across = tuple(fine) if coarse is not None else (0, 1, 2)
        low, high = values.min(axis=across, keepdims=True), values.max(axis=across, keepdims=True)
        np.clip(result, low, high, out=result)
    if coarse is not None:
        result = result.take(nearest_index(values.shape[coarse], shape[coarse]), coarse)
    return np.ascontiguousarray(result)
