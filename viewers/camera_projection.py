"""Where points of the patient appear in a picture taken by a camera."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from render.camera import Camera

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class CameraProjection:
    """The pinhole (or parallel) projection of a camera on a picture.

    Parameters
    ----------
    camera : Camera
        Positions in LPS millimetres.
    size : tuple of float
        Width and height of the picture in pixels.
    """

    camera: Camera
    size: tuple[float, float]

    @cached_property
    def axes(self) -> Vector:
        """Unit vectors to the right, down and into the picture, as rows, LPS."""
        return self.camera.axes

    @property
    def forward(self) -> Vector:
        """Unit vector from the camera to its focal point."""
        return self.axes[2]

    def pixels(self, points_lps_mm: Vector) -> Vector:
        """Project points, (n, 3), to pixels (x to the right, y down), (n, 2); NaN behind the camera."""
        offset = np.atleast_2d(points_lps_mm) - self.camera.position_lps_mm
        scale = self._pixels_per_mm(offset @ self.forward)
        x = self.size[0] / 2 + scale * (offset @ self.axes[0])
        y = self.size[1] / 2 + scale * (offset @ self.axes[1])
        return np.stack([x, y], axis=1)

    def pixels_per_mm(self, point_lps_mm: Vector) -> float:
        """Tell how long a millimetre across the view is at the depth of a point."""
        depth = (np.asarray(point_lps_mm) - self.camera.position_lps_mm) @ self.forward
        return float(self._pixels_per_mm(np.array([depth]))[0])

    def _pixels_per_mm(self, depth: Vector) -> Vector:
        if self.camera.parallel_height_mm is not None:
            return np.full_like(depth, self.size[1] / self.camera.parallel_height_mm)
        focal_length = self.size[1] / 2 / np.tan(np.radians(self.camera.view_angle_deg) / 2)
        return focal_length / np.where(depth > 1e-6, depth, np.nan)
