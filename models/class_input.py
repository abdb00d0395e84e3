"""What a network that tells classes is given of a volume or a grey picture: all of it, on a small grid."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.model_card import ChannelPreparation, InputPreparation
from models.training.preparation import resampled
from models.volume_preparation import normalised

_LARGEST_SIDE = {2: 512, 3: 96}
_SHORTEST_MM = 1e-3


def reduced(
    values: NDArray[Any], spacing_mm: Sequence[float]
) -> tuple[NDArray[np.float32], tuple[float, ...]]:
    """Average blocks of voxels until no side is twice as long as what such a network takes.

    Depends on the shape only, so that training and use give the network the same.

    Parameters
    ----------
    values : (k, j, i) or (j, i) numeric
        Stored values; what is no number counts as 0.

    Returns
    -------
    values : float32
    spacing_mm : tuple of float
    """
    limit = _LARGEST_SIDE[values.ndim]
    factors = [max(1, side // limit) for side in values.shape]
    plain = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    for axis, factor in enumerate(factors):
        if factor > 1:
            count = plain.shape[axis] // factor
            kept = plain.take(range(count * factor), axis=axis)
            split = (*kept.shape[:axis], count, factor, *kept.shape[axis + 1 :])
            plain = kept.reshape(split).mean(axis=axis + 1, dtype=np.float32)
    return plain, tuple(step * factor for step, factor in zip(spacing_mm, factors, strict=True))


def class_input(
    values: NDArray[np.float32], spacing_mm: Sequence[float], preparation: InputPreparation
) -> NDArray[np.float32]:
    """Make the array that the network takes.

    The middle of the volume comes to the middle of the patch; what the patch has beyond the volume is as its
    darkest voxel. With a spacing in the card sizes stay what they are, else the longest side fills the patch.

    Parameters
    ----------
    values, spacing_mm
        What `reduced` gave, along the axes of the network.

    Returns
    -------
    ndarray of float32, (1, channels, *patch)
    """
    patch = preparation.patch or values.shape
    how = preparation.channels[0] if preparation.channels else ChannelPreparation()
    millimetres = [side * step for side, step in zip(values.shape, spacing_mm, strict=True)]
    longest = max(length / side for length, side in zip(millimetres, patch, strict=True))
    wanted = preparation.spacing_mm or (max(longest, _SHORTEST_MM),) * values.ndim
    shape = [max(1, round(length / step)) for length, step in zip(millimetres, wanted, strict=True)]
    small = np.array(resampled(values, shape, nearest=False), np.float32)
    return _in_the_middle(normalised(small, how), patch)[None, None]


def _in_the_middle(values: NDArray[np.float32], patch: Sequence[int]) -> NDArray[np.float32]:
    filled = np.full(tuple(patch), values.min(), np.float32)
    here: list[slice] = []
    there: list[slice] = []
    for side, room in zip(values.shape, patch, strict=True):
        length = min(side, room)
        here.append(slice((room - length) // 2, (room - length) // 2 + length))
        there.append(slice((side - length) // 2, (side - length) // 2 + length))
    filled[tuple(here)] = values[tuple(there)]
    return filled
