"""Sequences in files say what the sequences are, read back by what reads such files."""

import csv
import json

import cv2
import numpy as np
import pytest

from render.lens_distortion import LensDistortion
from render.pinhole_camera import PinholeCamera
from tests.render_scenes import LENS
from tests.truth.inertial import InertialSensor
from tests.truth.layouts import (
    quaternion,
    write_euroc,
    write_photographs,
    write_rgbd,
    write_stereo,
    write_tum,
)
from tests.truth.sensors import DepthSensor
from tests.truth.sequence import camera_of, sequence

SIZE = (120, 90)
NO_LENS = LensDistortion()


def walk(lens=NO_LENS, frames=3, **more):
    camera = camera_of(SIZE)
    camera = PinholeCamera(SIZE, camera.fx, camera.fy, camera.cx, camera.cy, distortion=lens, near=0.02)
    return sequence("room", 3, frames, camera=camera, **more)


def rotation_of(x, y, z, w):
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def check_trajectory(path, made):
    rows = np.loadtxt(path)
    assert rows.shape == (len(made), 8)
    np.testing.assert_allclose(rows[:, 0], made.times_s, atol=1e-6)
    for row, time in zip(rows, made.times_s, strict=True):
        pose = made.camera_at(time).world_from_camera
        np.testing.assert_allclose(row[1:4], pose[:3, 3], atol=1e-9)
        np.testing.assert_allclose(rotation_of(*row[4:]), pose[:3, :3], atol=1e-9)


def test_a_photograph_set_matches_its_depth_through_its_file(tmp_path):
    """What cameras.json says projects to where the pictures show it, by OpenCV alone."""
    made = walk(LENS)
    cameras = json.loads((write_photographs(made, tmp_path) / "cameras.json").read_text())
    assert sorted(cameras) == sorted(path.name for path in (tmp_path / "images").iterdir())
    check_trajectory(tmp_path / "trajectory.txt", made)
    for frame in made:
        stored = cameras[f"{frame.index:04d}.png"]
        picture = cv2.imread(str(tmp_path / "images" / f"{frame.index:04d}.png"))
        np.testing.assert_array_equal(picture[..., ::-1], frame.picture)
        assert stored["size"] == list(SIZE)
        rotation = np.array(stored["rotation_world_from_camera"]).T
        origins, directions = frame.camera.rays()
        points = (origins + directions * frame.depth[..., None]).reshape(-1, 3)
        lens = stored["distortion"]
        assert lens.pop("model") == "opencv"
        assert list(lens) == ["k1", "k2", "p1", "p2", "k3"]
        shift = -rotation @ stored["centre_m"]
        seen = cv2.projectPoints(
            points, cv2.Rodrigues(rotation)[0], shift, np.array(stored["K"]), np.array(list(lens.values()))
        )[0]
        y, x = np.mgrid[: SIZE[1], : SIZE[0]]
        assert np.abs(seen[:, 0] - np.stack([x, y], -1).reshape(-1, 2)).max() < 0.01


def test_rgbd_frames_read_back(tmp_path):
    made = walk()
    write_rgbd(made, tmp_path)
    check_trajectory(tmp_path / "trajectory.txt", made)
    np.testing.assert_allclose(np.loadtxt(tmp_path / "camera-intrinsics.txt"), made.camera.intrinsics)
    for frame in made:
        stem = tmp_path / f"frame-{frame.index:06d}"
        depth = cv2.imread(f"{stem}.depth.png", cv2.IMREAD_UNCHANGED)
        assert depth.dtype == np.uint16
        np.testing.assert_allclose(depth / 1000, frame.depth, atol=0.00051)
        np.testing.assert_array_equal(np.load(f"{stem}.true-depth.npy"), frame.depth)
        np.testing.assert_allclose(np.loadtxt(f"{stem}.pose.txt"), frame.camera.world_from_camera)
        np.testing.assert_array_equal(cv2.imread(f"{stem}.color.png")[..., ::-1], frame.picture)


def test_tum_lists_pair_pictures_and_depth(tmp_path):
    made = walk(rate_hz=30)
    write_tum(made, tmp_path, DepthSensor((0.4, 3.0)))
    check_trajectory(tmp_path / "groundtruth.txt", made)
    for frame, line in zip(made, (tmp_path / "depth.txt").read_text().splitlines()[1:], strict=True):
        time, name = line.split()
        assert float(time) == pytest.approx(frame.time_s, abs=1e-6)
        depth = cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED) / 5000
        near = frame.depth < 2.99
        np.testing.assert_allclose(depth[near], frame.depth[near], atol=0.00051)
        assert not depth[frame.depth > 3.01].any()
        assert (tmp_path / name.replace("depth", "rgb")).exists()


def test_stereo_pairs_are_rectified_and_their_disparity_is_the_depth(tmp_path):
    made = walk(frames=2)
    write_stereo(made, tmp_path, 0.2)
    left, right = np.loadtxt(tmp_path / "calib.txt").reshape(2, 3, 4)
    poses = np.loadtxt(tmp_path / "poses.txt").reshape(-1, 3, 4)
    for frame, pose in zip(made, poses, strict=True):
        np.testing.assert_allclose(pose, frame.camera.world_from_camera[:3], atol=1e-12)
        rows = [
            cv2.imread(str(tmp_path / side / f"{frame.index:06d}.png"), 0) for side in ("image_l", "image_r")
        ]
        first, second = (row.astype(np.float32) for row in rows)
        disparity = -right[0, 3] / frame.depth
        y, x = np.mgrid[: SIZE[1], : SIZE[0]].astype(np.float32)
        carried = cv2.remap(second, (x - disparity).astype(np.float32), y, cv2.INTER_LINEAR)
        inside = x - disparity > 1
        close = np.abs(carried - first)[inside]
        assert np.median(close) <= 3
        assert np.median(close) < 0.5 * np.median(np.abs(second - first)[inside])
    np.testing.assert_allclose(left[:, :3], made.camera.intrinsics)


def test_euroc_files_hold_pictures_readings_and_states(tmp_path):
    made, sensor = walk(LensDistortion((-0.2, 0.05, 0.001, -0.001)), rate_hz=20), InertialSensor()
    write_euroc(made, tmp_path, sensor, 4)
    body = tmp_path / "mav0"
    with (body / "imu0" / "data.csv").open() as file:
        readings = np.array([row for row in csv.reader(file) if not row[0].startswith("#")], float)
    with (body / "state_groundtruth_estimate0" / "data.csv").open() as file:
        states = np.array([row for row in csv.reader(file) if not row[0].startswith("#")], float)
    truth = sensor.measure(made.trajectory, 4)
    np.testing.assert_allclose(readings[:, 0] * 1e-9, truth.times_s, atol=1e-8)
    np.testing.assert_allclose(readings[:, 1:], np.hstack([truth.gyro, truth.accel]), rtol=1e-9)
    assert states.shape == (len(readings), 17)
    at = made.trajectory.motion(truth.times_s[:1]).of_part(sensor.camera_from_imu)
    np.testing.assert_allclose(states[0, 1:4], at.world_from_body[0, :3, 3], atol=1e-9)
    w, x, y, z = states[0, 4:8]
    np.testing.assert_allclose(rotation_of(x, y, z, w), at.world_from_body[0, :3, :3], atol=1e-9)
    text = (body / "cam0" / "sensor.yaml").read_text()
    placed = next(line for line in text.splitlines() if "data:" in line).split("data:")[1]
    body_from_camera = np.array(json.loads(placed)).reshape(4, 4)
    np.testing.assert_allclose(
        at.world_from_body[0] @ body_from_camera, made.camera_at(0.0).world_from_camera, atol=1e-9
    )
    for line in (body / "cam0" / "data.csv").read_text().splitlines()[1:]:
        assert (body / "cam0" / "data" / line.split(",")[1]).exists()


def test_layouts_refuse_what_they_cannot_say(tmp_path):
    with pytest.raises(ValueError, match="rectified"):
        write_stereo(walk(LENS), tmp_path / "stereo", 0.2)
    with pytest.raises(ValueError, match="k1, k2"):
        write_euroc(walk(LENS), tmp_path / "euroc", InertialSensor())


def test_quaternions_of_all_turns():
    rng = np.random.default_rng(1)
    for _ in range(100):
        vector = rng.normal(size=3)
        turn = cv2.Rodrigues(vector / np.linalg.norm(vector) * rng.choice([0.0, 1e-9, 1, np.pi]))[0]
        np.testing.assert_allclose(rotation_of(*quaternion(turn)), turn, atol=1e-7)
