"""Similarities and rotations between points that belong together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ROUNDS = 200


def robust_similarity(source: Floats, target: Floats, seed: int) -> tuple[float, Floats, Floats]:
    """Give scale, rotation (3, 3) and shift (3,) that bring `source` (n, 3) to `target`, despite outliers.

    Least median of squares over triples (Rousseeuw 1984), then least squares (Umeyama, PAMI 1991) over
    what is within 2.5 robust deviations.
    """
    random = np.random.default_rng(seed)
    best, least = similarity(source, target), np.inf
    for _ in range(_ROUNDS):
        rows = random.choice(len(source), 3, replace=False)
        if np.linalg.matrix_rank(source[rows] - source[rows].mean(axis=0), tol=1e-9) < 2:
            continue
        trial = similarity(source[rows], target[rows])
        median = float(np.median(_distances(trial, source, target)))
        if median < least:
            best, least = trial, median
    near = _distances(best, source, target) <= 2.5 * 1.4826 * least + 1e-9
    return similarity(source[near], target[near]) if near.sum() >= 3 else best


def similarity(source: Floats, target: Floats, weights: Floats | None = None) -> tuple[float, Floats, Floats]:
    """Give the least-squares similarity from `source` to `target`, (n, 3) each (Umeyama, PAMI 1991)."""
    middle, goal = np.average(source, 0, weights), np.average(target, 0, weights)
    weighted = (source - middle) if weights is None else weights[:, None] * (source - middle)
    u, strengths, vt = np.linalg.svd((target - goal).T @ weighted)
    mirrored = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0])
    rotation = u @ mirrored @ vt
    spread = float((weighted * (source - middle)).sum())
    scale = float((strengths * np.diag(mirrored)).sum()) / max(spread, 1e-18)
    return scale, rotation, goal - scale * rotation @ middle


def _distances(found: tuple[float, Floats, Floats], source: Floats, target: Floats) -> Floats:
    scale, rotation, shift = found
    return np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)


def turning(source: Floats, target: Floats) -> Floats:
    """Give the shortest rotation from one unit vector to another."""
    axis, cosine = np.cross(source, target), float(source @ target)
    if cosine < -1 + 1e-9:
        return np.diag([1.0, -1.0, -1.0])
    x, y, z = axis
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + skew + skew @ skew / (1 + cosine)


def mean_rotation(rotations: Sequence[Floats]) -> Floats:
    """Give the rotation (3, 3) that is nearest to some, in the sum of squares of their entries."""
    u, _, vt = np.linalg.svd(np.sum(rotations, axis=0))
    return np.asarray(u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0]) @ vt, np.float64)
