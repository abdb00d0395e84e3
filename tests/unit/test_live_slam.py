"""Following a camera moment by moment, as the Live page does."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from core.errors import BadInput, SenseError
from formats.trajectory_file import read_trajectory
from reconstruction.similarity import Similarity
from reconstruction.slam.live_in_map import LiveInMap, placed_pose
from reconstruction.slam.live_moment import Moment, Place, TrackingState
from reconstruction.slam.live_run import LiveRun
from reconstruction.slam.live_slam import LiveSlam
from reconstruction.slam.live_sources import LiveSource
from reconstruction.slam.map_building import PosedPicture, build_map
from reconstruction.slam.map_frame import MapFrame
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.sequence_layouts import open_sequence
from tests.truth.layouts import true_poses, write_rgbd
from tests.truth.sequence import Sequence, camera_of, sequence


class Watcher:
    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.errors: list[SenseError | None] = []

    def moment(self, moment: Moment) -> None:
        self.moments.append(moment)

    def ended(self, error: SenseError | None) -> None:
        self.errors.append(error)


@pytest.fixture(scope="module")
def made() -> Sequence:
    return sequence("room", 5, 10, camera=camera_of((320, 240)), rate_hz=10.0)


@pytest.fixture(scope="module")
def recording(made: Sequence, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rgbd(made, tmp_path_factory.mktemp("room"))


def test_a_recording_is_followed_and_its_map_written(made: Sequence, recording: Path, tmp_path: Path) -> None:
    watcher = Watcher()
    run = LiveRun(LiveSource(path=recording, sensor=Sensor.RGBD), LiveSlam, watcher)
    with pytest.raises(BadInput, match="no map yet"):
        run.save(tmp_path / "early")
    run.start()
    run.join()
    assert watcher.errors == [None]
    assert [moment.frame.index for moment in watcher.moments] == [*range(10), 9]
    last = watcher.moments[-1]
    assert last.tracked.state is TrackingState.TRACKING
    assert last.map is not None
    assert len(last.map.points) > 50
    poses = np.array(true_poses(made))
    first_from_last = np.linalg.inv(poses[0]) @ poses[-1]
    assert last.tracked.world_from_camera is not None
    assert np.linalg.norm(last.tracked.world_from_camera[:3, 3] - first_from_last[:3, 3]) < 0.03
    # What is followed is seen where its place lies.
    camera, known = last.camera, np.isfinite(last.tracked.places).all(axis=1)
    assert camera is not None
    local = (last.tracked.places[known] - camera.pose[1]) @ camera.pose[0]
    seen = local[:, :2] / local[:, 2:] * camera.intrinsics[0, 0] + camera.intrinsics[:2, 2]
    off = np.linalg.norm(seen - last.tracked.pixels[known], axis=1)
    assert known.sum() > 50
    assert np.median(off) < 1.0
    run.save(tmp_path / "map")
    assert len(read_trajectory(tmp_path / "map" / "trajectory.txt")) == 10
    assert (tmp_path / "map" / "keyframes.ply").is_file()


def test_a_recording_of_what_was_seen_can_be_followed_again(recording: Path, tmp_path: Path) -> None:
    watcher = Watcher()
    run = LiveRun(LiveSource(path=recording, sensor=Sensor.RGBD), LiveSlam, watcher)
    run.record(tmp_path / "seen")
    run.start()
    run.join()
    assert watcher.errors == [None]
    again = open_sequence(tmp_path / "seen", Sensor.MONO)
    frames = list(again.frames())
    assert again.has_times
    assert len(frames) == 10
    first = watcher.moments[0].frame.picture
    assert np.abs(frames[0].picture.astype(int) - first).mean() < 6
    with pytest.raises(SenseError, match="cannot be written"):
        run.record(tmp_path / "seen")


def test_a_run_that_is_stopped_tells_no_more(recording: Path) -> None:
    watcher = Watcher()
    run = LiveRun(LiveSource(path=recording, sensor=Sensor.RGBD), LiveSlam, watcher)
    run.pause(paused=True)
    run.start()
    run.stop()
    assert watcher.errors == [None]
    assert len(watcher.moments) < 10


def test_a_camera_is_found_in_a_map_of_another_day(made: Sequence, recording: Path, tmp_path: Path) -> None:
    sequence_of = open_sequence(recording, Sensor.RGBD)
    frames, poses, turn = list(sequence_of.frames()), np.array(true_poses(made)), np.diag([-1.0, -1.0, 1.0])
    shift = np.array([4.0, -2.0, 7.0])
    world = build_map(
        PosedPicture(
            frame.name,
            replace(
                sequence_of.rig.left,
                rotation_world_from_camera=turn @ poses[frame.index][:3, :3],
                centre_m=turn @ poses[frame.index][:3, 3] + shift,
            ),
            frame.grey,
            frame.depth_m,
        )
        for frame in frames[::2]
    )
    tracker = LiveInMap(LiveSlam(sequence_of.rig), sequence_of.rig, world, waits=True)
    told = [tracker.follow(frame) for frame in frames]
    assert told[-1].place is Place.KNOWN
    for frame, tracked in zip(frames[3:], told[3:], strict=True):
        assert tracked.world_from_camera is not None
        true = turn @ poses[frame.index][:3, 3] + shift
        assert np.linalg.norm(tracked.world_from_camera[:3, 3] - true) < 0.04
    # What is tapped has its place in the map, and the way that is saved lies there.
    known = np.isfinite(told[-1].places).all(axis=1)
    assert np.linalg.norm(np.median(told[-1].places[known], axis=0) - np.median(world.points, axis=0)) < 3
    tracker.save(tmp_path / "map")
    saved = read_trajectory(tmp_path / "map" / "trajectory.txt").world_from_camera
    assert np.linalg.norm(saved[-1, :3, 3] - (turn @ poses[-1][:3, 3] + shift)) < 0.04
    assert len(tracker.view().keyframes) > len(world.keyframes)
    tracker.close()


def test_a_camera_elsewhere_has_no_place_in_the_map(recording: Path) -> None:
    sequence_of = open_sequence(recording, Sensor.RGBD)
    frames = list(sequence_of.frames())
    other = sequence("corridor", 2, 3, camera=camera_of((320, 240)))
    world = build_map(
        PosedPicture(
            str(one.index),
            replace(sequence_of.rig.left, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3]),
            one.picture[..., 1].copy(),
            one.depth,
        )
        for one, pose in zip(other, true_poses(other), strict=True)
    )
    tracker = LiveInMap(LiveSlam(sequence_of.rig), sequence_of.rig, world, waits=True)
    told = [tracker.follow(frame) for frame in frames[:4]]
    assert {one.place for one in told} == {Place.SOUGHT}
    assert all(one.world_from_camera is None for one in told)
    assert told[-1].state is TrackingState.TRACKING
    tracker.close()


@given(st.floats(0.2, 5.0), st.integers(0, 2**31))
@settings(max_examples=20)
def test_the_frame_is_what_most_meetings_tell(scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=3)
    turn = Rotation.from_rotvec(axis / np.linalg.norm(axis) * rng.uniform(0, 3)).as_matrix()
    true = Similarity(scale, turn, rng.normal(size=3))
    frame = MapFrame(is_scale_known=False)
    for number in range(8):
        pose = np.eye(4)
        pose[:3, :3] = Rotation.from_rotvec(0.1 * rng.normal(size=3)).as_matrix()
        pose[:3, 3] = np.array([0.3 * number, 0, 0]) + 0.1 * rng.normal(size=3)
        there = placed_pose(pose, true)
        if number == 3:
            there[:3, 3] += 2.0 * scale
        frame.add(pose, there, 2.0 * scale)
    found = frame.map_from_world
    assert found is not None
    assert found.scale == pytest.approx(scale, rel=0.02)
    np.testing.assert_allclose(found.rotation, turn, atol=1e-6)
    frame.forget()
    assert frame.map_from_world is None
