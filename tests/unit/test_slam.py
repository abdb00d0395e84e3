"""A camera before a textured wall is followed, and what is wrong with a recording is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from app.cli import main
from core.errors import BadInput, Cancelled
from core.posed_camera import PosedCamera
from core.progress import CancelToken, SilentProgress
from formats.map_file import read_map
from formats.trajectory_file import read_trajectory
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import TrackingState
from reconstruction.slam.localisation import Localiser
from reconstruction.slam.map_extension import extended_map
from reconstruction.slam.recording_map import map_of_recording
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.slam import Slam
from reconstruction.slam.slam_files import write_slam_files
from reconstruction.slam.slam_result import SlamResult
from reconstruction.slam.slam_run import run_slam
from reconstruction.slam.stereo_check import StereoCheck
from reconstruction.slam.trajectory_error import aligning, moved, position_errors_m
from tests.wall_pictures import BASELINE_M, SIZE, K, shown

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


def poses(count: int) -> tuple[list[Floats], list[Floats]]:
    """Give centres and rotations world from camera of a way past the walls."""
    steps = np.arange(count)
    centres = np.column_stack([0.025 * steps - 0.2, 0.06 * np.sin(0.2 * steps), 0.02 * steps])
    turns = [cv2.Rodrigues(np.array([0.01 * np.sin(0.3 * n), -0.006 * n, 0.004 * n]))[0] for n in steps]
    return list(centres), [np.asarray(turn, np.float64) for turn in turns]


COUNT = 22
CENTRES, TURNS = poses(COUNT)


def recorded(sensor: Sensor) -> list[SensorFrame]:
    frames: list[SensorFrame] = []
    for n, (centre, turn) in enumerate(zip(CENTRES, TURNS, strict=True)):
        picture, depth = shown(centre, turn)
        right = shown(centre + turn[:, 0] * BASELINE_M, turn)[0] if sensor is Sensor.STEREO else None
        frames.append(
            SensorFrame(n, str(n), float(n), picture, right, depth if sensor is Sensor.RGBD else None)
        )
    return frames


def right_of(frame: SensorFrame) -> Pixels:
    assert frame.right is not None
    return frame.right


FRAMES = {sensor: recorded(sensor) for sensor in Sensor}


def rig(sensor: Sensor) -> CameraRig:
    return CameraRig(PosedCamera(SIZE, K), BASELINE_M if sensor is Sensor.STEREO else None)


def followed(sensor: Sensor, frames: list[SensorFrame]) -> SlamResult:
    slam = Slam(rig(sensor))
    for frame in frames:
        slam.track(frame)
    return slam.finish()


def error_m(result: SlamResult, sensor: Sensor) -> float:
    part = result.parts[0]
    truth = part.trajectory(np.eye(3))
    poses_there = truth.world_from_camera.copy()
    for row, frame in enumerate(part.frames):
        poses_there[row, :3, :3], poses_there[row, :3, 3] = TURNS[frame], CENTRES[frame]
    true = type(truth)(truth.times_s, poses_there)
    how = Alignment.SIMILARITY if sensor is Sensor.MONO else Alignment.RIGID
    errors = position_errors_m(moved(truth, aligning(truth, true, how)), true)
    return float(np.sqrt((errors**2).mean()))


@pytest.mark.parametrize("sensor", list(Sensor))
def test_the_way_past_two_walls_is_found(sensor: Sensor) -> None:
    result = followed(sensor, FRAMES[sensor])
    assert result.tracked == COUNT
    assert result.lost == 0
    assert error_m(result, sensor) < 0.004  # 0.55 m in all
    assert not result.warnings


def test_a_place_that_is_known_gets_no_more_keyframes() -> None:
    across = [np.array([x, 0.0, 0.1]) for x in np.linspace(-0.9, 0.7, 20)]
    seen = [shown(centre, np.eye(3)) for centre in across]
    there_and_back = [*range(20), *range(18, 0, -1)]
    slam = Slam(rig(Sensor.RGBD))
    counts: list[int] = []
    for turn in range(5):
        for n, at in enumerate(there_and_back):
            index = turn * len(there_and_back) + n
            slam.track(SensorFrame(index, str(index), float(index), seen[at][0], None, seen[at][1]))
        part = slam.newest_map()
        counts.append(0 if part is None else len(part.keyframes))
    assert counts[0] >= 3
    assert counts[4] == counts[2] <= 1.5 * counts[0]
    result = slam.finish()
    assert result.tracked == 5 * len(there_and_back)
    # Poses that are told relative to keyframes of long ago are as good.
    last = result.parts[0].world_from_camera[-len(there_and_back) :, :3, 3]
    assert np.linalg.norm(last[19] - last[0]) == pytest.approx(1.6, abs=0.01)


def test_the_same_frames_give_the_same() -> None:
    first, second = (followed(Sensor.MONO, FRAMES[Sensor.MONO]) for _ in range(2))
    assert np.array_equal(first.parts[0].world_from_camera, second.parts[0].world_from_camera)
    assert np.array_equal(first.parts[0].points_m, second.parts[0].points_m)


def test_repeated_dropped_and_unordered_frames_do_no_harm() -> None:
    frames = list(FRAMES[Sensor.STEREO])
    del frames[5]
    again = SensorFrame(8, "again", 9.5, frames[8].picture, frames[8].right)
    numbered = [
        SensorFrame(n, one.name, one.time_s, one.picture, one.right)
        for n, one in enumerate([*frames[:9], again, frames[2], *frames[9:]])
    ]
    result = followed(Sensor.STEREO, numbered)
    assert result.tracked == len(numbered) - 1
    assert len(result.warnings) == 1
    assert "1 frames were not later" in str(result.warnings[0])
    part = result.parts[0]
    assert np.array_equal(part.world_from_camera[8], part.world_from_camera[9])


def test_a_covered_lens_is_lost_and_found_again() -> None:
    frames = list(FRAMES[Sensor.STEREO])
    black = np.zeros(SIZE[::-1], np.uint8)
    covered = [
        SensorFrame(100 + n, "black", COUNT + 0.1 * n, np.where(black, 0, n % 2).astype(np.uint8), black)
        for n in range(20)
    ]
    back = [
        SensorFrame(200 + n, one.name, COUNT + 10.0 + n, one.picture, one.right)
        for n, one in enumerate(reversed(frames))
    ]
    slam = Slam(rig(Sensor.STEREO))
    states = [slam.track(frame).state for frame in [*frames, *covered, *back]]
    assert TrackingState.TRACKING not in states[COUNT + 1 : COUNT + 20]
    assert states[-1] is TrackingState.TRACKING
    result = slam.finish()
    assert len(result.parts) == 1
    assert result.tracked >= 2 * COUNT - 3


def test_exposure_may_change() -> None:
    frames = [
        SensorFrame(
            one.index,
            one.name,
            one.time_s,
            *(
                np.clip(picture * (1 + 0.3 * np.sin(n)) - 10 * np.cos(n), 0, 255).astype(np.uint8)
                for picture in (one.picture, one.right)
                if picture is not None
            ),
        )
        for n, one in enumerate(FRAMES[Sensor.STEREO])
    ]
    result = followed(Sensor.STEREO, frames)
    assert result.tracked == COUNT
    assert error_m(result, Sensor.STEREO) < 0.008


def test_files_are_written_and_read_back(tmp_path: Path) -> None:
    result = followed(Sensor.STEREO, FRAMES[Sensor.STEREO])
    write_slam_files(tmp_path, result, rig(Sensor.STEREO))
    trajectory = read_trajectory(tmp_path / "trajectory.txt")
    assert np.allclose(trajectory.centres_m, result.parts[0].world_from_camera[:, :3, 3], atol=1e-6)
    header = (tmp_path / "keyframes.ply").read_bytes()[:300].decode("ascii", "replace")
    assert f"{len(result.parts[0].points_m)} points" in header


def stereo_folder(folder: Path, count: int = COUNT) -> Path:
    for side in ("image_l", "image_r"):
        (folder / side).mkdir(parents=True)
    for one in FRAMES[Sensor.STEREO][:count]:
        assert one.right is not None
        cv2.imwrite(str(folder / "image_l" / f"{one.index:06d}.png"), one.picture)
        cv2.imwrite(str(folder / "image_r" / f"{one.index:06d}.png"), one.right)
    right = K @ np.column_stack([np.eye(3), [-BASELINE_M, 0, 0]])
    left = np.column_stack([K, np.zeros(3)])
    lines = [" ".join(f"{value:.9e}" for value in matrix.ravel()) for matrix in (left, right)]
    (folder / "calib.txt").write_text("\n".join(lines) + "\n")
    return folder


def test_a_folder_is_followed(tmp_path: Path) -> None:
    run = run_slam(stereo_folder(tmp_path), Sensor.STEREO)
    facts = run.facts()
    assert (facts["frames"], facts["tracked"], facts["lost"]) == (COUNT, COUNT, 0)
    assert facts["unit"] == "m"
    assert 0.4 < facts["path"] < 1.2


def test_a_frame_is_found_in_the_map_of_its_recording(tmp_path: Path) -> None:
    folder = stereo_folder(tmp_path)
    run = run_slam(folder, Sensor.STEREO)
    made = map_of_recording(folder, run)
    part = run.result.parts[0]
    assert [one.name for one in made.keyframes] == [f"{number:06d}.png" for number in part.keyframes]
    between = next(number for number in part.frames if number not in part.keyframes)
    found = Localiser(made).find(FRAMES[Sensor.STEREO][between].picture, rig(Sensor.STEREO).left)
    assert found is not None
    followed_to = part.world_from_camera[list(part.frames).index(between)][:3, 3]
    assert np.linalg.norm(found.centre_m - followed_to) < 0.05


def test_a_later_recording_goes_on_with_a_map(tmp_path: Path) -> None:
    folders = {name: stereo_folder(tmp_path / name) for name in ("first", "later")}
    for number in range(COUNT):
        for side in ("image_l", "image_r"):
            gone = folders["first"] if number >= 16 else folders["later"] if number < 6 else None
            if gone is not None:
                (gone / side / f"{number:06d}.png").unlink()
    library = ["--library", str(tmp_path / "library"), "slam", "--sensor", "stereo"]
    assert main([*library, str(folders["first"]), "-o", str(tmp_path / "a")]) == 0
    later = [str(folders["later"]), "-o", str(tmp_path / "b"), "--map", str(tmp_path / "a")]
    assert main([*library, *later]) == 0
    before, both = (read_map(tmp_path / name / "map.smap") for name in ("a", "b"))
    assert len(both.keyframes) > len(before.keyframes)
    np.testing.assert_array_equal(both.centres[: len(before.keyframes)], before.centres)
    # The way lies in the frame of the first recording: where its own frames were there, too.
    poses_there = read_trajectory(tmp_path / "b" / "trajectory.txt").world_from_camera
    start = np.linalg.inv(np.vstack([np.column_stack([TURNS[0], CENTRES[0]]), [0, 0, 0, 1]]))
    true = np.array(CENTRES[6:]) @ start[:3, :3].T + start[:3, 3]
    assert np.linalg.norm(poses_there[:, :3, 3] - true, axis=1).max() < 0.02


def test_a_recording_of_another_place_keeps_a_map_of_its_own(tmp_path: Path) -> None:
    run = run_slam(stereo_folder(tmp_path), Sensor.STEREO)
    made = map_of_recording(tmp_path, run)
    random = np.random.default_rng(1)
    elsewhere = random.integers(0, 256, made.features.descriptors.shape, np.uint8)
    other = replace(made, features=replace(made.features, descriptors=elsewhere))
    told = extended_map(tmp_path / "other.smap", other, made)
    assert told.made is None
    assert "was not found in" in str(told.warnings[0])
    assert not told.facts()["is_placed"]


def test_a_damaged_frame_is_told_and_counted_as_lost(tmp_path: Path) -> None:
    folder = stereo_folder(tmp_path)
    (folder / "image_l" / "000007.png").write_bytes(b"no picture")
    run = run_slam(folder, Sensor.STEREO)
    facts = run.facts()
    assert (facts["frames"], facts["tracked"], facts["lost"]) == (COUNT, COUNT - 1, 1)
    assert run.rejected[0].path.name == "000007.png"


def test_what_shows_nothing_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BadInput, match="holds no pictures"):
        run_slam(empty, Sensor.MONO)
    grey = tmp_path / "grey"
    grey.mkdir()
    for n in range(4):
        cv2.imwrite(str(grey / f"{n}.png"), np.full(SIZE[::-1], 100 + n, np.uint8))
    with pytest.raises(BadInput, match="cannot be told where the camera was"):
        run_slam(grey, Sensor.MONO)


def test_a_cancel_is_heard(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run_slam(stereo_folder(tmp_path, 3), Sensor.STEREO, progress=SilentProgress(token))


def test_a_wrong_calibration_is_noticed() -> None:
    frames = FRAMES[Sensor.STEREO]

    def remark(change: Callable[[SensorFrame], SensorFrame]) -> str:
        check = StereoCheck()
        for frame in frames:
            check.look(change(frame))
        return str(check.remark())

    assert remark(lambda one: one) == "None"
    assert "4.0 rows apart" in remark(lambda one: replace(one, right=np.roll(right_of(one), 4, axis=0)))
    swapped = remark(lambda one: replace(one, picture=right_of(one), right=one.picture))
    assert "the other way round" in swapped
    assert remark(lambda one: replace(one, right=np.zeros_like(one.picture))) == "None"


def test_swapped_cameras_are_said(tmp_path: Path) -> None:
    folder = stereo_folder(tmp_path)
    (folder / "image_l").rename(folder / "other")
    (folder / "image_r").rename(folder / "image_l")
    (folder / "other").rename(folder / "image_r")
    with pytest.raises(BadInput) as caught:
        run_slam(folder, Sensor.STEREO)
    assert "the other way round" in str(caught.value)
