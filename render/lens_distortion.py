"""What a lens does to a picture: OpenCV's models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native import _core

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LensDistortion:
    """Brown's radial, tangential and thin prism terms, or OpenCV's fisheye polynomial.

    Places are (x / z, y / z), in focal lengths from the principal point.

    Parameters
    ----------
    coefficients : tuple of float
        k1, k2, p1, p2[, k3[, k4, k5, k6[, s1, s2, s3, s4]]] as in OpenCV's calib3d (0, 4, 5, 8 or 12
        numbers); with `fisheye` k1, k2, k3, k4 of its fisheye module.
    fisheye : bool
        Whether the model is the fisheye one.
    """

    coefficients: tuple[float, ...] = ()
    fisheye: bool = False

    def __post_init__(self) -> None:
        """Check the number of coefficients."""
        if len(self.coefficients) not in ((4,) if self.fisheye else (0, 4, 5, 8, 12)):
            raise ValueError(f"coefficients: {len(self.coefficients)}")
        if not np.isfinite(self.coefficients).all():
            raise ValueError("coefficients: not finite")

    @property
    def is_none(self) -> bool:
        """Whether nothing is distorted."""
        return not self.fisheye and not any(self.coefficients)

    def distort(self, places: Floats) -> Floats:
        """Give where the lens shows `places`, (..., 2)."""
        if self.is_none:
            return places
        x, y = places[..., 0], places[..., 1]
        return self._fisheye(x, y) if self.fisheye else self._brown(x, y)

    def undistort(self, places: Floats) -> Floats:
        """Give what the lens shows at `places`, (..., 2); NaN where nothing is shown there.

        By Newton's method, accurate to 1e-12 of a focal length.
        """
        if self.is_none:
            return places
        shown = np.ascontiguousarray(places, np.float64).reshape(-1, 2)
        found = np.empty_like(shown)
        _core.undistort_places(self.native_coefficients, self.fisheye, shown, found)
        return found.reshape(places.shape)

    @property
    def native_coefficients(self) -> tuple[float, ...]:
        """All twelve, as the kernels take them."""
        return (*self.coefficients, *[0.0] * 12)[:12]

    def _brown(self, x: Floats, y: Floats) -> Floats:
        k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = self.native_coefficients
        r2 = x * x + y * y
        radial = (1 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1 + r2 * (k4 + r2 * (k5 + r2 * k6)))
        across = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x) + r2 * (s1 + r2 * s2)
        down = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y + r2 * (s3 + r2 * s4)
        return np.stack([across, down], -1)

    def _bent(self, angle: Floats) -> Floats:
        """Distance from the middle of what is seen at an angle to the axis."""
        k1, k2, k3, k4 = self.coefficients
        a2 = angle * angle
        return angle * (1 + a2 * (k1 + a2 * (k2 + a2 * (k3 + a2 * k4))))

    def _fisheye(self, x: Floats, y: Floats) -> Floats:
        radius = np.hypot(x, y)
        scale = np.where(radius > 1e-12, self._bent(np.arctan(radius)) / np.maximum(radius, 1e-12), 1.0)
        return np.stack([x * scale, y * scale], -1)
