"""The range of values that a look is fitted to."""

import numpy as np

from core.volume import Volume
from render.presets import ValueRange

_MOST_SAMPLES = 60_000
_LOW_PERCENT, _HIGH_PERCENT = 0.2, 99.8


def shown_range(volume: Volume, modality: str) -> ValueRange:
    """Give the range of values that a look is fitted to, from a sample of the voxels.

    For CT the extremes; for everything else without the outermost fifth of a percent, as a few bright voxels
    would darken all the rest.
    """
    stride = max(1, int(np.ceil((volume.voxels.size / _MOST_SAMPLES) ** (1 / 3))))
    sample = volume.voxels[stride // 2 :: stride, ::stride, ::stride].ravel()
    if sample.dtype.kind == "f":
        sample = sample[np.isfinite(sample)]
    if not sample.size:
        return 0.0, 1.0
    if modality == "CT":
        return float(sample.min()), float(sample.max())
    low, high = np.percentile(sample, [_LOW_PERCENT, _HIGH_PERCENT])
    return float(low), float(high)
