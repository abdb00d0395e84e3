"""From pixels of a photograph to rays, and from the rays of several photographs to a point."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera

Floats = NDArray[np.float64]
_ROUNDS = 8
_LIKELY_PX = 1.5
_PARALLEL = 1e8


def pixel_rays(camera: PosedCamera, pixels: Floats) -> Floats:
    """Give x and y of the rays of pixels (n, 2) at a depth of 1, without the lens's distortion, (n, 2)."""
    import cv2

    order = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
    coefficients = np.array([camera.distortion.get(name, 0.0) for name in order])
    undistort = cv2.fisheye.undistortPoints if camera.fisheye else cv2.undistortPoints
    found = undistort(pixels.reshape(-1, 1, 2), camera.intrinsics, coefficients)
    return np.asarray(found, np.float64).reshape(-1, 2)


def triangulated(cameras: Sequence[PosedCamera], rays: Floats) -> tuple[Floats, Floats] | None:
    """Give the point that is seen along rays, one of each camera, and how many pixels each misses it by.

    Linear triangulation, weighted by depth and by how well a ray agrees (Hartley and Zisserman, Multiple
    View Geometry, 2004, section 12.2).

    Parameters
    ----------
    cameras : sequence of PosedCamera
        At least two.
    rays : (n, 2) float64
        As `pixel_rays` gives them.

    Returns
    -------
    tuple, optional
        (3,) and (n,); None where the rays are parallel or meet behind a camera.
    """
    rotations = np.array([camera.pose[0].T for camera in cameras])
    centres = np.array([camera.pose[1] for camera in cameras])
    focal = np.array([camera.intrinsics[0, 0] for camera in cameras])
    rows = rotations[:, :2] - rays[:, :, None] * rotations[:, 2:]
    right = np.einsum("nij,nj->ni", rows, centres)
    weights = np.ones(len(cameras))
    point, off = np.zeros(3), np.zeros(len(cameras))
    for _ in range(_ROUNDS):
        weighted = (rows * weights[:, None, None]).reshape(-1, 3)
        if np.linalg.cond(weighted) ** 2 > _PARALLEL:
            return None
        point = np.linalg.lstsq(weighted, (right * weights[:, None]).ravel(), rcond=None)[0]
        x, y, depths = np.einsum("nij,nj->in", rotations, point - centres)
        if (depths <= 0).any():
            return None
        off = np.hypot(x / depths - rays[:, 0], y / depths - rays[:, 1]) * focal
        weights = focal / depths / np.sqrt(1 + (off / _LIKELY_PX) ** 2)
    return point, off
