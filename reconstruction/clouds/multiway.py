"""Brings many clouds of points together at once.

Every pair is registered; those that are certain become the edges of a graph of poses, which is solved with
the covariance of each (Choi, Zhou and Koltun, Robust Reconstruction of Indoor Scenes, CVPR 2015).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from core.point_cloud import PointCloud
from core.progress import SILENT, Progress
from core.quaternion import quaternions_of, rotations_of
from reconstruction.clouds.registration import (
    Registration,
    RegistrationOptions,
    cell_size,
    middle_of,
    register_surfels,
    surfels_of,
)

Floats = NDArray[np.float64]
_ROUNDS = 15


@dataclass(frozen=True, eq=False)
class Placement:
    """Where clouds lie.

    Parameters
    ----------
    first_from_cloud : tuple
        For every cloud its pose (4, 4) in the frame of the first one; None where it is not connected to it.
    pairs : mapping
        Of a target's and a source's number: how the source lies there, as far as it is certain.
    """

    first_from_cloud: tuple[Floats | None, ...]
    pairs: dict[tuple[int, int], Registration]

    def best_of(self, number: int) -> Registration | None:
        """Give the pair of a cloud that overlaps most."""
        own = [pair for numbers, pair in self.pairs.items() if number in numbers]
        return max(own, key=lambda pair: pair.overlap, default=None)


def register_all(
    clouds: Sequence[PointCloud],
    options: RegistrationOptions | None = None,
    *,
    progress: Progress = SILENT,
) -> Placement:
    """Find how clouds lie on each other.

    Parameters
    ----------
    clouds : sequence of PointCloud
        Two or more, of the same scale.
    options : RegistrationOptions, optional
        As for a pair; with a coarse search the clouds may lie anywhere.
    progress : Progress
        Reports and cancels.

    Raises
    ------
    BadInput
        When a cloud has too few points.
    Cancelled
        When the progress was cancelled.
    """
    options = options or RegistrationOptions()
    cell = options.cell_m or max(cell_size(cloud) for cloud in clouds)
    surfels = [surfels_of(cloud, cell) for cloud in clouds]
    numbers = list(combinations(range(len(clouds)), 2))
    pairs: dict[tuple[int, int], Registration] = {}
    for done, (target, source) in enumerate(numbers):
        progress.report(done / len(numbers))
        found = register_surfels(surfels[source], surfels[target], options, progress=progress)
        if found.certain:
            pairs[target, source] = found
    poses = _along_tree(len(clouds), pairs)
    _solve(poses, pairs, [middle_of(cloud) for cloud in clouds], cell)
    return Placement(tuple(poses), pairs)


def _along_tree(count: int, pairs: dict[tuple[int, int], Registration]) -> list[Floats | None]:
    """Give poses along the pairs that overlap most, from the first cloud outwards."""
    poses: list[Floats | None] = [np.eye(4), *[None] * (count - 1)]
    ordered = sorted(pairs.items(), key=lambda item: -item[1].overlap)
    grown = True
    while grown:
        grown = False
        for (target, source), pair in ordered:
            at, other = poses[target], poses[source]
            if (at is None) == (other is None):
                continue
            if at is not None:
                poses[source] = at @ pair.target_from_source
            elif other is not None:
                poses[target] = other @ np.linalg.inv(pair.target_from_source)
            grown = True
            break
    return poses


def _solve(
    poses: list[Floats | None], pairs: dict[tuple[int, int], Registration], middles: list[Floats], cell: float
) -> None:
    """Spread what does not fit over all pairs; the first cloud stays."""
    free = [number for number, pose in enumerate(poses) if pose is not None and number]
    rows = {number: 6 * at for at, number in enumerate(free)}
    used = {numbers: pair for numbers, pair in pairs.items() if poses[numbers[0]] is not None}
    for _ in range(_ROUNDS if len(used) > len(free) else 0):
        matrix, vector = np.zeros((6 * len(free), 6 * len(free))), np.zeros(6 * len(free))
        for (target, source), pair in used.items():
            at, other = poses[target], poses[source]
            if at is None or other is None:
                continue
            wrong, slope = _difference(at, other, pair.target_from_source, middles[target])
            weight = pair.information / float(1 + wrong[3:] @ wrong[3:] / cell**2) ** 2
            for number, sign in ((source, 1.0), (target, -1.0)):
                if number not in rows:
                    continue
                row = slice(rows[number], rows[number] + 6)
                vector[row] -= sign * slope.T @ weight @ wrong
                for second, other_sign in ((source, 1.0), (target, -1.0)):
                    if second in rows:
                        column = slice(rows[second], rows[second] + 6)
                        matrix[row, column] += sign * other_sign * slope.T @ weight @ slope
        step = np.asarray(np.linalg.lstsq(matrix, vector, rcond=1e-12)[0], np.float64).reshape(-1, 6)
        for number, turn_and_shift in zip(free, step, strict=True):
            pose = poses[number]
            if pose is not None:
                poses[number] = _motion(turn_and_shift) @ pose
        if np.abs(step).max() < 1e-9:
            break


def _difference(at: Floats, other: Floats, measured: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Give how the estimate differs from what was measured about the target's middle, and its slope.

    Both by turn and shift, (6,) and (6, 6); the slope is by a motion of the source in the world.
    """
    local = np.linalg.inv(at)
    moved = local @ other @ np.linalg.inv(measured)
    shift = moved[:3, :3] @ middle + moved[:3, 3] - middle
    quaternion = quaternions_of(moved[None, :3, :3])[0]
    turn = 2 * quaternion[:3]
    lever = local[:3, 3] - middle
    skew = np.array([[0, -lever[2], lever[1]], [lever[2], 0, -lever[0]], [-lever[1], lever[0], 0]])
    slope = np.zeros((6, 6))
    slope[:3, :3] = slope[3:, 3:] = local[:3, :3]
    slope[3:, :3] = skew @ local[:3, :3]
    return np.concatenate([turn, shift]), slope


def _motion(turn_and_shift: Floats) -> Floats:
    made = np.eye(4)
    made[:3, :3] = rotations_of(np.append(turn_and_shift[:3] / 2, 1.0)[None])[0]
    made[:3, 3] = turn_and_shift[3:]
    return made
