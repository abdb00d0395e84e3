"""The values of a series that may still be loading: a sample, their range, the windows that follow."""

import numpy as np
from numpy.typing import NDArray

from core.series import Series
from core.volume import Volume
from viewers.window_level import Window, percentile_window
from viewers.window_presets import FROM_FILE, FULL_RANGE, NARROW, WindowPreset

_SAMPLED_SLICES = 12
_SAMPLED_COLUMNS = 192
_CT_WINDOW = Window(40.0, 400.0)


class SeriesValues:
    """What is known of the values of the open series.

    Parameters
    ----------
    volume : Volume
        Filled slice by slice.
    series : Series
        Its window and range, where known.
    """

    def __init__(self, volume: Volume, series: Series) -> None:
        self._volume = volume
        self.series = series
        self.filled: NDArray[np.bool_] = np.zeros(volume.shape_ijk[2], bool)

    def sample(self) -> NDArray[np.generic]:
        """Give values of a few slices that have come; one value 0 where none has."""
        have = np.flatnonzero(self.filled)
        if have.size == 0:
            return np.zeros(1, np.float32)
        chosen = have[np.linspace(0, have.size - 1, min(have.size, _SAMPLED_SLICES)).astype(int)]
        step = max(1, self._volume.shape_ijk[0] // _SAMPLED_COLUMNS)
        return np.concatenate([self._volume.voxels[k, ::step, ::step].ravel() for k in np.unique(chosen)])

    def range(self) -> tuple[float, float]:
        """Give the smallest and the largest value, from a sample while they are not known exactly."""
        if self.series.value_range is not None:
            return self.series.value_range
        sample = self.sample().astype(np.float64)
        sample = sample[np.isfinite(sample)]
        return (float(sample.min()), float(sample.max())) if sample.size else (0.0, 1.0)

    def window(self, preset: WindowPreset) -> Window:
        """Give the window of a preset; what the file does not say is taken from the values."""
        if preset.window is not None:
            return preset.window
        stored = self._stored_window() if preset is FROM_FILE else None
        if stored is not None:
            return stored
        if preset is FULL_RANGE:
            return Window.between(*self.range())
        tail = 5.0 if preset is NARROW else 0.5
        return percentile_window(self.sample(), tail, 100.0 - tail)

    def needs_voxels(self, preset: WindowPreset) -> bool:
        """Whether the window of a preset can only be told when slices have come."""
        if preset.window is not None or (preset is FROM_FILE and self._stored_window() is not None):
            return False
        return not (preset is FULL_RANGE and self.series.value_range is not None)

    def _stored_window(self) -> Window | None:
        """Give the window that the file asks for; where a CT asks for none, the usual one of soft tissue."""
        stored = self.series.window
        if stored is not None and stored[1] > 0:
            return Window(*stored)
        return _CT_WINDOW if self.series.modality == "CT" and self.series.unit == "HU" else None
