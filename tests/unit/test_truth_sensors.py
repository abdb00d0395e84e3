"""Noise, exposure, blur and depth errors are those that are asked for."""

import cv2
import numpy as np
import pytest

from render.material import Material, Shading
from render.scene import RenderScene, SurfaceNode
from tests.truth.sensors import DepthSensor, ImageSensor, srgb
from tests.truth.sequence import Sequence, camera_of, sequence
from tests.truth.solids import box
from tests.truth.trajectory import Trajectory

GREY = np.full((200, 300, 3), 0.2, np.float32)


def linear(picture):
    value = picture / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def test_the_curve_is_srgb():
    levels = np.arange(256)
    np.testing.assert_array_equal(srgb(linear(levels).astype(np.float32)), levels)


def test_shot_and_reading_noise_are_as_large_as_electrons_make_them():
    sensor = ImageSensor(electrons_at_white=2000, read_electrons=15)
    light = linear(sensor.develop(GREY, 1.0, np.random.default_rng(3)))
    assert light.mean() == pytest.approx(0.2, rel=0.01)
    assert light.std() * 2000 == pytest.approx(np.sqrt(0.2 * 2000 + 15**2), rel=0.03)


def test_a_sensor_without_noise_shows_the_light_and_darker_corners():
    assert np.ptp(ImageSensor().develop(GREY, 1.0, np.random.default_rng(0))) == 0
    light = linear(ImageSensor(vignetting=0.5).develop(GREY, 2.0, np.random.default_rng(0)))
    assert light[100, 150, 0] == pytest.approx(0.4, abs=0.01)
    assert light[0, 0, 0] == pytest.approx(0.2, abs=0.01)


def test_exposure_wanders_as_far_as_said_and_slowly():
    spreads = []
    for seed in range(60):
        stops = np.log2(ImageSensor(exposure_stops=0.5, gain=2.0).gains(600, seed)) - 1
        spreads.append(stops.std())
        assert np.abs(np.diff(stops)).max() < 0.5
    assert np.mean(spreads) == pytest.approx(0.5, rel=0.15)
    np.testing.assert_array_equal(ImageSensor(gain=1.5).gains(4, 1), 1.5)


def test_frames_follow_the_exposure():
    still = Trajectory(np.tile([0, 0, 3, 0, 0, 0], (8, 1)).astype(float), 9.0)
    scene = RenderScene((SurfaceNode(box((9, 9, 1)), Material((0.2, 0.2, 0.2, 1), shading=Shading.UNLIT)),))
    walk = Sequence(
        lambda _: scene, still, camera_of((40, 30)), np.arange(9.0), ImageSensor(exposure_stops=0.4)
    )
    for frame in list(walk)[::4]:
        assert linear(frame.picture).mean() == pytest.approx(0.2 * frame.gain, rel=0.02)


def test_motion_blurs_as_far_as_things_move_around_the_time_stamp():
    """An edge that passes is a ramp as long as its way in the exposure, its middle where it was then."""
    speed, depth = 1.0, 2.0
    path = Trajectory(np.array([[speed * (s - 2) / 5, 0, depth, 0, 0, 0] for s in range(10)], float), 1.0)
    camera = camera_of((200, 20))
    scene = RenderScene((SurfaceNode(box((4, 4, 1e-6), (2, 0, 0)), Material(shading=Shading.UNLIT)),))
    times, exposure = np.array([0.5]), 0.1
    drawn = {}
    for seconds in (0.0, exposure):
        sensor = ImageSensor(exposure_s=seconds, blur_steps=32, samples=16)
        walk = Sequence(lambda _: scene, path, camera, times, sensor)
        drawn[seconds] = linear(walk.frame(0).picture)[10, :, 0]
    rows = {seconds: (row > 0.05) & (row < 0.95) for seconds, row in drawn.items()}
    pixels = camera.fx * speed / depth * exposure
    assert abs(path.motion([0.5]).velocity[0, 0]) == pytest.approx(speed)
    assert rows[0.0].sum() <= 1
    assert rows[exposure].sum() == pytest.approx(0.9 * pixels, abs=1.5)
    assert drawn[exposure].sum() == pytest.approx(drawn[0.0].sum(), abs=0.15)


def test_blurred_pictures_keep_the_truth_of_their_time_stamps():
    sharp, blurred = (
        sequence("room", 3, 4, camera=camera_of((96, 72)), sensor=sensor).frame(2)
        for sensor in (ImageSensor(), ImageSensor(exposure_s=0.3))
    )
    np.testing.assert_array_equal(sharp.depth, blurred.depth)
    edges = [cv2.Laplacian(frame.picture.astype(np.float32), cv2.CV_32F).std() for frame in (sharp, blurred)]
    assert edges[1] < 0.8 * edges[0]


def test_depth_errors_grow_with_the_square_of_the_depth():
    sensor = DepthSensor((0.4, 30.0), 0.1, 0.075)
    spreads = []
    for metres in (2.0, 4.0):
        depth = np.full((200, 200), metres, np.float32)
        stored = sensor.measure(depth, 500.0, np.random.default_rng(1))
        assert stored.mean() == pytest.approx(metres * 1000, rel=0.002)
        spreads.append(stored.std())
        assert stored.std() == pytest.approx(metres**2 / (500 * 0.075) * 100, rel=0.03)
    assert spreads[1] == pytest.approx(4 * spreads[0], rel=0.03)


def test_depth_is_not_measured_beyond_the_range_or_where_nothing_is():
    depth = np.array([[0.3, 0.5, 7.9, 8.1, np.nan]], np.float32)
    stored = DepthSensor((0.4, 8.0)).measure(depth, 500.0, np.random.default_rng(0))
    np.testing.assert_array_equal(stored, [[0, 500, 7900, 0, 0]])
