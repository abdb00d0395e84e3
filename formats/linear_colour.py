"""sRGB colours as the linear ones that scene files want at vertices (IEC 61966-2-1)."""

import numpy as np
from numpy.typing import NDArray


def linear_colours(colours: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Turn sRGB bytes of any shape into linear values from 0 to 1."""
    level = np.arange(256) / 255.0
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)[colours]
