"""The bar that shows how long a length is on the screen."""

import math
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class ScaleBar:
    """A bar of `pixels` length that stands for `text`."""

    pixels: float
    text: str


def scale_bar_mm(mm_per_pixel: float, longest_pixels: float) -> float:
    """Give the longest round length (1, 2 or 5 times a power of ten) that fits into `longest_pixels`.

    Parameters
    ----------
    mm_per_pixel : float
        Size of a screen pixel in the patient, positive.
    longest_pixels : float
        Room for the bar, positive.
    """
    room = mm_per_pixel * longest_pixels
    power = 10.0 ** math.floor(math.log10(room))
    fitting = [step * power for step in (*_STEPS, 10.0) if step * power <= room * (1 + 1e-9)]
    return fitting[-1] if fitting else power / 2


def length_text(length_mm: float) -> str:
    """Tell a round length: "50 mm", "10 cm", "0.5 mm", "5 µm"."""
    if length_mm < 0.1:
        return f"{1000 * length_mm:g} µm"
    return f"{length_mm / 10:g} cm" if length_mm >= 100 else f"{length_mm:g} mm"
