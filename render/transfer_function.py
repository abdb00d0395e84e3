"""Colour and opacity of values."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ControlPoint:
    """What one value looks like.

    Parameters
    ----------
    value : float
        In the volume's unit.
    red, green, blue : float
        Colour, 0 to 1.
    opacity : float
        0 to 1: the part of the light that `TransferFunction.unit_mm` of this value absorbs.
    """

    value: float
    red: float
    green: float
    blue: float
    opacity: float

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not np.isfinite(self.value):
            raise ValueError(f"value: {self.value}")
        if not all(0 <= level <= 1 for level in (self.red, self.green, self.blue, self.opacity)):
            raise ValueError(f"colour and opacity are 0 to 1: {self}")


@dataclass(frozen=True)
class TransferFunction:
    """Colour and opacity between control points, linear in the value.

    Parameters
    ----------
    points : tuple of ControlPoint
        At least one, values growing (two equal ones make a step); beyond the outermost their look goes on.
    gradient_opacity : tuple of (float, float)
        Gradient magnitude in value per mm, growing, and the factor on the opacity there; empty for none.
    unit_mm : float
        Thickness for which the opacities hold.
    """

    points: tuple[ControlPoint, ...]
    gradient_opacity: tuple[tuple[float, float], ...] = ()
    unit_mm: float = 1.0

    def __post_init__(self) -> None:
        """Check the order."""
        values = [point.value for point in self.points]
        if not values or values != sorted(values):
            raise ValueError("control points: at least one, values growing")
        magnitudes = [magnitude for magnitude, _ in self.gradient_opacity]
        if magnitudes != sorted(magnitudes) or any(magnitude < 0 for magnitude in magnitudes):
            raise ValueError("gradient magnitudes: growing from 0")
        if not all(0 <= factor <= 1 for _, factor in self.gradient_opacity):
            raise ValueError("gradient opacity factors: 0 to 1")
        if not 0 < self.unit_mm < float("inf"):
            raise ValueError(f"unit_mm: {self.unit_mm}")

    @property
    def value_range(self) -> tuple[float, float]:
        """Values of the first and the last control point."""
        return self.points[0].value, self.points[-1].value

    @property
    def surface_value(self) -> float:
        """The lowest value that is half as opaque as the most opaque one: where the eye sees a surface."""
        half = max(point.opacity for point in self.points) / 2
        for a, b in pairwise(self.points):
            if a.opacity < half <= b.opacity:
                return a.value + (b.value - a.value) * (half - a.opacity) / (b.opacity - a.opacity)
        return self.points[0].value

    def table(self, low: float, high: float, n: int) -> NDArray[np.float32]:
        """Sample the function at `n` values from `low` to `high`, both included.

        Returns
        -------
        (n, 4) float32
            Red, green, blue and opacity.
        """
        values = np.array([point.value for point in self.points])
        looks = np.array([[p.red, p.green, p.blue, p.opacity] for p in self.points])
        at = np.linspace(low, high, n)
        channels = [np.interp(at, values, looks[:, channel]) for channel in range(4)]
        return np.stack(channels, axis=1).astype(np.float32)

    def gradient_table(self, n: int) -> tuple[NDArray[np.float32], float]:
        """Sample the opacity factors from gradient 0 to the last given; give them and that magnitude."""
        magnitudes = [magnitude for magnitude, _ in self.gradient_opacity]
        factors = [factor for _, factor in self.gradient_opacity]
        highest = max(magnitudes[-1], 1e-6)
        table = np.interp(np.linspace(0, highest, n), magnitudes, factors)
        return table.astype(np.float32), highest

    def mapped(self, scale: float, offset: float = 0.0) -> "TransferFunction":
        """Move every value v to v * scale + offset; `scale` is positive."""
        if not 0 < scale < float("inf"):
            raise ValueError(f"scale: {scale}")
        points = tuple(replace(point, value=point.value * scale + offset) for point in self.points)
        gradients = tuple((magnitude * scale, factor) for magnitude, factor in self.gradient_opacity)
        return replace(self, points=points, gradient_opacity=gradients)
