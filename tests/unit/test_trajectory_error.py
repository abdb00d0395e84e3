"""Trajectories in files, and how far they are from each other."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInput
from core.quaternion import angles_rad, quaternions_of, rotations_of
from core.trajectory import Trajectory
from formats.trajectory_file import read_trajectory, write_trajectory
from reconstruction.similarity import Similarity
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.trajectory_error import (
    aligning,
    associated,
    frame_pairs,
    moved,
    path_pairs,
    position_errors_m,
    relative_errors,
    rotation_errors_deg,
    straight_line,
)


def wandering(seed: int, count: int = 60) -> Trajectory:
    rng = np.random.default_rng(seed)
    poses = np.tile(np.eye(4), (count, 1, 1))
    poses[:, :3, :3] = rotations_of(rng.normal(size=(count, 4)))
    poses[:, :3, 3] = np.cumsum(rng.normal(size=(count, 3)), axis=0)
    return Trajectory(np.cumsum(rng.uniform(0.02, 0.1, count)), poses)


def world(seed: int, scale: float) -> Similarity:
    rng = np.random.default_rng(seed)
    return Similarity(scale, rotations_of(rng.normal(size=(1, 4)))[0], rng.normal(size=3) * 10)


@given(st.integers(0, 1000))
def test_quaternions_are_those_of_the_rotations(seed: int) -> None:
    rotations = wandering(seed).rotations
    quaternions = quaternions_of(rotations)
    assert np.allclose(rotations_of(quaternions), rotations, atol=1e-12)
    assert (quaternions[:, 3] >= 0).all()


def test_small_angles_are_exact() -> None:
    tiny = rotations_of(np.array([[5e-10, 0, 0, 1.0]]))
    assert angles_rad(tiny)[0] == pytest.approx(1e-9, rel=1e-6)


@given(st.integers(0, 1000), st.floats(0.1, 10))
def test_an_alignment_finds_the_world_again(seed: int, scale: float) -> None:
    truth = wandering(seed)
    elsewhere = moved(truth, world(seed, scale))
    back = aligning(elsewhere, truth, Alignment.SIMILARITY)
    assert back.scale == pytest.approx(1 / scale)
    assert position_errors_m(moved(elsewhere, back), truth).max() < 1e-8
    assert rotation_errors_deg(moved(elsewhere, back), truth).max() < 1e-6


def test_a_rigid_alignment_keeps_a_wrong_scale() -> None:
    truth = wandering(1)
    elsewhere = moved(truth, world(2, 1.1))
    rigid = moved(elsewhere, aligning(elsewhere, truth, Alignment.RIGID))
    spread = truth.centres_m - truth.centres_m.mean(axis=0)
    assert np.allclose(position_errors_m(rigid, truth), 0.1 * np.linalg.norm(spread, axis=1))
    first = moved(elsewhere, aligning(elsewhere, truth, Alignment.FIRST))
    assert position_errors_m(first, truth)[0] < 1e-9
    assert rotation_errors_deg(first, truth).max() < 1e-6


def test_relative_errors_tell_drift() -> None:
    truth = straight_line(np.arange(20.0))
    poses = truth.world_from_camera.copy()
    poses[:, 2, 3] *= 1.02
    drifting = Trajectory(truth.times_s, poses)
    metres, degrees = relative_errors(drifting, truth, frame_pairs(20, 5))
    assert len(metres) == 15
    assert np.allclose(metres, 0.1)
    assert np.allclose(degrees, 0)
    pairs = path_pairs(truth, 10.0)
    assert np.array_equal(pairs[:, 1] - pairs[:, 0], np.full(10, 10))


def test_poses_go_with_the_nearest_in_time() -> None:
    truth, few = straight_line(np.arange(10.0)), straight_line(np.array([2.004, 5.4, 7.996]))
    found, near = associated(truth, few, largest_difference_s=0.01)
    assert found.times_s.tolist() == [2, 8]
    assert near.times_s.tolist() == [2.004, 7.996]
    near, found = associated(few, truth, largest_difference_s=0.01)
    assert found.times_s.tolist() == [2, 8]
    with pytest.raises(BadInput, match="No two poses"):
        associated(truth, straight_line(np.array([40.0, 41.0])))
    only = straight_line(np.array([3.0]))
    assert len(associated(only, only)[0]) == 1


@given(st.integers(0, 1000))
def test_a_trajectory_survives_its_file(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    path = tmp_path_factory.mktemp("trajectory") / "trajectory.txt"
    truth = wandering(seed, 5)
    write_trajectory(path, truth)
    again = read_trajectory(path)
    assert np.allclose(again.times_s, truth.times_s, atol=1e-9)
    assert np.allclose(again.world_from_camera, truth.world_from_camera, atol=1e-9)


def test_every_layout_is_told_by_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "poses"
    path.write_text("1 0 0 4 0 1 0 5 0 0 1 6\n\n1 0 0 7 0 1 0 8 0 0 1 9\n")
    kitti = read_trajectory(path)
    assert kitti.times_s.tolist() == [0, 1]
    assert kitti.centres_m.tolist() == [[4, 5, 6], [7, 8, 9]]
    path.write_text("#timestamp [ns],p...\n1403636580838555648,4,5,6,1,0,0,0,9,9,9\n")
    euroc = read_trajectory(path)
    assert euroc.centres_m.tolist() == [[4, 5, 6]]
    assert euroc.times_s[0] == pytest.approx(1403636580.838555648)
    assert np.allclose(euroc.rotations, np.eye(3))
    path.write_text("# by hand\n2.5 4 5 6 0 0 0 1\n1.5,1,2,3,0,0,0,1\n")
    assert read_trajectory(path).times_s.tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no poses"),
        ("# nothing\n", "holds no poses"),
        ("1 2 3\n", "line 1"),
        ("0 0 0 0 0 0 0 1\n1 a 0 0 0 0 0 1\n", "line 2"),
        ("0 0 0 0 0 0 0 0\n", "line 1"),
        ("0 nan 0 0 0 0 0 1\n", "line 1"),
        ("2 0 0 4 0 1 0 5 0 0 1 6\n", "line 1"),
    ],
)
def test_what_is_no_trajectory_is_refused(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "trajectory.txt"
    path.write_text(content)
    with pytest.raises(BadInput, match=words):
        read_trajectory(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_trajectory(tmp_path / "nowhere.txt")
