"""Which values are shown between black and white."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# A drag over this many screen pixels changes the width by the factor e, or the centre by one width.
_PIXELS_PER_E_FOLD = 250.0
_SAMPLES = 50_000


@dataclass(frozen=True)
class Window:
    """Centre and width (DICOM PS3.3 C.11.2.1.2), in the values of the volume.

    Parameters
    ----------
    centre, width : float
        The width is positive.
    """

    centre: float
    width: float

    def __post_init__(self) -> None:
        """Refuse what no window can be."""
        if not (math.isfinite(self.centre) and math.isfinite(self.width) and self.width > 0):
            raise ValueError(f"no window: {self.centre} {self.width}")

    @staticmethod
    def between(low: float, high: float) -> "Window":
        """Give the window from black at `low` to white at `high`; a single value gets the width 1."""
        return Window((low + high) / 2, high - low if high > low else 1.0)

    @property
    def low(self) -> float:
        """Value shown black."""
        return self.centre - self.width / 2

    @property
    def high(self) -> float:
        """Value shown white."""
        return self.centre + self.width / 2

    def dragged(self, dx: float, dy: float, *, smallest: float = 1.0) -> "Window":
        """Give the window after a drag by screen pixels: right widens it, up makes the picture brighter.

        The sensitivity follows the width, so that narrow windows are set finely.
        """
        width = max(self.width * math.exp(dx / _PIXELS_PER_E_FOLD), smallest)
        return Window(self.centre + dy * self.width / _PIXELS_PER_E_FOLD, width)


def smallest_width(value_range: tuple[float, float]) -> float:
    """Give the narrowest window that makes sense: 1 for HU and grey levels, less for small real numbers."""
    return min(1.0, max((value_range[1] - value_range[0]) / 1000.0, 1e-9))


def percentile_window(
    values: NDArray[np.generic], low_percent: float = 0.5, high_percent: float = 99.5
) -> Window:
    """Give the window that holds most of the values, leaving out the darkest and brightest outliers.

    Parameters
    ----------
    values : array of any shape
        At most 50,000 evenly spread values are looked at; those that are not finite are left out.
    """
    flat = values.reshape(-1)
    sample = flat[:: max(1, flat.size // _SAMPLES)].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return Window(0.5, 1.0)
    low, high = np.percentile(sample, [low_percent, high_percent])
    if high <= low:
        low, high = sample.min(), sample.max()
    return Window.between(float(low), float(high))
