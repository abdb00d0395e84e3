"""Which other views a view is compared with."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.sparse_model import SparseModel

Floats = NDArray[np.float64]
# A smaller angle between rays tells little of depth, a larger one changes what surfaces look like.
_SMALL_ANGLE, _GOOD_ANGLE, _WIDE_ANGLE = np.radians((2.0, 6.0, 35.0))
_MOST_POINTS = 20000
# Of views taken from the same place any depth looks right: they neither find nor confirm one.
_LEAST_ANGLE = np.radians(1.5)


def seen_points(
    cameras: Sequence[PosedCamera], names: Sequence[str], model: SparseModel
) -> list[NDArray[np.int64]]:
    """Give for each camera which points of the model it sees and are in front of it, in the order given."""
    order = {name: at for at, name in enumerate(model.names)}
    lengths = np.array([len(track) for track in model.tracks], np.int64)
    views = np.concatenate([*model.tracks, np.zeros(0, np.int32)])
    points = np.repeat(np.arange(len(model.tracks)), lengths)
    seen: list[NDArray[np.int64]] = []
    for camera, name in zip(cameras, names, strict=True):
        found = np.unique(points[views == order.get(name, -1)])
        rotation, centre = camera.pose
        depth = (model.points[found] - centre) @ rotation[:, 2]
        seen.append(found[depth > 0])
    return seen


def choose_neighbours(
    cameras: Sequence[PosedCamera],
    seen: Sequence[NDArray[np.int64]],
    points: Floats,
    count: int,
) -> list[list[int]]:
    """Choose for each camera the others that show the same from the best angles, the best first.

    A pair's score is the sum over common points of how good the angle between the rays is (Goesele et al.,
    Multi-View Stereo for Community Photo Collections, ICCV 2007).

    Parameters
    ----------
    cameras : sequence of PosedCamera
        With poses.
    seen : sequence of (m,) int64
        Which points each of them sees.
    points : (n, 3) float64
    count : int
        How many at most.
    """
    centres = np.array([camera.pose[1] for camera in cameras])
    chosen: list[list[int]] = []
    for at in range(len(cameras)):
        scores = np.zeros(len(cameras))
        mine = seen[at][:: max(1, len(seen[at]) // _MOST_POINTS)]
        for other in range(len(cameras)):
            if other != at:
                common = points[np.intersect1d(mine, seen[other], assume_unique=True)]
                scores[other] = _angle_scores(common, centres[at], centres[other]).sum()
        order = np.argsort(-scores, kind="stable")
        chosen.append([int(one) for one in order[:count] if scores[one] > 0])
    return chosen


def _angle_scores(points: Floats, one: Floats, other: Floats) -> Floats:
    a, b = one - points, other - points
    cosine = (a * b).sum(-1) / np.maximum(np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1), 1e-12)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    near = np.exp(-((angle - _GOOD_ANGLE) ** 2) / (2 * _SMALL_ANGLE**2))
    far = np.exp(-((angle - _GOOD_ANGLE) ** 2) / (2 * _WIDE_ANGLE**2))
    scores = np.where(angle < _GOOD_ANGLE, near, far)
    return np.where(angle < _LEAST_ANGLE, 0.0, scores)
