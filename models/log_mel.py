"""Sound as the networks of speech take it: the logarithm of its energy in 80 bands, 100 times a second.

The bands are those of Slaney's Auditory Toolbox (1998), as Whisper has them.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATE_HZ = 16000
HOP = 160
_WINDOW, _BANDS = 400, 80
_FLOOR, _RANGE = 1e-10, 8.0


def log_mel(samples: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """Give the bands of a sound at 16 kHz, (80, samples / 160), about -1 to 1."""
    import numpy as np

    padded = np.pad(samples.astype(np.float64), _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:-1]
    energy = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW + 1)[:-1], axis=1)) ** 2
    bands = np.log10(np.maximum(energy @ _filters().T, _FLOOR)).T
    bands = np.maximum(bands, bands.max() - _RANGE)
    return ((bands + 4.0) / 4.0).astype(np.float32)


@cache
def _filters() -> "NDArray[np.float64]":
    """Give how much of every frequency goes into each band, (80, 201); the bands have equal areas."""
    import numpy as np

    edges = _hertz(np.linspace(0.0, _mel(RATE_HZ / 2.0), _BANDS + 2))
    frequencies = np.linspace(0.0, RATE_HZ / 2.0, _WINDOW // 2 + 1)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return np.maximum(np.minimum(rising, falling), 0.0) * (2.0 / (high - low))


def _mel(hertz: float) -> float:
    import math

    return 15.0 + 27.0 * math.log(hertz / 1000.0) / math.log(6.4)


def _hertz(mel: "NDArray[Any]") -> "NDArray[np.float64]":
    """Give the frequency: linear below 1000 Hz, logarithmic above."""
    import numpy as np

    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp((mel - 15.0) * np.log(6.4) / 27.0))
