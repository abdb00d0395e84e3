"""A camera with an inertial unit beside it: metres, the direction of gravity, and a way through the dark."""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.slam.alignment_choice import Alignment
from reconstruction.slam.input_sequence import CameraRig, InertialReadings, SensorFrame
from reconstruction.slam.sensor import Sensor
from reconstruction.slam.slam import Slam
from reconstruction.slam.slam_result import MapPart, SlamResult
from reconstruction.slam.slam_run import run_slam
from reconstruction.slam.trajectory_error import aligning, moved, position_errors_m
from tests.wall_pictures import BASELINE_M, SIZE, K, shown

Floats = NDArray[np.float64]

RATE_HZ, COUNT = 12.0, 54
# Down is not quite along the first picture's columns.
GRAVITY = 9.81 * np.array([0.12, 0.98, -0.15]) / np.linalg.norm([0.12, 0.98, -0.15])
GYRO_BIAS, ACCEL_BIAS = np.array([0.02, -0.015, 0.01]), np.array([0.05, -0.04, 0.06])


def mount() -> Floats:
    """Where the unit sits in the camera."""
    place = np.eye(4)
    place[:3, :3] = cv2.Rodrigues(np.array([0.1, -0.3, 1.5]))[0]
    place[:3, 3] = (0.05, -0.02, 0.03)
    return place


MOUNT = mount()


def pose(time_s: float) -> Floats:
    """World from camera."""
    placed = np.eye(4)
    t = 2.2 * time_s
    placed[:3, :3] = cv2.Rodrigues(
        np.array([0.03 * np.sin(t), 0.08 * np.sin(0.7 * t), 0.05 * np.sin(1.3 * t)])
    )[0]
    placed[:3, 3] = (0.25 * np.sin(t), 0.1 * np.sin(1.6 * t), 0.3 * np.sin(0.6 * t))
    return placed


def readings() -> InertialReadings:
    step = 1e-3
    times = np.arange(-0.05, COUNT / RATE_HZ + 0.05, 0.005)
    rows = []
    for time in times:
        before, here, after = (pose(time + shift) @ MOUNT for shift in (-step, 0, step))
        turn = cv2.Rodrigues(before[:3, :3].T @ after[:3, :3])[0].ravel() / (2 * step)
        push = (before[:3, 3] - 2 * here[:3, 3] + after[:3, 3]) / step**2
        rows.append(np.concatenate([turn, here[:3, :3].T @ (push - GRAVITY)]))
    noise = np.random.default_rng(3).normal(size=(len(times), 6)) * ([2.4e-3] * 3 + [2.8e-2] * 3)
    values = np.array(rows) + noise
    return InertialReadings(times, values[:, :3] + GYRO_BIAS, values[:, 3:] + ACCEL_BIAS)


READINGS = readings()


@lru_cache(maxsize=2 * COUNT)
def picture(n: int, offset_m: float) -> NDArray[np.uint8]:
    here = pose(n / RATE_HZ)
    return shown(here[:3, 3] + here[:3, 0] * offset_m, here[:3, :3])[0]


def frame(n: int, *, stereo: bool) -> SensorFrame:
    right = picture(n, BASELINE_M) if stereo else None
    return SensorFrame(n, str(n), n / RATE_HZ, picture(n, 0.0), right)


def rig(*, stereo: bool) -> CameraRig:
    return CameraRig(PosedCamera(SIZE, K), BASELINE_M if stereo else None, left_from_imu=MOUNT)


def followed(frames: list[SensorFrame], *, stereo: bool) -> SlamResult:
    slam = Slam(rig(stereo=stereo), imu=READINGS)
    for one in frames:
        slam.track(one)
    return slam.finish()


def errors_m(part: MapPart) -> Floats:
    """Distances from the truth; the size is not fitted."""
    found = part.trajectory(np.eye(3))
    true = type(found)(found.times_s, np.stack([pose(time) for time in found.times_s]))
    return position_errors_m(moved(found, aligning(found, true, Alignment.RIGID)), true)


def tilt_deg(part: MapPart) -> float:
    """How far the map's y axis is from the direction of gravity."""
    middle = len(part.frames) // 2
    down = part.world_from_camera[middle][:3, :3] @ pose(part.times_s[middle])[:3, :3].T @ GRAVITY
    return float(np.degrees(np.arccos(down[1] / np.linalg.norm(down))))


@pytest.mark.parametrize("stereo", [False, True])
def test_the_map_is_in_metres_and_upright(stereo: bool) -> None:
    result = followed([frame(n, stereo=stereo) for n in range(COUNT)], stereo=stereo)
    part = result.parts[0]
    assert part.inertial
    assert result.tracked == COUNT
    assert np.sqrt((errors_m(part) ** 2).mean()) < 0.006  # of 0.6 m
    assert tilt_deg(part) < 0.3


def test_the_readings_lead_through_the_dark() -> None:
    frames = [frame(n, stereo=True) for n in range(COUNT)]
    dark = range(40, 48)
    for n in dark:
        black = np.zeros(SIZE[::-1], np.uint8)
        frames[n] = SensorFrame(n, str(n), n / RATE_HZ, black, black)
    result = followed(frames, stereo=True)
    part = result.parts[0]
    assert len(result.parts) == 1
    assert result.tracked == COUNT
    assert errors_m(part).max() < 0.02


def test_readings_without_a_place_or_a_clock_are_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for n in range(12):
        cv2.imwrite(str(folder / f"{n:03d}.png"), frame(n, stereo=False).grey)
    rows = np.column_stack([READINGS.times_s * 1e9, READINGS.gyro, READINGS.accel])
    np.savetxt(tmp_path / "imu.csv", rows, delimiter=",")
    run = run_slam(folder, Sensor.MONO, imu=tmp_path / "imu.csv")
    assert run.facts()["unit"] == "units"
    assert any("pictures alone" in str(one) for one in run.warnings)
