"""Planes that cut a picture of a volume open."""

from dataclasses import dataclass

import numpy as np

from render.camera import Vector


@dataclass(frozen=True)
class ClipPlane:
    """Shows only what is on one side of a plane.

    Parameters
    ----------
    point_lps_mm : tuple of float
        A point of the plane.
    normal : tuple of float
        Direction towards what stays, LPS; any length but 0.
    """

    point_lps_mm: Vector
    normal: Vector

    def __post_init__(self) -> None:
        """Check that it is a plane."""
        if not np.isfinite([*self.point_lps_mm, *self.normal]).all() or not any(self.normal):
            raise ValueError(f"no plane: {self}")

    @property
    def offset(self) -> float:
        """Of the points that stay, normal . point is at least this."""
        return float(np.dot(self.normal, self.point_lps_mm))
