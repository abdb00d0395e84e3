"""Objects that are put on surfaces."""

from dataclasses import replace

import numpy as np
import pytest

from core.posed_camera import PosedCamera
from reconstruction.pixel_rays import pixel_rays
from reconstruction.slam.anchor import anchor_at, seen_faces
from reconstruction.slam.input_sequence import CameraRig, SensorFrame
from reconstruction.slam.live_moment import Moment, Tracked, TrackingState

LENS = PosedCamera((640, 480), np.array([[500.0, 0, 320], [0, 500.0, 240], [0, 0, 1]]), {"k1": -0.1})


def looking_down_at(floor: np.ndarray, lens: PosedCamera = LENS) -> Moment:
    """A camera 2 m over points, (n, 3), of a floor y = 0, that looks down by 40 degrees; y is up."""
    down = np.radians(40.0)
    forward = np.array([0.0, -np.sin(down), -np.cos(down)])
    right = np.array([1.0, 0.0, 0.0])
    pose = np.eye(4)
    pose[:3, :3] = np.column_stack((right, np.cross(forward, right), forward))
    pose[:3, 3] = (0.3, 2.0, 1.0)
    camera = replace(lens, rotation_world_from_camera=pose[:3, :3], centre_m=pose[:3, 3])
    pixels = projected(camera, floor)
    tracked = Tracked(TrackingState.TRACKING, pose, pixels.astype(np.float32), floor.astype(np.float32))
    frame = SensorFrame(0, "0", 0.0, np.zeros((480, 640), np.uint8))
    return Moment(frame, CameraRig(lens), tracked, 0.01)


def projected(camera: PosedCamera, points: np.ndarray) -> np.ndarray:
    local = (points - camera.pose[1]) @ camera.pose[0]
    place = local[:, :2] / local[:, 2:]
    if camera.distortion:
        place = place * (1 + camera.distortion["k1"] * (place**2).sum(axis=1, keepdims=True))
    return place * 500.0 + [320.0, 240.0]


def floor_points(noise_m: float) -> np.ndarray:
    rng = np.random.default_rng(2)
    x, z = rng.uniform(-1.5, 1.5, 300), rng.uniform(-4, -0.5, 300)
    return np.column_stack((x, rng.normal(0, noise_m, 300), z))


def test_an_object_stands_upright_on_a_noisy_floor() -> None:
    points = floor_points(0.003)
    points[::10, 1] += 0.4  # something stands there, too
    moment = looking_down_at(points)
    true = np.array([0.2, 0.0, -1.6])
    camera = moment.camera
    assert camera is not None
    x, y = projected(camera, true[None])[0]
    anchor = anchor_at((x, y), moment)
    assert anchor is not None
    assert np.linalg.norm(anchor.place - true) < 0.03
    assert anchor.axes[1, 2] > 0.99
    assert np.allclose(anchor.axes.T @ anchor.axes, np.eye(3))
    assert np.linalg.det(anchor.axes) == pytest.approx(1.0)


def test_it_is_seen_where_it_stands_from_everywhere() -> None:
    moment = looking_down_at(floor_points(0.0))
    anchor = anchor_at((330.0, 250.0), moment)
    camera = moment.camera
    assert anchor is not None
    assert camera is not None
    foot = anchor.cube()[:4].mean(axis=0)
    assert np.allclose(foot, anchor.place)
    assert np.linalg.norm(projected(camera, anchor.place[None])[0] - [330, 250]) < 0.5
    moved = replace(camera, centre_m=camera.pose[1] + [0.4, 0.1, 0.2])
    for one in (camera, moved):
        faces = seen_faces(anchor, one)
        assert 2 <= len(faces) <= 3
        pixels = np.concatenate([corners for corners, _ in faces])
        expected = projected(one, anchor.cube())
        apart = np.linalg.norm(pixels[:, None] - expected[None], axis=2).min(axis=1)
        assert apart.max() < 0.1
    behind = replace(camera, centre_m=anchor.place - 3 * camera.pose[0][:, 2] * -1)
    assert seen_faces(anchor, behind) == []


def test_a_depth_camera_tells_the_surface_where_nothing_is_followed() -> None:
    moment = looking_down_at(floor_points(0.0)[:1])
    camera = moment.camera
    assert camera is not None
    columns, rows = np.meshgrid(np.arange(640.0), np.arange(480.0))
    rays = pixel_rays(camera, np.stack((columns, rows), axis=-1).reshape(-1, 2))
    turned = np.column_stack((rays, np.ones(len(rays)))) @ camera.pose[0].T
    depth = np.where(turned[:, 1] < -0.05, -camera.pose[1][1] / turned[:, 1], np.nan).reshape(480, 640)
    noisy = depth + np.random.default_rng(3).normal(0, 0.004, depth.shape)
    noisy[:, ::7] = np.nan
    noisy[:, 208:] -= 0.5  # something stands right of it
    seen = replace(moment, frame=replace(moment.frame, depth_m=noisy.astype(np.float32)))
    assert anchor_at((200.0, 300.0), moment) is None
    anchor = anchor_at((200.0, 300.0), seen)
    assert anchor is not None
    assert abs(anchor.place[1]) < 0.01
    assert anchor.axes[1, 2] > 0.98


def test_nothing_stands_where_too_little_is_known() -> None:
    moment = looking_down_at(floor_points(0.0))
    assert anchor_at((5.0, 5.0), moment) is None
    lost = Tracked(TrackingState.LOST, None, moment.tracked.pixels, moment.tracked.places)
    assert anchor_at((330.0, 250.0), replace(moment, tracked=lost)) is None
    unknown = replace(moment.tracked, places=np.full_like(moment.tracked.places, np.nan))
    assert anchor_at((330.0, 250.0), replace(moment, tracked=unknown)) is None


def test_a_fisheye_lens_is_followed() -> None:
    lens = PosedCamera((640, 480), LENS.intrinsics, {}, fisheye=True)
    moment = looking_down_at(floor_points(0.0), lens)
    anchor = anchor_at((320.0, 240.0), moment)
    assert anchor is not None
    assert moment.camera is not None
    assert seen_faces(anchor, moment.camera)
