"""Sequences in files, laid out as programs and published data sets have them.

Pixel (0, 0), the upper left one, has its centre at (0, 0), as in OpenCV; poses are world-from-camera.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from render.lens_distortion import LensDistortion
from render.pinhole_camera import PinholeCamera
from tests.truth.inertial import InertialReadings, InertialSensor
from tests.truth.sensors import DepthSensor
from tests.truth.sequence import Frame, Sequence

BROWN = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6", "s1", "s2", "s3", "s4")
TUM_DEPTH_SCALE = 5


def write_photographs(sequence: Sequence, folder: Path) -> Path:
    """`images/NNNN.png`, `cameras.json` with the truth, and `trajectory.txt`."""
    (folder / "images").mkdir(parents=True)
    cameras = {}
    for frame in sequence:
        name = f"{frame.index:04d}.png"
        write_picture(folder / "images" / name, frame.picture)
        cameras[name] = frame.camera
    write_cameras(folder / "cameras.json", cameras)
    write_trajectory(folder / "trajectory.txt", sequence)
    return folder


def write_rgbd(sequence: Sequence, folder: Path, sensor: DepthSensor | None = None, seed: int = 0) -> Path:
    """`frame-NNNNNN.{color.png,depth.png,pose.txt}` (depth in mm), `camera-intrinsics.txt` and the truth.

    `frame-NNNNNN.true-depth.npy` is float32 metres without errors, NaN where nothing is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cameras = {}
    for frame in sequence:
        stem = f"frame-{frame.index:06d}"
        write_picture(folder / f"{stem}.color.png", frame.picture)
        write_picture(folder / f"{stem}.depth.png", measured_depth(frame, sensor, seed))
        np.save(folder / f"{stem}.true-depth.npy", frame.depth)
        np.savetxt(folder / f"{stem}.pose.txt", frame.camera.world_from_camera, "%.17e")
        cameras[f"{stem}.color.png"] = frame.camera
    np.savetxt(folder / "camera-intrinsics.txt", sequence.camera.intrinsics, "%.17e")
    write_cameras(folder / "cameras.json", cameras)
    write_trajectory(folder / "trajectory.txt", sequence)
    return folder


def write_tum(sequence: Sequence, folder: Path, sensor: DepthSensor | None = None, seed: int = 0) -> Path:
    """`rgb/`, `depth/` (5000 a metre), `rgb.txt`, `depth.txt` and `groundtruth.txt`, as of TUM RGB-D."""
    lists: dict[str, list[str]] = {"rgb": [], "depth": []}
    for kind in lists:
        (folder / kind).mkdir(parents=True)
    for frame in sequence:
        for kind, rows in lists.items():
            name = f"{kind}/{frame.time_s:.6f}.png"
            depth = np.minimum(measured_depth(frame, sensor, seed).astype(int) * TUM_DEPTH_SCALE, 65535)
            write_picture(folder / name, frame.picture if kind == "rgb" else depth.astype(np.uint16))
            rows.append(f"{frame.time_s:.6f} {name}")
    for kind, rows in lists.items():
        (folder / f"{kind}.txt").write_text("# timestamp filename\n" + "\n".join(rows) + "\n")
    write_cameras(folder / "cameras.json", {"rgb": sequence.camera})
    write_trajectory(folder / "groundtruth.txt", sequence)
    return folder


def write_stereo(sequence: Sequence, folder: Path, baseline_m: float) -> Path:
    """`image_l/`, `image_r/`, `calib.txt` (two 3 x 4 matrices) and the left `poses.txt`, as of KITTI."""
    if not sequence.camera.distortion.is_none:
        raise ValueError("stereo pairs of this layout are rectified")
    for side, eye in (("image_l", sequence), ("image_r", sequence.right_eye(baseline_m))):
        (folder / side).mkdir(parents=True)
        for frame in eye:
            grey = cv2.cvtColor(frame.picture, cv2.COLOR_RGB2GRAY)
            write_picture(folder / side / f"{frame.index:06d}.png", grey.astype(np.uint8))
    left = np.column_stack([sequence.camera.intrinsics, np.zeros(3)])
    right = np.column_stack([sequence.camera.intrinsics, [-sequence.camera.fx * baseline_m, 0, 0]])
    np.savetxt(folder / "calib.txt", [left.ravel(), right.ravel()], "%.17e")
    np.savetxt(folder / "poses.txt", [pose[:3].ravel() for pose in true_poses(sequence)], "%.17e")
    write_trajectory(folder / "trajectory.txt", sequence)
    return folder


def write_euroc(
    sequence: Sequence, folder: Path, sensor: InertialSensor, seed: int = 0, baseline_m: float | None = None
) -> Path:
    """`mav0/` with `cam0`, `imu0` and `state_groundtruth_estimate0`, as of EuRoC; the body is the sensor.

    With a baseline there is a second camera, `cam1`, to the right of the first.
    """
    eyes = [sequence] if baseline_m is None else [sequence, sequence.right_eye(baseline_m)]
    for number, eye in enumerate(eyes):
        _write_euroc_camera(eye, folder / "mav0" / f"cam{number}", sensor)
    imu, truth = (folder / "mav0" / name for name in ("imu0", "state_groundtruth_estimate0"))
    imu.mkdir()
    truth.mkdir()
    (imu / "sensor.yaml").write_text(_imu_yaml(sensor))
    readings = sensor.measure(sequence.trajectory, seed)
    _write_csv(imu / "data.csv", readings.times_s, np.hstack([readings.gyro, readings.accel]))
    _write_csv(truth / "data.csv", readings.times_s, _states(sequence, sensor, readings))
    return folder


def _write_euroc_camera(sequence: Sequence, camera: Path, sensor: InertialSensor) -> None:
    (camera / "data").mkdir(parents=True)
    rows = ["#timestamp [ns],filename"]
    for frame in sequence:
        name = f"{nanoseconds(frame.time_s)}.png"
        grey = cv2.cvtColor(frame.picture, cv2.COLOR_RGB2GRAY)
        write_picture(camera / "data" / name, grey.astype(np.uint8))
        rows.append(f"{nanoseconds(frame.time_s)},{name}")
    (camera / "data.csv").write_text("\n".join(rows) + "\n")
    (camera / "sensor.yaml").write_text(_camera_yaml(sequence, sensor))


def write_cameras(path: Path, cameras: dict[str, PinholeCamera]) -> None:
    """`cameras.json`; a distorted camera also has "distortion": "model" and OpenCV's coefficients by name."""
    sets = {}
    for name, camera in cameras.items():
        pose = camera.world_from_camera
        sets[name] = {
            "K": camera.intrinsics.tolist(),
            "rotation_world_from_camera": pose[:3, :3].tolist(),
            "centre_m": pose[:3, 3].tolist(),
            "size": list(camera.size),
        }
        if not camera.distortion.is_none:
            sets[name]["distortion"] = named_distortion(camera.distortion)
    path.write_text(json.dumps(sets, indent=1))


def named_distortion(lens: LensDistortion) -> dict[str, str | float]:
    """Model ("opencv" or "opencv_fisheye") and coefficients of a lens."""
    if lens.fisheye:
        names = zip(("k1", "k2", "k3", "k4"), lens.coefficients, strict=True)
        return {"model": "opencv_fisheye", **dict(names)}
    return {"model": "opencv", **dict(zip(BROWN, lens.coefficients, strict=False))}


def write_trajectory(path: Path, sequence: Sequence) -> None:
    """TUM text: `timestamp tx ty tz qx qy qz qw`, world-from-camera."""
    rows = [
        " ".join(f"{value:.12f}" for value in (time, *pose[:3, 3], *quaternion(pose[:3, :3])))
        for time, pose in zip(sequence.times_s, true_poses(sequence), strict=True)
    ]
    path.write_text("\n".join(rows) + "\n")


def true_poses(sequence: Sequence) -> list[NDArray[np.float64]]:
    """World-from-camera of every frame."""
    return [sequence.camera_at(float(time)).world_from_camera for time in sequence.times_s]


def quaternion(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit quaternion (x, y, z, w) of a rotation, w not negative; after Bar-Itzhack (2000)."""
    (a, b, c), (d, e, f), (g, h, i) = rotation
    k = np.array(
        [
            [a - e - i, b + d, c + g, h - f],
            [b + d, e - a - i, f + h, c - g],
            [c + g, f + h, i - a - e, d - b],
            [h - f, c - g, d - b, a + e + i],
        ]
    )
    largest = np.linalg.eigh(k)[1][:, -1]
    return largest if largest[3] >= 0 else -largest


def measured_depth(frame: Frame, sensor: DepthSensor | None, seed: int) -> NDArray[np.uint16]:
    """Depth of a frame in millimetres, by a sensor without errors if none is given."""
    rng = np.random.default_rng([seed, 51, frame.index])
    return (sensor or DepthSensor()).measure(frame.depth, frame.camera.fx, rng)


def write_picture(path: Path, picture: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    """PNG of RGB, grey or 16 bits."""
    stored = picture[..., ::-1] if picture.ndim == 3 else picture
    if not cv2.imwrite(str(path), stored):
        raise OSError(f"cannot write {path}")


def nanoseconds(time_s: float) -> int:
    """Time stamp of EuRoC."""
    return round(time_s * 1e9)


def _write_csv(path: Path, times_s: NDArray[np.float64], rows: NDArray[np.float64]) -> None:
    lines: Iterable[str] = (
        ",".join([str(nanoseconds(time)), *(f"{value:.12e}" for value in row)])
        for time, row in zip(times_s, rows, strict=True)
    )
    path.write_text("#timestamp [ns],...\n" + "\n".join(lines) + "\n")


def _states(sequence: Sequence, sensor: InertialSensor, readings: InertialReadings) -> NDArray[np.float64]:
    """Position, quaternion (w first), velocity and both biases of the sensor."""
    motion = sequence.trajectory.motion(readings.times_s).of_part(sensor.camera_from_imu)
    turns = np.array([np.roll(quaternion(pose[:3, :3]), 1) for pose in motion.world_from_body])
    places = motion.world_from_body[:, :3, 3]
    return np.hstack([places, turns, motion.velocity, readings.gyro_bias, readings.accel_bias])


def _camera_yaml(sequence: Sequence, sensor: InertialSensor) -> str:
    camera = sequence.camera
    if camera.distortion.fisheye or any(camera.distortion.coefficients[4:]):
        raise ValueError("cameras of this layout have k1, k2, p1 and p2 only")
    places = np.linalg.inv(sensor.camera_from_imu) @ sequence.mount
    return (
        "sensor_type: camera\n"
        f"T_BS:\n  cols: 4\n  rows: 4\n  data: {places.ravel().tolist()}\n"
        f"resolution: {list(camera.size)}\ncamera_model: pinhole\n"
        f"intrinsics: {[camera.fx, camera.fy, camera.cx, camera.cy]}\n"
        "distortion_model: radial-tangential\n"
        f"distortion_coefficients: {list((*camera.distortion.coefficients, 0.0, 0.0, 0.0, 0.0)[:4])}\n"
    )


def _imu_yaml(sensor: InertialSensor) -> str:
    return (
        "sensor_type: imu\n"
        f"T_BS:\n  cols: 4\n  rows: 4\n  data: {np.eye(4).ravel().tolist()}\n"
        f"rate_hz: {sensor.rate_hz}\n"
        f"gyroscope_noise_density: {sensor.gyro_noise}\ngyroscope_random_walk: {sensor.gyro_walk}\n"
        f"accelerometer_noise_density: {sensor.accel_noise}\naccelerometer_random_walk: {sensor.accel_walk}\n"
    )
