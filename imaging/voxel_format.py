"""How the voxels of a volume are kept: exactly where 16 bits can hold them, else as 32-bit floats."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from imaging.grouping import is_colour
from imaging.instance import Instance

_AIR_HU = -1024.0


@dataclass(frozen=True)
class VoxelFormat:
    """Type of the voxels of one volume.

    Parameters
    ----------
    dtype : numpy dtype
        int16, uint16, uint8 or float32; uint8 for colour.
    colour : bool
        Whether a voxel is RGB.
    fill : int or float
        What stands where no slice is (yet): the lowest value that is to be expected, air in a CT.
    """

    dtype: np.dtype[Any]
    colour: bool
    fill: float

    def shape(self, shape_ijk: tuple[int, int, int]) -> tuple[int, ...]:
        """Give the shape of the array for a grid."""
        i, j, k = shape_ijk
        return (k, j, i, 3) if self.colour else (k, j, i)


def stored_dtype(instance: Instance) -> np.dtype[Any]:
    """Give the little-endian type of the stored values."""
    return np.dtype(f"<{'i' if instance.signed else 'u'}{max(1, instance.bits_allocated // 8)}")


def is_hounsfield(instance: Instance) -> bool:
    """Tell whether the rescaled values are Hounsfield units (PS3.3 C.11.1.1.2: CT without a type is HU)."""
    return instance.modality == "CT" and instance.rescale_type in ("", "HU")


def choose_format(instances: Iterable[Instance]) -> VoxelFormat:
    """Choose the smallest type that holds every rescaled value of all slices exactly.

    CT numbers always fit into int16: what lies beyond is saturated, and the loader says so.
    """
    kinds = list({_value_key(item): item for item in instances}.values())
    if is_colour(kinds[0]):
        return VoxelFormat(np.dtype(np.uint8), True, 0.0)
    low = min(_extremes(item)[0] for item in kinds)
    high = max(_extremes(item)[1] for item in kinds)
    hounsfield = all(map(is_hounsfield, kinds))
    dtype = np.dtype(np.float32)
    if all(map(_is_integral, kinds)):
        ends = (max(low, -32768.0), min(high, 32767.0)) if hounsfield else (low, high)
        dtype = next((dtype for dtype in _INTEGERS if _holds(dtype, *ends)), dtype)
    return VoxelFormat(dtype, False, max(low, _AIR_HU) if hounsfield else low)


_INTEGERS = (np.dtype(np.uint8), np.dtype(np.int16), np.dtype(np.uint16))


def _holds(dtype: np.dtype[Any], low: float, high: float) -> bool:
    return np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max


def _value_key(item: Instance) -> tuple[object, ...]:
    stored = item.bits_stored, item.bits_allocated, item.signed
    return (*stored, item.slope, item.intercept, item.rescale_type, item.modality_range)


def _is_integral(item: Instance) -> bool:
    return (
        item.slope == int(item.slope) and item.intercept == int(item.intercept) and item.bits_allocated <= 16
    )


def _extremes(item: Instance) -> tuple[float, float]:
    """Lowest and highest rescaled value that the stored bits can hold."""
    if item.modality_range is not None:
        return item.modality_range
    bits = item.bits_stored or item.bits_allocated or 16
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if item.signed else (0, 2**bits - 1)
    ends = low * item.slope + item.intercept, high * item.slope + item.intercept
    return min(ends), max(ends)
