"""Motion and inertial readings that belong together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.truth.inertial import GRAVITY, InertialSensor, integrated, turned
from tests.truth.paths import PATHS
from tests.truth.places import Place
from tests.truth.trajectory import Trajectory, _basis

EXTENTS = {"object": (0.3, 0.34, 0.3), "room": (5, 2.7, 4), "corridor": (12, 2.6, 9), "facade": (12, 7, 0.6)}


def path_of(place, seed=3):
    return PATHS[place](Place(place, None, EXTENTS[place]), seed)


def wild(seed, count=12):
    rng = np.random.default_rng(seed)
    return Trajectory(np.cumsum(rng.normal(size=(count, 6)) * 0.4, axis=0), 3.0)


def test_weights_of_control_points_sum_to_one():
    np.testing.assert_allclose(_basis().sum(0), [1, 0, 0, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(_basis()[:, 0] * 120, [1, 26, 66, 26, 1, 0], atol=1e-9)


@settings(max_examples=20)
@given(st.integers(0, 1 << 30), st.floats(0.01, 2.99))
def test_derivatives_are_those_of_the_path(seed, time):
    path, h = wild(seed), 1e-4
    at = path.motion([time - h, time, time + h])
    place = at.world_from_body[:, :3, 3]
    np.testing.assert_allclose((place[2] - place[0]) / (2 * h), at.velocity[1], atol=1e-4)
    np.testing.assert_allclose((at.velocity[2] - at.velocity[0]) / (2 * h), at.acceleration[1], atol=1e-3)
    np.testing.assert_allclose((at.turning[2] - at.turning[0]) / (2 * h), at.turning_rate[1], atol=1e-3)
    rotation = at.world_from_body[:, :3, :3]
    spin = (rotation[2] - rotation[0]) / (2 * h) @ rotation[1].T
    np.testing.assert_allclose([spin[2, 1], spin[0, 2], spin[1, 0]], at.turning[1], atol=1e-4)
    np.testing.assert_allclose(rotation[1] @ rotation[1].T, np.eye(3), atol=1e-12)


def test_a_level_camera_looks_ahead_turns_left_and_up():
    controls = np.zeros((6, 6))
    np.testing.assert_allclose(Trajectory(controls, 1).pose(0.5)[:3, 2], [0, 0, -1], atol=1e-12)
    controls[:, 3] = np.pi / 2
    np.testing.assert_allclose(Trajectory(controls, 1).pose(0.5)[:3, 2], [-1, 0, 0], atol=1e-12)
    controls[:, 3:5] = (0, np.pi / 4)
    np.testing.assert_allclose(Trajectory(controls, 1).pose(0.5)[:3, 2], [0, 2**-0.5, -(2**-0.5)], atol=1e-12)


def test_a_camera_looks_at_its_target():
    places = np.tile([1.0, 2.0, 3.0], (8, 1))
    pose = Trajectory.looking(places, np.tile([-2.0, 0.5, 1.0], (8, 1)), 2).pose(1)
    ahead = np.array([-3, -1.5, -2])
    np.testing.assert_allclose(pose[:3, 2], ahead / np.linalg.norm(ahead), atol=1e-12)
    np.testing.assert_allclose(pose[1, 0], 0, atol=1e-12)


@pytest.mark.parametrize("place", PATHS)
def test_readings_without_errors_integrate_to_the_trajectory(place):
    path, sensor = path_of(place), InertialSensor().without_errors()
    readings = sensor.measure(path, 0)
    truth = path.motion(readings.times_s).of_part(sensor.camera_from_imu)
    poses, velocities = integrated(readings, truth.world_from_body[0], truth.velocity[0])
    assert np.linalg.norm(poses[:, :3, 3] - truth.world_from_body[:, :3, 3], axis=1).max() < 2e-3
    assert np.abs(velocities - truth.velocity).max() < 1e-3
    assert np.abs(poses[:, :3, :3] - truth.world_from_body[:, :3, :3]).max() < 1e-5
    assert np.ptp(truth.world_from_body[:, :3, 3], axis=0).max() > 0.5


def test_integration_converges_to_the_trajectory():
    """Twice the rate, a quarter of the error: what is left is the integration's, not the readings'."""
    errors = []
    for rate in (100, 200):
        sensor, path = InertialSensor(rate).without_errors(), wild(7)
        readings = sensor.measure(path, 0)
        truth = path.motion(readings.times_s).of_part(sensor.camera_from_imu)
        poses, _ = integrated(readings, truth.world_from_body[0], truth.velocity[0])
        errors.append(np.linalg.norm(poses[-1, :3, 3] - truth.world_from_body[-1, :3, 3]))
    assert errors[1] < errors[0] / 3


def test_a_sensor_at_rest_feels_gravity_alone():
    controls = np.tile([1, 2, 3, 0.4, -0.3, 0.2], (8, 1)).astype(float)
    sensor = InertialSensor().without_errors()
    readings = sensor.measure(Trajectory(controls, 1), 0)
    pose = Trajectory(controls, 1).pose(0.3) @ sensor.camera_from_imu
    np.testing.assert_allclose(readings.gyro, 0, atol=1e-12)
    np.testing.assert_allclose(readings.accel @ pose[:3, :3].T, np.tile(-GRAVITY, (201, 1)), atol=1e-10)


def test_noise_and_bias_are_as_large_as_said():
    path = Trajectory(np.zeros((8, 6)), 200.0)
    sensor = InertialSensor(gyro_bias=0.01, accel_bias=0.1)
    ideal, real = sensor.without_errors().measure(path, 5), sensor.measure(path, 5)
    for kind, density, walk in (
        ("gyro", sensor.gyro_noise, sensor.gyro_walk),
        ("accel", sensor.accel_noise, sensor.accel_walk),
    ):
        bias = getattr(real, f"{kind}_bias")
        noise = getattr(real, kind) - getattr(ideal, kind) - bias
        np.testing.assert_allclose(noise.std(0), density * np.sqrt(200), rtol=0.03)
        np.testing.assert_allclose(np.diff(bias, axis=0).std(0), walk / np.sqrt(200), rtol=0.03)
    starts = [sensor.measure(Trajectory(np.zeros((8, 6)), 0.01), seed).accel_bias[0] for seed in range(200)]
    np.testing.assert_allclose(np.std(starts), 0.1, rtol=0.12)


def test_a_turn_by_a_vector_is_a_rotation_about_it():
    np.testing.assert_allclose(turned(np.array([0, 0, np.pi / 2])) @ [1, 0, 0], [0, 1, 0], atol=1e-12)
    np.testing.assert_array_equal(turned(np.zeros(3)), np.eye(3))


def test_the_corridor_comes_back_to_where_it_was():
    path = path_of("corridor")
    times = np.linspace(0, path.duration_s, 400)
    places = path.motion(times).world_from_body[:, :3, 3]
    apart = np.linalg.norm(places[:60, None] - places[None, -60:], axis=-1)
    assert apart.min() < 0.1
    assert np.ptp(places, axis=0)[[0, 2]].min() > 5


def test_refuses_what_is_no_path():
    with pytest.raises(ValueError, match="six"):
        Trajectory(np.zeros((5, 6)), 1)
    with pytest.raises(ValueError, match="finite"):
        Trajectory(np.full((8, 6), np.nan), 1)
