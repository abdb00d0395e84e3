"""The One Euro filter (Casiez, Roussel and Vogel, CHI 2012): still when slow, without delay when fast."""

import math

import numpy as np

from capture.region import Floats


class OneEuroFilter:
    """Smooths an array over time.

    Parameters
    ----------
    least_cutoff_hz : float
        For what does not move.
    beta : float
        By how much the cutoff grows with the speed.
    speed_cutoff_hz : float
        For the speed itself.
    """

    def __init__(
        self, least_cutoff_hz: float = 0.05, beta: float = 80.0, speed_cutoff_hz: float = 1.0
    ) -> None:
        self._least, self._beta, self._speed_cutoff = least_cutoff_hz, beta, speed_cutoff_hz
        self._time_s = 0.0
        self._value: Floats | None = None
        self._speed: Floats | float = 0.0

    def smooth(self, value: Floats, time_s: float, scale: float = 1.0) -> Floats:
        """Give the smoothed value at `time_s`.

        Parameters
        ----------
        value : ndarray of float64
            Of one shape always.
        time_s : float
            Grows from call to call; a value at the same time or before starts anew.
        scale : float
            Length that stands for 1 when the speed is judged: the size of what moves.
        """
        elapsed = time_s - self._time_s
        if self._value is None or elapsed <= 0:
            self._value, self._speed = value, np.zeros_like(value)
        else:
            speed = (value - self._value) / (elapsed * scale)
            self._speed = self._speed + _weight(self._speed_cutoff, elapsed) * (speed - self._speed)
            cutoff = self._least + self._beta * np.abs(self._speed)
            self._value = self._value + _weight(cutoff, elapsed) * (value - self._value)
        self._time_s = time_s
        return self._value


def _weight(cutoff_hz: "Floats | float", elapsed_s: float) -> "Floats | float":
    """Give how much a new value counts in a low pass of first order."""
    return 1 / (1 + 1 / (2 * math.pi * cutoff_hz * elapsed_s))
