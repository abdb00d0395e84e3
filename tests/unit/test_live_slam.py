"""Following a camera moment by moment, as the Live page does."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput, SenseError
from formats.trajectory_file import read_trajectory
from reconstruction.slam.live_moment import Moment, TrackingState
from reconstruction.slam.live_run import LiveRun
from reconstruction.slam.live_slam import LiveSlam
from reconstruction.slam.live_sources import LiveSource
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
