"""Where a camera sees points of a map."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera

Floats = NDArray[np.float64]
# Beyond this angle from the axis a polynomial lens may fold back into the picture.
_WIDEST_DEG = 80.0


def seen_at(camera: PosedCamera, points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Give the pixels (n, 2) of points (n, 3) in the world, and which of them lie before the camera."""
    import cv2

    rotation, centre = camera.pose
    inside = (points - centre) @ rotation
    limit = np.cos(np.radians(90.0 if camera.fisheye else _WIDEST_DEG))
    ahead = inside[:, 2] > limit * np.linalg.norm(inside, axis=1)
    ahead &= inside[:, 2] > 0
    pixels = np.full((len(points), 2), np.inf)
    if ahead.any():
        names = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
        lens = np.array([camera.distortion.get(name, 0.0) for name in names])
        project: Any = cv2.fisheye.projectPoints if camera.fisheye else cv2.projectPoints
        rows = inside[ahead].reshape(-1, 1, 3)
        found = project(rows, np.zeros(3), np.zeros(3), camera.intrinsics, lens)[0]
        pixels[ahead] = np.asarray(found, np.float64).reshape(-1, 2)
    return pixels, ahead
