"""Poses of a recording of depth frames that is followed like any moving camera."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.slam.input_sequence import FileSequence
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.slam_run import run_slam

Floats = NDArray[np.float64]


def estimated_poses(
    source: Path,
    sequence: FileSequence,
    *,
    calibration: Path | None = None,
    progress: Progress = SILENT,
) -> list[Floats | None]:
    """Give the pose (4, 4), world from camera, of each frame; None where the camera was lost.

    Raises
    ------
    BadInput
        When no two frames fit together.
    Cancelled
        When the progress was cancelled.
    """
    part = run_slam(source, Sensor.RGBD, calibration=calibration, progress=progress).result.parts[0]
    poses: list[Floats | None] = [None] * len(sequence)
    for number, pose in zip(part.frames, part.world_from_camera, strict=True):
        poses[int(number)] = pose
    return poses
