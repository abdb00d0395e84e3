"""From a calibration to the rig that tracking uses, with the rows of two cameras on one another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.posed_camera import PosedCamera
from reconstruction.slam.calibration_files import Calibration, read_calibration
from reconstruction.slam.input_sequence import CameraRig
from reconstruction.slam.rectification import Rectification, is_rectified, rectify

# Of the longer side: about 55 degrees across.
_ASSUMED_FOCAL = 0.96


def mono_rig(size: tuple[int, int], calibration: Path | None) -> CameraRig:
    """Give the rig of one camera; its focal length is assumed where nobody tells it."""
    if calibration is None:
        return assumed_rig(size)
    return single_rig(read_calibration(calibration, size))


def assumed_rig(size: tuple[int, int]) -> CameraRig:
    """Give the rig of a camera of which nobody tells the focal length."""
    focal = _ASSUMED_FOCAL * max(size)
    matrix = np.array([[focal, 0, (size[0] - 1) / 2], [0, focal, (size[1] - 1) / 2], [0, 0, 1.0]])
    return CameraRig(PosedCamera(size, matrix), intrinsics_assumed=True)


def single_rig(cameras: Calibration) -> CameraRig:
    """Give the rig of the first camera alone."""
    return CameraRig(_unposed(cameras.left), left_from_imu=cameras.left_from_imu)


def stereo_rig(cameras: Calibration, source: Path) -> tuple[CameraRig, Rectification | None]:
    """Give the rig of both cameras, and how pictures are bent for it if they must be.

    Raises
    ------
    BadInput
        When the calibration is of one camera only.
    """
    if cameras.right is None or cameras.right_from_left is None:
        text = QT_TRANSLATE_NOOP("Message", "The calibration of {path} is of one camera only.")
        raise BadInput(message(text, path=str(source)))
    rig = single_rig(cameras)
    if is_rectified(cameras.left, cameras.right, cameras.right_from_left):
        return replace(rig, baseline_m=float(-cameras.right_from_left[0, 3])), None
    bent = rectify(cameras.left, cameras.right, cameras.right_from_left)
    place = rig.left_from_imu
    if place is not None:
        place = _turned(bent.recorded_from_left.T) @ place
    rig = CameraRig(
        bent.camera, bent.baseline_m, recorded_from_left=bent.recorded_from_left, left_from_imu=place
    )
    return rig, bent


def _unposed(camera: PosedCamera) -> PosedCamera:
    return replace(camera, rotation_world_from_camera=None, centre_m=None)


def _turned(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.eye(4)
    turn[:3, :3] = rotation
    return turn
