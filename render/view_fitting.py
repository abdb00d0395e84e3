"""Where a camera has to be to show everything."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from render.camera import Camera, Vector

_MARGIN = 1.04


def fitted(camera: Camera, points: NDArray[np.float64], size: tuple[int, int]) -> Camera:
    """Give a perspective camera that looks the same way and shows all `points`, (n, 3), as large as it can.

    Its focal point is the middle of the points' box.
    """
    centre = (points.min(axis=0) + points.max(axis=0)) / 2
    rise = float(np.tan(np.radians(camera.view_angle_deg) / 2)) / _MARGIN
    run = rise * size[0] / size[1]
    x, y, z = ((points - centre) @ camera.axes.T).T
    distance = float((np.maximum(np.abs(x) / run, np.abs(y) / rise) - z).max())
    radius = float(np.linalg.norm(points - centre, axis=1).max())
    distance = max(distance, 1e-3 * radius, 1e-9)
    position = centre - camera.axes[2] * distance
    return replace(camera, position_lps_mm=_vector(position), focal_point_lps_mm=_vector(centre))


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])
