"""What a lens does to a picture: OpenCV's models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NEWTON_STEPS = 30
_STEP = 1e-6  # of the numerical derivative, in focal lengths


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
        """Give what the lens shows at `places`, (..., 2); NaN where no place is shown there.

        Newton's method from the place itself; accurate to 1e-12 of a focal length.
        """
        if self.is_none:
            return places
        if self.fisheye:
            return self._undistort_fisheye(places)
        found = places.copy()
        for _ in range(_NEWTON_STEPS):
            error = self.distort(found) - places
            if not (np.abs(error) > 1e-13).any():
                break
            found = found - np.einsum("...ij,...j->...i", self._inverse_slope(found), error)
        valid = (np.abs(self.distort(found) - places) < 1e-9).all(-1) & (self._orientation(found) > 0)
        return np.where(valid[..., None], found, np.nan)

    def _brown(self, x: Floats, y: Floats) -> Floats:
        k1, k2, p1, p2, k3, k4, k5, k6, s1, s2, s3, s4 = (*self.coefficients, *[0.0] * 12)[:12]
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

    def _undistort_fisheye(self, places: Floats) -> Floats:
        radius = np.hypot(places[..., 0], places[..., 1])
        angle = np.minimum(radius, np.pi / 2 - 1e-3)
        for _ in range(_NEWTON_STEPS):
            slope = (self._bent(angle + _STEP) - self._bent(angle - _STEP)) / (2 * _STEP)
            angle = angle - (self._bent(angle) - radius) / slope
        valid = (np.abs(self._bent(angle) - radius) < 1e-9) & (angle >= 0) & (angle < np.pi / 2)
        scale = np.where(radius > 1e-12, np.tan(angle) / np.maximum(radius, 1e-12), 1.0)
        return np.where(valid[..., None], places * scale[..., None], np.nan)

    def _slope(self, places: Floats) -> Floats:
        """Give the derivative of `distort`, (..., 2, 2), by central differences."""
        columns: list[Floats] = []
        for step in ([_STEP, 0.0], [0.0, _STEP]):
            columns.append((self.distort(places + step) - self.distort(places - step)) / (2 * _STEP))
        return np.stack(columns, -1)

    def _orientation(self, places: Floats) -> Floats:
        """Positive where the lens does not fold the picture over."""
        slope = self._slope(places)
        return slope[..., 0, 0] * slope[..., 1, 1] - slope[..., 0, 1] * slope[..., 1, 0]

    def _inverse_slope(self, places: Floats) -> Floats:
        slope = self._slope(places)
        determinant = slope[..., 0, 0] * slope[..., 1, 1] - slope[..., 0, 1] * slope[..., 1, 0]
        inverse = np.empty_like(slope)
        inverse[..., 0, 0], inverse[..., 1, 1] = slope[..., 1, 1], slope[..., 0, 0]
        inverse[..., 0, 1], inverse[..., 1, 0] = -slope[..., 0, 1], -slope[..., 1, 0]
        safe = np.where(np.abs(determinant) > 1e-12, determinant, np.nan)
        return inverse / safe[..., None, None]
