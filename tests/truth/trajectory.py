"""Smooth motion of a camera, known with all its derivatives.

Positions and angles are uniform quintic B-splines, so that acceleration and angular acceleration are smooth
and exact: an accelerometer's and a gyroscope's readings follow without any differences being taken.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DEGREE = 5

# Camera axes (x right, y down, z forward) in the world (Y up) when all angles are zero: it looks along -Z.
LEVEL = np.diag([1.0, -1.0, -1.0])


@lru_cache(maxsize=1)
def _basis() -> Floats:
    """Coefficients of u^n in the weight of control point s, (s, n); Qin, Visual Computer 16, 2000."""
    order = DEGREE + 1
    return np.array(
        [
            [
                comb(DEGREE, n)
                / factorial(DEGREE)
                * sum(
                    (-1) ** (k - s) * comb(order, k - s) * float(DEGREE - k) ** (DEGREE - n)
                    for k in range(s, order)
                )
                for n in range(order)
            ]
            for s in range(order)
        ]
    )


@dataclass(frozen=True, eq=False)
class Motion:
    """Where a body is and how it moves, at n moments.

    Parameters
    ----------
    world_from_body : (n, 4, 4)
        Poses.
    velocity, acceleration : (n, 3)
        Of the body's origin in world axes, m/s and m/s^2.
    turning, turning_rate : (n, 3)
        Angular velocity and acceleration in world axes, rad/s and rad/s^2.
    """

    world_from_body: Floats
    velocity: Floats
    acceleration: Floats
    turning: Floats
    turning_rate: Floats

    def of_part(self, body_from_part: Floats) -> "Motion":
        """The motion of something fixed to the body, such as an inertial sensor beside a camera."""
        lever = self.world_from_body[:, :3, :3] @ body_from_part[:3, 3]
        whirl = np.cross(self.turning, lever)
        return Motion(
            self.world_from_body @ body_from_part,
            self.velocity + whirl,
            self.acceleration + np.cross(self.turning_rate, lever) + np.cross(self.turning, whirl),
            self.turning,
            self.turning_rate,
        )


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Motion of a camera from 0 to `duration_s`.

    Parameters
    ----------
    controls : (n, 6)
        Control points of X, Y, Z in metres and yaw (to the left), pitch (upwards) and roll (clockwise as the
        camera sees it turn) in radians. The path passes near them, not through them; its ends are inside.
    duration_s : float
        Length in time.
    """

    controls: Floats
    duration_s: float

    def __post_init__(self) -> None:
        """Check that there is a curve."""
        if self.controls.ndim != 2 or self.controls.shape[1] != 6 or len(self.controls) <= DEGREE:
            raise ValueError("controls: at least six rows of six numbers")
        if not (np.isfinite(self.controls).all() and 0 < self.duration_s < np.inf):
            raise ValueError("controls and the duration are finite")

    def channels(self, times_s: ArrayLike, derivative: int = 0) -> Floats:
        """The six channels, or a derivative of them by seconds, (n, 6)."""
        spans = len(self.controls) - DEGREE
        at = np.asarray(times_s, float) / self.duration_s * spans
        # The shutter is open a moment before the beginning and after the end: the pieces there go on.
        first = np.clip(np.floor(at).astype(int), 0, spans - 1)
        u = at - first
        powers = np.zeros((len(u), DEGREE + 1))
        for n in range(derivative, DEGREE + 1):
            powers[:, n] = factorial(n) / factorial(n - derivative) * u ** (n - derivative)
        weights = powers @ _basis().T * (spans / self.duration_s) ** derivative
        return np.einsum("ns,nsc->nc", weights, self.controls[first[:, None] + np.arange(DEGREE + 1)])

    def motion(self, times_s: ArrayLike) -> Motion:
        """Pose and derivatives at n times within the trajectory."""
        place, first, second = (self.channels(times_s, derivative) for derivative in range(3))
        yaw, pitch, roll = place[:, 3:].T
        by_yaw, by_pitch = about_y(yaw), about_y(yaw) @ about_x(pitch)
        up = np.array([0.0, 1.0, 0.0])
        right, back = by_yaw[..., 0], by_pitch[..., 2]
        yaw_turn = first[:, 3:4] * up
        pitch_turn = first[:, 4:5] * right
        roll_turn = first[:, 5:6] * back
        rate = second[:, 3:4] * up + second[:, 4:5] * right + second[:, 5:6] * back
        rate += np.cross(yaw_turn, pitch_turn) + np.cross(yaw_turn + pitch_turn, roll_turn)
        poses = np.tile(np.eye(4), (len(place), 1, 1))
        poses[:, :3, :3] = by_pitch @ about_z(roll) @ LEVEL
        poses[:, :3, 3] = place[:, :3]
        return Motion(poses, first[:, :3], second[:, :3], yaw_turn + pitch_turn + roll_turn, rate)

    def pose(self, time_s: float) -> Floats:
        """World-from-camera at a time, (4, 4)."""
        return self.motion([time_s]).world_from_body[0]

    @staticmethod
    def looking(
        positions: ArrayLike,
        targets: ArrayLike,
        duration_s: float,
        *,
        shake: tuple[float, float] = (0.0, 0.0),
        seed: int = 0,
    ) -> "Trajectory":
        """A path along `positions` that looks at `targets`, both (n, 3).

        `shake` are the standard deviations in metres and radians of an unsteady hand at each control point.
        """
        places = np.asarray(positions, float)
        ahead = np.asarray(targets, float) - places
        yaw = np.unwrap(np.arctan2(-ahead[:, 0], -ahead[:, 2]))
        pitch = np.arctan2(ahead[:, 1], np.hypot(ahead[:, 0], ahead[:, 2]))
        controls = np.column_stack([places, yaw, pitch, np.zeros(len(places))])
        unsteady = np.random.default_rng([seed, 5]).normal(size=controls.shape)
        return Trajectory(controls + unsteady * np.repeat(shake, 3), duration_s)


def about_x(angle: Floats) -> Floats:
    """Rotations about X, (n, 3, 3)."""
    c, s, o = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    return np.stack([o + 1, o, o, o, c, -s, o, s, c], -1).reshape(*np.shape(angle), 3, 3)


def about_y(angle: Floats) -> Floats:
    """Rotations about Y, (n, 3, 3)."""
    c, s, o = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    return np.stack([c, o, s, o, o + 1, o, -s, o, c], -1).reshape(*np.shape(angle), 3, 3)


def about_z(angle: Floats) -> Floats:
    """Rotations about Z, (n, 3, 3)."""
    c, s, o = np.cos(angle), np.sin(angle), np.zeros_like(angle)
    return np.stack([c, -s, o, s, c, o, o, o, o + 1], -1).reshape(*np.shape(angle), 3, 3)
