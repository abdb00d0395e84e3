"""A rectangle of pixels in space."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Plane:
    """Where the pixels of a slice picture lie, LPS millimetres.

    Parameters
    ----------
    origin_lps_mm : (3,) float64
        Centre of the top left pixel.
    right, down : (3,) float64
        Unit vectors along growing x and growing y of the picture; perpendicular.
    spacing_mm : tuple of float
        Pixel size along x and y.
    size : tuple of int
        Width and height in pixels.
    """

    origin_lps_mm: NDArray[np.float64]
    right: NDArray[np.float64]
    down: NDArray[np.float64]
    spacing_mm: tuple[float, float]
    size: tuple[int, int]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector right x down: away from the viewer, into the screen."""
        return np.cross(self.right, self.down)

    def lps_from_pixel(self, x: float, y: float) -> NDArray[np.float64]:
        """Give the point under pixel (x, y), pixel centres at integers."""
        return (
            self.origin_lps_mm + self.right * (x * self.spacing_mm[0]) + self.down * (y * self.spacing_mm[1])
        )

    def pixel_from_lps(self, point_lps_mm: NDArray[np.float64]) -> tuple[float, float]:
        """Project a point along the normal and give its pixel (x, y)."""
        offset = point_lps_mm - self.origin_lps_mm
        return float(offset @ self.right) / self.spacing_mm[0], float(offset @ self.down) / self.spacing_mm[1]
