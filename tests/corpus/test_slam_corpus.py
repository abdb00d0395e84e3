"""The way of real cameras, beside what was measured otherwise."""

from pathlib import Path

import numpy as np
import pytest

from core.trajectory import Trajectory
from formats.trajectory_file import read_trajectory
from reconstruction.fusion.given_poses import given_poses
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.input_sequence import FileSequence
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.sequence_layouts import open_sequence
from reconstruction.slam.slam_run import SlamRun, run_slam
from reconstruction.slam.trajectory_error import aligning, associated, moved, position_errors_m

pytestmark = pytest.mark.corpus


def error_m(run: SlamRun, truth: Trajectory, alignment: Alignment) -> float:
    found = run.result.parts[0].trajectory(run.rig.recorded_from_left)
    estimate, true = associated(found, truth)
    errors = position_errors_m(moved(estimate, aligning(estimate, true, alignment)), true)
    return float(np.sqrt((errors**2).mean()))


def test_a_car_is_followed_with_two_cameras(corpus: Path) -> None:
    folder = corpus / "kitti06-stereo"
    run = run_slam(folder, Sensor.STEREO)
    assert (run.result.tracked, run.result.lost) == (51, 0)
    assert error_m(run, read_trajectory(folder / "poses.txt"), Alignment.RIGID) < 0.03
    # The road is straight: nothing is wrong with the cameras, but not all of that can be told.
    assert [str(one) for one in run.warnings] == [
        "The camera turned too little to tell whether the focal length is right."
    ]


def test_a_car_is_followed_with_one_camera(corpus: Path) -> None:
    folder = corpus / "kitti06-stereo"
    run = run_slam(folder, Sensor.MONO)
    assert (run.result.tracked, run.result.lost) == (51, 0)
    # A straight line at constant speed is 5.7 cm off.
    assert error_m(run, read_trajectory(folder / "poses.txt"), Alignment.SIMILARITY) < 0.045


def test_a_depth_camera_in_a_room_is_followed(corpus: Path) -> None:
    folder = corpus / "rgbd-room"
    run = run_slam(folder, Sensor.RGBD)
    assert (run.result.tracked, run.result.lost) == (300, 0)
    sequence = open_sequence(folder, Sensor.RGBD)
    assert isinstance(sequence, FileSequence)
    poses = given_poses(folder, sequence)
    truth = Trajectory(np.arange(300.0), np.array(poses))
    assert error_m(run, truth, Alignment.RIGID) < 0.025
