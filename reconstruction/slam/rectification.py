"""Laying the rows of two cameras on one another, so that what one sees lies in the same row of the other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import BROWN_COEFFICIENTS, FISHEYE_COEFFICIENTS, PosedCamera

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Maps = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Rectification:
    """How the pictures of two cameras are bent.

    Parameters
    ----------
    camera : PosedCamera
        The lens that both have afterwards.
    baseline_m : float
        How far to the right the second one sits.
    recorded_from_left : (3, 3) float64
        Turn from the new left camera to the old one.
    maps : two pairs of arrays
        OpenCV's fixed-point maps (int16 and uint16), left and right.
    """

    camera: PosedCamera
    baseline_m: float
    recorded_from_left: Floats
    maps: tuple[Maps, Maps]

    def left(self, picture: Pixels) -> Pixels:
        """Bend a picture of the left camera."""
        return _bent(picture, self.maps[0])

    def right(self, picture: Pixels) -> Pixels:
        """Bend a picture of the right camera."""
        return _bent(picture, self.maps[1])


def rectify(left: PosedCamera, right: PosedCamera, right_from_left: Floats) -> Rectification:
    """Find the common plane of two cameras, after Bouguet (OpenCV's `stereoRectify`).

    Parameters
    ----------
    left, right : PosedCamera
        Of the same size.
    right_from_left : (4, 4) float64
        Metres.
    """
    import cv2

    module = cv2.fisheye if left.fisheye else cv2
    k1, d1, k2, d2 = left.intrinsics, _coefficients(left), right.intrinsics, _coefficients(right)
    turn, move = right_from_left[:3, :3].copy(), right_from_left[:3, 3:].copy()
    flags = cv2.CALIB_ZERO_DISPARITY
    if left.fisheye:
        found = cv2.fisheye.stereoRectify(k1, d1, k2, d2, left.size, turn, move, flags=flags, balance=0.0)
    else:
        found = cv2.stereoRectify(k1, d1, k2, d2, left.size, turn, move, flags=flags, alpha=0.0)
    r1, r2, p1, p2 = (np.asarray(matrix, np.float64) for matrix in found[:4])
    lefts = module.initUndistortRectifyMap(k1, d1, r1, p1[:3, :3], left.size, cv2.CV_16SC2)
    rights = module.initUndistortRectifyMap(k2, d2, r2, p2[:3, :3], left.size, cv2.CV_16SC2)
    camera = PosedCamera(left.size, p1[:3, :3])
    return Rectification(camera, float(-p2[0, 3] / p2[0, 0]), r1.T, (lefts, rights))


def is_rectified(left: PosedCamera, right: PosedCamera, right_from_left: Floats) -> bool:
    """Tell whether two cameras are on one another's rows already."""
    straight = not any((*left.distortion.values(), *right.distortion.values()))
    same = np.allclose(left.intrinsics, right.intrinsics, rtol=0, atol=1e-3)
    level = np.allclose(right_from_left[:3, :3], np.eye(3), atol=1e-7)
    across = np.allclose(right_from_left[1:3, 3], 0, atol=1e-7)
    return bool(straight and same and level and across and right_from_left[0, 3] < 0)


def _coefficients(camera: PosedCamera) -> Floats:
    names = FISHEYE_COEFFICIENTS if camera.fisheye else BROWN_COEFFICIENTS
    return np.array([camera.distortion.get(name, 0.0) for name in names])


def _bent(picture: Pixels, maps: Maps) -> Pixels:
    import cv2

    return np.asarray(cv2.remap(picture, *maps, cv2.INTER_LINEAR), np.uint8)
