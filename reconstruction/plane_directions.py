"""The directions that the planes of a scene face: floors, walls and fronts are mostly parallel or square."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reconstruction.plain_view import PlainView

Floats = NDArray[np.float64]
_EVERY = 7
_MOST_NORMALS = 4000
_CLUSTER_DEG, _APART_DEG, _SIDEWAYS_DEG = 8.0, 20.0, 15.0
# Walls are built this square, and directions are not known better.
_SQUARE_DEG, _SQUARE_ROUNDS = 0.75, 5
_LEAST_SHARE = 0.03
_MOST = 4
# Thickness of slabs that planes are straightened in, in shares of the scene, one after the other.
_SLABS = (0.012, 0.008, 0.005, 0.005)
_MOST_SLABS = 5


def plane_directions(views: Sequence[PlainView]) -> list[Floats]:
    """Find the unit normals that much of the known surface has, and those square to two of them.

    Normals of single pixels are crude; each direction is straightened by the planes of points that face it.
    """
    parts = [view.known_points(_EVERY) for view in views]
    points = np.concatenate([part[0] for part in parts])
    normals = np.concatenate([part[1] for part in parts])
    if len(points) < _MOST_NORMALS // 10:
        return []
    size = float(np.ptp(np.percentile(points, (2, 98), axis=0), axis=0).max())
    found = _squared([_straight(one, points, normals, size) for one in _clusters(normals)])
    for number, one in enumerate(tuple(found)):
        for other in found[:number]:
            if abs(one @ other) < _sine(_CLUSTER_DEG):
                third = _unit(np.cross(one, other))
                if all(abs(third @ known) < _cosine(_APART_DEG) for known in found):
                    found.append(third)
    return found


def _squared(axes: Sequence[tuple[Floats, float]]) -> list[Floats]:
    """Turn axes that are nearly square to each other such that they are, the better known ones less."""
    found = [axis for axis, _ in axes]
    for _ in range(_SQUARE_ROUNDS):
        for at in range(len(found)):
            for other in range(at):
                slope = float(found[at] @ found[other])
                if abs(slope) < _sine(_SQUARE_DEG):
                    share = axes[other][1] / max(axes[at][1] + axes[other][1], 1e-20)
                    one, two = found[at], found[other]
                    found[at] = _unit(one - share * slope * two)
                    found[other] = _unit(two - (1.0 - share) * slope * one)
    return found


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)


def _cosine(degrees: float) -> float:
    return float(np.cos(np.radians(degrees)))


def _sine(degrees: float) -> float:
    return float(np.sin(np.radians(degrees)))


def _clusters(normals: Floats) -> list[Floats]:
    """Give the axes around which most normals lie, the most frequent first."""
    random = np.random.default_rng(0)
    some = normals[random.permutation(len(normals))[:_MOST_NORMALS]]
    near = np.abs(some @ some.T) > _cosine(_CLUSTER_DEG)
    free = np.ones(len(some), bool)
    axes: list[Floats] = []
    while len(axes) < _MOST:
        counts = np.where(free, (near & free).sum(axis=1), 0)
        if counts.max() < _LEAST_SHARE * len(some):
            break
        axis = some[counts.argmax()]
        for _ in range(5):
            members = some[np.abs(some @ axis) > _cosine(_CLUSTER_DEG)]
            axis = np.linalg.svd(members, full_matrices=False)[2][0]
        axes.append(axis)
        free &= np.abs(some @ axis) < _cosine(_APART_DEG)
        free[counts.argmax()] = False
    return axes


def _straight(axis: Floats, points: Floats, normals: Floats, size: float) -> tuple[Floats, float]:
    """Turn an axis such that the largest slabs of points across it become thin; tell how well it is known."""
    weight = 0.0
    facing = points[np.abs(normals @ axis) > _cosine(_SIDEWAYS_DEG)]
    for share in _SLABS:
        spread = np.zeros((3, 3))
        for slab in _slabs(facing @ axis, share * size):
            apart = facing[slab] - facing[slab].mean(axis=0)
            spread += apart.T @ apart
        if not spread.any():
            break
        _, sizes, directions = np.linalg.svd(spread)
        weight = float(sizes[1] / max(sizes[2], 1e-12 * sizes[0])) * len(facing)
        thin = directions[2]
        axis = thin * np.sign(thin @ axis)
    return axis, weight


def _slabs(places: Floats, thickness: float) -> list[NDArray[np.bool_]]:
    """Tell which of the places along an axis lie in its fullest slabs."""
    first = float(places.min())
    counts = np.bincount(((places - first) / (thickness / 2)).astype(int)).astype(float)
    counts += np.append(counts[1:], 0.0)
    slabs: list[NDArray[np.bool_]] = []
    while len(slabs) < _MOST_SLABS:
        fullest = int(counts.argmax())
        if counts[fullest] < _LEAST_SHARE * len(places):
            break
        middle = first + (fullest + 1) * thickness / 2
        middle = float(np.median(places[np.abs(places - middle) < thickness]))
        slabs.append(np.abs(places - middle) < thickness / 1.5)
        counts[max(0, fullest - 4) : fullest + 5] = 0.0
    return slabs
