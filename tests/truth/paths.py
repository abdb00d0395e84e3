"""How a camera goes through each of the places."""

import numpy as np

from tests.truth.places import Place
from tests.truth.trajectory import Trajectory

HAND = (0.006, 0.008)


def around_object(place: Place, seed: int, duration_s: float = 12.0) -> Trajectory:
    """Once around, at half a metre, rising and sinking."""
    turn = np.linspace(-0.4, 2 * np.pi + 0.4, 40) + np.random.default_rng([seed, 11]).uniform(0, 6)
    away = 0.55 + 0.06 * np.sin(3 * turn)
    height = 0.32 + 0.16 * np.sin(2 * turn)
    positions = np.stack([away * np.sin(turn), height, away * np.cos(turn)], 1)
    targets = np.tile([0, place.extent_m[1] * 0.48, 0], (len(turn), 1))
    return Trajectory.looking(positions, targets, duration_s, shake=(0.003, 0.006), seed=seed)


def through_room(place: Place, seed: int, duration_s: float = 20.0) -> Trajectory:
    """A walk around the table, looking across the room, that comes back to where it began."""
    turn = np.linspace(-0.3, 2 * np.pi + 0.3, 48) + np.random.default_rng([seed, 12]).uniform(0, 6)
    w, _, d = place.extent_m
    rise = 1.45 + 0.15 * np.sin(3 * turn)
    positions = np.stack([0.27 * w * np.sin(turn), rise, 0.27 * d * np.cos(turn)], 1)
    look = turn + np.pi + 0.5 * np.sin(2 * turn)
    targets = np.stack([0.5 * w * np.sin(look), 1.0 + 0.3 * np.sin(5 * turn), 0.5 * d * np.cos(look)], 1)
    return Trajectory.looking(positions, targets, duration_s, shake=HAND, seed=seed)


def round_corridor(place: Place, seed: int, duration_s: float = 40.0) -> Trajectory:
    """A walk of one round and a little more, looking ahead: the loop closes."""
    w, _, d = place.extent_m
    way = np.linspace(0, 1.15, 92)
    positions = np.stack([_on_ring(share, w / 2 - 1, d / 2 - 1) for share in way])
    ahead = np.stack([_on_ring(share + 0.05, w / 2 - 1, d / 2 - 1) for share in way])
    height = 1.5 + 0.02 * np.sin(np.arange(len(way)) * 1.9)
    positions[:, 1], ahead[:, 1] = height, 1.4
    return Trajectory.looking(positions, ahead, duration_s, shake=HAND, seed=seed)


def _on_ring(share: float, x: float, z: float) -> list[float]:
    """A place on the rectangle of half sides x and z, after a share of its length from a corner."""
    corners = np.array([[-x, 0, -z], [x, 0, -z], [x, 0, z], [-x, 0, z], [-x, 0, -z]])
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    along = (share % 1) * lengths.sum()
    ends = np.cumsum([0, *lengths])
    return [float(np.interp(along, ends, corners[:, axis])) for axis in range(3)]


def along_facade(place: Place, seed: int, duration_s: float = 15.0) -> Trajectory:
    """From left to right in front of the house, at 6 to 8 m."""
    w, h, _ = place.extent_m
    way = np.linspace(-0.5, 0.5, 30)
    positions = np.stack([way * w * 1.1, 1.7 + 0.4 * np.sin(9 * way), 7 + np.cos(7 * way)], 1)
    targets = np.stack([way * w * 0.7, 0 * way + h * 0.45, 0 * way], 1)
    return Trajectory.looking(positions, targets, duration_s, shake=HAND, seed=seed)


PATHS = {"object": around_object, "room": through_room, "corridor": round_corridor, "facade": along_facade}
