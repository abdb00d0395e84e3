"""Depth from a rectified pair of pictures, where both see the same."""

import numpy as np
from numpy.typing import NDArray

from reconstruction.slam.input_sequence import CameraRig

_BLOCK, _SMALLEST_DISPARITY, _NEAREST_BASELINES = 7, 2.0, 4.0
_SPECKLE_PX, _SPECKLE_RANGE = 100, 2


def pair_depth_m(
    left: NDArray[np.uint8], right: NDArray[np.uint8], rig: CameraRig, *, right_offset_px: float = 0.0
) -> NDArray[np.float32]:
    """Match a pair by semi-global matching (Hirschmueller 2008; OpenCV's).

    Parameters
    ----------
    left, right : (h, w) uint8
        Rectified.
    rig : CameraRig
        With a baseline.
    right_offset_px : float
        By how much the right picture is shifted against its calibration.

    Returns
    -------
    (h, w) float32
        Metres along the optical axis of the left camera; NaN where nothing is certain.
    """
    import cv2

    if rig.baseline_m is None:
        raise ValueError("rig")
    focal = float(rig.left.intrinsics[0, 0])
    most = min(focal / _NEAREST_BASELINES, left.shape[1] / 3)
    count = 16 * max(1, int(np.ceil(most / 16)))
    area = _BLOCK * _BLOCK
    matcher = cv2.StereoSGBM.create(
        minDisparity=0,
        numDisparities=count,
        blockSize=_BLOCK,
        P1=8 * area,
        P2=32 * area,
        disp12MaxDiff=1,
        uniquenessRatio=10,
        speckleWindowSize=_SPECKLE_PX,
        speckleRange=_SPECKLE_RANGE,
    )
    disparity = np.asarray(matcher.compute(left, right), np.float32) / 16 + np.float32(right_offset_px)
    disparity[disparity < _SMALLEST_DISPARITY] = np.nan
    return (np.float32(focal * rig.baseline_m) / disparity).astype(np.float32)
