"""Poses that a recording of depth frames brings with it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from formats.trajectory_file import read_trajectory
from reconstruction.slam.input_sequence import FileSequence, FrameFiles

Floats = NDArray[np.float64]
_TRUTH = ("groundtruth.txt", "trajectory.txt")
_LARGEST_GAP_S = 0.02


def given_poses(source: Path, sequence: FileSequence) -> list[Floats | None]:
    """Give the pose (4, 4), world from camera, of each frame; None where it is not told.

    Parameters
    ----------
    source : Path
        The recording's folder, with `frame-NNNNNN.pose.txt` (4 x 4 numbers) beside the pictures or a
        `groundtruth.txt` of times and poses as of TUM, whose poses are interpolated.
    sequence : FileSequence
        What is in it.

    Raises
    ------
    BadInput
        When there are no poses, or a file of poses is damaged.
    """
    poses: list[Floats | None]
    listed = next((source / name for name in _TRUTH if (source / name).is_file()), None)
    if listed is not None and not _pose_file(sequence.files[0]).is_file():
        poses = _interpolated(listed, [files.time_s for files in sequence.files])
    else:
        poses = [_read_pose(_pose_file(files)) for files in sequence.files]
    if all(pose is None for pose in poses):
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no poses of its frames.")
        raise BadInput(message(text, path=str(source)))
    return poses


def _pose_file(files: FrameFiles) -> Path:
    return files.picture.with_name(files.picture.name.split(".")[0] + ".pose.txt")


def _read_pose(path: Path) -> Floats | None:
    """Read 4 x 4 numbers; None where there is no file, or it says that the pose is not known."""
    if not path.is_file():
        return None
    try:
        pose = np.loadtxt(path, np.float64, ndmin=2)
    except (OSError, ValueError) as error:
        raise _no_pose(path) from error
    if pose.shape != (4, 4):
        raise _no_pose(path)
    if not np.isfinite(pose).all():  # What trackers write that were lost.
        return None
    turn = pose[:3, :3]
    if not np.allclose(turn @ turn.T, np.eye(3), atol=1e-2) or np.linalg.det(turn) < 0:
        raise _no_pose(path)
    u, _, vt = np.linalg.svd(turn)
    pose[:3, :3] = u @ vt
    return pose


def _no_pose(path: Path) -> BadInput:
    return BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} holds no pose."), path=str(path)))


def _interpolated(path: Path, times: list[float]) -> list[Floats | None]:
    from scipy.spatial.transform import Rotation, Slerp

    known = read_trajectory(path)
    if len(known) < 2:
        return [None] * len(times)
    known = known[np.r_[True, np.diff(known.times_s) > 0]]
    turns = Slerp(known.times_s, Rotation.from_matrix(known.rotations))
    found: list[Floats | None] = []
    for time in times:
        gap = float(np.abs(known.times_s - time).min())
        if gap > _LARGEST_GAP_S or not known.times_s[0] <= time <= known.times_s[-1]:
            found.append(None)
            continue
        pose = np.eye(4)
        pose[:3, :3] = turns(time).as_matrix()
        pose[:3, 3] = [np.interp(time, known.times_s, known.centres_m[:, axis]) for axis in range(3)]
        found.append(pose)
    return found
