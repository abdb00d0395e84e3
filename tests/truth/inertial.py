"""What an inertial sensor on the camera measures."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.truth.trajectory import Trajectory

Floats = NDArray[np.float64]
GRAVITY = np.array([0.0, -9.81, 0.0])


def beside_the_camera() -> Floats:
    """A place of the sensor: 5 cm from the camera, its axes turned by a right angle and a little."""
    c, s = np.cos(0.02), np.sin(0.02)
    pose = np.eye(4)
    pose[:3, :3] = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]]) @ np.array(
        [[c, -s, 0], [s, c, 0], [0, 0, 1]]
    )
    pose[:3, 3] = (0.04, -0.02, 0.015)
    return pose


@dataclass(frozen=True, eq=False)
class InertialSensor:
    """An accelerometer and a gyroscope; the defaults are the ADIS16448's of the EuRoC data set.

    Parameters
    ----------
    rate_hz : float
        Readings in a second.
    gyro_noise, accel_noise : float
        Noise density, rad/s/sqrt(Hz) and m/s^2/sqrt(Hz).
    gyro_walk, accel_walk : float
        Random walk of the bias, rad/s^2/sqrt(Hz) and m/s^3/sqrt(Hz).
    gyro_bias, accel_bias : float
        Standard deviation of the bias in the beginning, rad/s and m/s^2.
    camera_from_imu : (4, 4)
        Pose of the sensor's axes.
    """

    rate_hz: float = 200.0
    gyro_noise: float = 1.7e-4
    accel_noise: float = 2.0e-3
    gyro_walk: float = 1.9e-5
    accel_walk: float = 3.0e-3
    gyro_bias: float = 0.02
    accel_bias: float = 0.05
    camera_from_imu: Floats = field(default_factory=beside_the_camera)

    def without_errors(self) -> "InertialSensor":
        """The same sensor as it should be."""
        return InertialSensor(self.rate_hz, 0, 0, 0, 0, 0, 0, self.camera_from_imu)

    def times(self, trajectory: Trajectory) -> Floats:
        """When it measures, in seconds."""
        return np.arange(int(np.floor(trajectory.duration_s * self.rate_hz + 1e-9)) + 1) / self.rate_hz

    def measure(self, trajectory: Trajectory, seed: int) -> "InertialReadings":
        """Measure all along a trajectory of the camera."""
        times = self.times(trajectory)
        motion = trajectory.motion(times).of_part(self.camera_from_imu)
        imu_from_world = motion.world_from_body[:, :3, :3].transpose(0, 2, 1)
        gyro = np.einsum("nij,nj->ni", imu_from_world, motion.turning)
        accel = np.einsum("nij,nj->ni", imu_from_world, motion.acceleration - GRAVITY)
        rng = np.random.default_rng([seed, 21])
        gyro_bias = self._walk(rng, len(times), self.gyro_bias, self.gyro_walk)
        accel_bias = self._walk(rng, len(times), self.accel_bias, self.accel_walk)
        spread = np.sqrt(self.rate_hz)
        return InertialReadings(
            times,
            gyro + gyro_bias + rng.normal(size=gyro.shape) * self.gyro_noise * spread,
            accel + accel_bias + rng.normal(size=accel.shape) * self.accel_noise * spread,
            gyro_bias,
            accel_bias,
        )

    def _walk(self, rng: np.random.Generator, count: int, start: float, walk: float) -> Floats:
        steps = rng.normal(size=(count, 3)) * walk / np.sqrt(self.rate_hz)
        steps[0] = rng.normal(size=3) * start
        return np.cumsum(steps, axis=0)


@dataclass(frozen=True, eq=False)
class InertialReadings:
    """Readings, and the biases that are in them; all (n, 3) in the sensor's axes.

    Parameters
    ----------
    times_s : (n,)
        When.
    gyro : (n, 3)
        Angular velocity, rad/s.
    accel : (n, 3)
        Specific force (acceleration without gravity: +9.81 upwards at rest), m/s^2.
    gyro_bias, accel_bias : (n, 3)
        What is wrong with both besides the noise.
    """

    times_s: Floats
    gyro: Floats
    accel: Floats
    gyro_bias: Floats
    accel_bias: Floats


def integrated(readings: InertialReadings, start: ArrayLike, velocity: ArrayLike) -> tuple[Floats, Floats]:
    """Dead reckoning from a first pose (4, 4) of the sensor and its velocity.

    Gives poses (n, 4, 4) and velocities (n, 3). Rates and forces change linearly between two readings: turns
    are their integral with the second term of the Magnus series (coning), and forces, turned with the body,
    are integrated by Simpson's rule.
    """
    poses, velocities = [np.array(start, float)], [np.array(velocity, float)]
    for step, (left, right) in enumerate(zip(readings.gyro[:-1], readings.gyro[1:], strict=True)):
        seconds = readings.times_s[step + 1] - readings.times_s[step]
        forces = readings.accel[step], readings.accel[step + 1]
        pose, speed = _advanced(poses[-1], velocities[-1], (left, right), forces, seconds)
        poses.append(pose)
        velocities.append(speed)
    return np.array(poses), np.array(velocities)


def _advanced(
    pose: Floats,
    velocity: Floats,
    rates: tuple[Floats, Floats],
    forces: tuple[Floats, Floats],
    seconds: float,
) -> tuple[Floats, Floats]:
    rotation = pose[:3, :3]
    half = rotation @ turned((3 * rates[0] + rates[1]) * seconds / 8)
    coning = np.cross(rates[0], rates[1]) * seconds**2 / 12
    full = rotation @ turned((rates[0] + rates[1]) * seconds / 2 + coning)
    first = rotation @ forces[0] + GRAVITY
    middle = half @ (forces[0] + forces[1]) / 2 + GRAVITY
    last = full @ forces[1] + GRAVITY
    later = np.eye(4)
    later[:3, :3] = full
    later[:3, 3] = pose[:3, 3] + velocity * seconds + (first + 2 * middle) * seconds**2 / 6
    return later, velocity + (first + 4 * middle + last) * seconds / 6


def turned(vector: Floats) -> Floats:
    """Rotation by a vector of radians (Rodrigues), (3, 3)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
