"""Planes that cut a picture of a volume open."""

from dataclasses import dataclass

import numpy as np

from core.volume import Volume
from render.camera import Vector

# What a plane along a section leaves of the patient, LPS: it cuts away the front, the left, the head.
SECTIONS: dict[str, Vector] = {
    "coronal": (0.0, 1.0, 0.0),
    "sagittal": (-1.0, 0.0, 0.0),
    "axial": (0.0, 0.0, -1.0),
}


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


def section_plane(section: str, volume: Volume) -> ClipPlane:
    """Give the plane through the middle of a volume along a section: coronal, sagittal or axial."""
    x, y, z = volume.centre_lps_mm.tolist()
    return ClipPlane((x, y, z), SECTIONS[section])
