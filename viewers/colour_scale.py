"""Colours for values: scales, and pictures made with them."""

import numpy as np
from numpy.typing import NDArray

from viewers.label_raster import premultiplied
from viewers.object_layer import Colour, Raster

# Evenly spaced anchors of viridis (matplotlib, CC0): evenly brighter, readable without red and green.
VIRIDIS: tuple[Colour, ...] = (
    (68, 1, 84),
    (72, 40, 120),
    (62, 74, 137),
    (49, 104, 142),
    (38, 130, 142),
    (31, 158, 137),
    (53, 183, 121),
    (109, 205, 89),
    (180, 222, 44),
    (253, 231, 37),
)
# As dose is shown in radiotherapy: blue where there is little, red where there is most.
DOSE: tuple[Colour, ...] = (
    (30, 40, 200),
    (0, 120, 255),
    (0, 200, 230),
    (40, 200, 90),
    (200, 220, 30),
    (255, 190, 0),
    (255, 110, 0),
    (220, 20, 20),
)
_STEPS = 255


def at(scale: tuple[Colour, ...], share: float) -> Colour:
    """Give the colour of a scale at a share of its length, 0 to 1."""
    red, green, blue = (
        round(float(np.interp(share, np.linspace(0, 1, len(scale)), channel)))
        for channel in zip(*scale, strict=True)
    )
    return red, green, blue


def colour_values(
    values: NDArray[np.float32],
    limits: tuple[float, float],
    scale: tuple[Colour, ...],
    opacity: float,
    *,
    clear_below: float = -np.inf,
) -> Raster:
    """Colour values; NaN and what is below `clear_below` stay clear.

    Parameters
    ----------
    values : (height, width) float32
    limits : tuple of float
        Values of the first and the last colour; beyond them these go on.
    opacity : float
        0 to 1.
    """
    low, high = limits
    table = np.zeros((_STEPS + 2, 4), np.uint8)
    for step in range(_STEPS + 1):
        table[step + 1] = premultiplied(at(scale, step / _STEPS), opacity)
    seen = values >= clear_below  # False for NaN, too
    shares = np.where(seen, (values - low) / max(high - low, 1e-30), 0.0)
    steps = 1 + np.rint(np.clip(shares, 0.0, 1.0) * _STEPS).astype(np.uint16)
    words = table.view(np.uint32)[:, 0][np.where(seen, steps, 0)]
    return words.view(np.uint8).reshape(*values.shape, 4)
