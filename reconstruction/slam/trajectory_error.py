"""How far an estimated trajectory is from a true one.

Absolute trajectory error (ATE) after an alignment, and relative pose error (RPE) over a number of frames or
metres: Sturm et al., A Benchmark for the Evaluation of RGB-D SLAM Systems, IROS 2012; Umeyama, PAMI 1991.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.quaternion import angles_rad
from core.trajectory import Trajectory
from reconstruction.alignment import similarity
from reconstruction.similarity import Similarity
from reconstruction.slam.alignment_choice import Alignment

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ErrorSummary:
    """The distribution of an error, in its unit."""

    rmse: float
    mean: float
    median: float
    deviation: float
    least: float
    largest: float

    @staticmethod
    def of(errors: Floats) -> "ErrorSummary":
        """Summarize errors (n,), one at least."""
        return ErrorSummary(
            float(np.sqrt((errors**2).mean())),
            float(errors.mean()),
            float(np.median(errors)),
            float(errors.std()),
            float(errors.min()),
            float(errors.max()),
        )


def associated(
    first: Trajectory, second: Trajectory, *, largest_difference_s: float = 0.01
) -> tuple[Trajectory, Trajectory]:
    """Give the poses of both that belong together.

    Each pose of the shorter trajectory (of the second, if they are of the same length) goes with the one of
    the other that is nearest in time, the earlier one of two.

    Raises
    ------
    BadInput
        When no two poses are near enough.
    """
    if len(first) < len(second):
        one, other = associated(second, first, largest_difference_s=largest_difference_s)
        return other, one
    later = np.searchsorted(first.times_s, second.times_s).clip(1, max(len(first) - 1, 1))
    before, after = later - 1, np.minimum(later, len(first) - 1)
    gaps = np.abs(first.times_s[np.stack([before, after])] - second.times_s)
    nearest = np.where(gaps[0] <= gaps[1], before, after)
    near = np.minimum(*gaps) <= largest_difference_s
    if not near.any():
        text = QT_TRANSLATE_NOOP("Message", "No two poses are within {seconds} s of each other.")
        raise BadInput(message(text, seconds=largest_difference_s))
    return first[nearest[near]], second[near]


def aligning(estimate: Trajectory, truth: Trajectory, alignment: Alignment) -> Similarity:
    """Give the map of the estimate's world onto the true one, over poses that belong together."""
    if alignment is Alignment.NONE:
        return Similarity()
    if alignment is Alignment.FIRST:
        start = (truth.world_from_camera[:1] @ _inverse(estimate.world_from_camera[:1]))[0]
        return Similarity(1.0, _rotation_of(start[:3, :3]), start[:3, 3])
    scale, rotation, shift = similarity(estimate.centres_m, truth.centres_m)
    if alignment is Alignment.RIGID:
        shift = truth.centres_m.mean(axis=0) - rotation @ estimate.centres_m.mean(axis=0)
        return Similarity(1.0, rotation, shift)
    return Similarity(max(scale, 1e-12), rotation, shift)


def moved(trajectory: Trajectory, world_from_old: Similarity) -> Trajectory:
    """Give a trajectory in another world."""
    poses = trajectory.world_from_camera.copy()
    poses[:, :3, :3] = world_from_old.rotation @ trajectory.rotations
    poses[:, :3, 3] = world_from_old.apply(trajectory.centres_m)
    return Trajectory(trajectory.times_s, poses)


def position_errors_m(estimate: Trajectory, truth: Trajectory) -> Floats:
    """Give the distances of poses that belong together, (n,)."""
    return np.linalg.norm(estimate.centres_m - truth.centres_m, axis=1)


def rotation_errors_deg(estimate: Trajectory, truth: Trajectory) -> Floats:
    """Give the angles between poses that belong together, (n,)."""
    return np.degrees(angles_rad(truth.rotations.transpose(0, 2, 1) @ estimate.rotations))


def frame_pairs(count: int, delta: int) -> NDArray[np.intp]:
    """Give all pairs of poses that are `delta` apart, (n, 2)."""
    first = np.arange(max(count - delta, 0))
    return np.stack([first, first + delta], axis=1)


def path_pairs(truth: Trajectory, delta_m: float) -> NDArray[np.intp]:
    """Give for every pose the first one after at least so many metres of the true way, (n, 2)."""
    path = truth.path_m
    later = np.searchsorted(path, path + delta_m)
    inside = later < len(truth)
    return np.stack([np.arange(len(truth))[inside], later[inside]], axis=1)


def relative_errors(
    estimate: Trajectory, truth: Trajectory, pairs: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Give the errors of the motions between pairs (n, 2) of poses: metres (n,) and degrees (n,)."""
    steps = [
        _inverse(one.world_from_camera[pairs[:, 0]]) @ one.world_from_camera[pairs[:, 1]]
        for one in (truth, estimate)
    ]
    wrong = _inverse(steps[0]) @ steps[1]
    return np.linalg.norm(wrong[:, :3, 3], axis=1), np.degrees(angles_rad(wrong[:, :3, :3]))


def _rotation_of(matrix: Floats) -> Floats:
    """Give the nearest rotation, or the matrix itself where only its last digits are rounded."""
    if np.allclose(matrix @ matrix.T, np.eye(3), atol=9e-7, rtol=0):
        return matrix
    u, _, vt = np.linalg.svd(matrix)
    return u @ vt


def _inverse(poses: Floats) -> Floats:
    turned = poses[:, :3, :3].transpose(0, 2, 1)
    inverses = np.tile(np.eye(4), (len(poses), 1, 1))
    inverses[:, :3, :3] = turned
    inverses[:, :3, 3] = -np.einsum("nij,nj->ni", turned, poses[:, :3, 3])
    return inverses


def straight_line(times_s: Floats) -> Trajectory:
    """Give a camera that goes straight ahead at 1 m/s without turning: what any estimate must beat."""
    poses = np.tile(np.eye(4), (len(times_s), 1, 1))
    poses[:, 2, 3] = times_s - times_s[0]
    return Trajectory(times_s, poses)
