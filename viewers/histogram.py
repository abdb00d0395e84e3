"""How often each value occurs in a volume."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume

_MOST_SAMPLES = 4_000_000


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of values in bins of equal width.

    Parameters
    ----------
    low, high : float
        Outer borders of the bins; the range of the finite values.
    counts : (bins,) int64
        How many of the looked-at voxels fall into each bin.
    """

    low: float
    high: float
    counts: NDArray[np.int64]

    def heights(self) -> NDArray[np.float64]:
        """Give the bars on a logarithmic scale, 0 to 1: air, the most frequent, does not hide the rest."""
        heights = np.log1p(self.counts)
        top = float(heights.max(initial=0.0))
        return heights / top if top else heights


def histogram(volume: Volume, bins: int = 256) -> Histogram:
    """Count the values of a grey volume; large ones are sampled at regular steps.

    Parameters
    ----------
    volume : Volume
        Grey; NaN and infinite voxels are left out.
    bins : int
        Number of bins.
    """
    stride = max(1, round((volume.voxels.size / _MOST_SAMPLES) ** (1 / 3)))
    sample = volume.voxels[::stride, ::stride, ::stride].ravel()
    if sample.dtype.kind == "f":
        sample = sample[np.isfinite(sample)]
    if not sample.size:
        return Histogram(0.0, 1.0, np.zeros(bins, np.int64))
    low, high = float(sample.min()), float(sample.max())
    high = high if high > low else low + 1.0
    counts, _ = np.histogram(sample, bins, (low, high))
    return Histogram(low, high, counts.astype(np.int64))
