"""How two maps lie on each other, to the precision of pixels instead of that of points.

What a keyframe of one map saw of a shared point must be where the other map has that point: places of points
err along the rays by much more than the pixels do, and where keyframes are few they err together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.visual_map import VisualMap
from reconstruction.pixel_rays import pixel_rays
from reconstruction.similarity import Similarity

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

_MOST = 6000
_SIGMA_PX = 1.0
_FARTHEST = 1e3


@dataclass(frozen=True, eq=False)
class _Sightings:
    """What keyframes of one map saw (n rows) of points of which the other map knows the places."""

    rotations: Floats
    centres: Floats
    rays: Floats
    places: Floats
    sigmas: Floats
    """Of the other map's points, in its unit."""
    focal: Floats


def refined_similarity(
    first: VisualMap, second: VisualMap, pairs: Numbers, start: Similarity, *, fixed: bool
) -> Similarity:
    """Give where the second map lies in the first, by what both saw of the points that they share.

    Parameters
    ----------
    pairs : (n, 2) int64
        Numbers of points of the first and of the second map that are the same.
    start : Similarity
        From the second map to the first, nearly right.
    fixed : bool
        Keep the scale.
    """
    from scipy.optimize import least_squares
    from scipy.spatial.transform import Rotation

    mine, theirs = (
        _seen(first, pairs[:, 0], second, pairs[:, 1]),
        _seen(second, pairs[:, 1], first, pairs[:, 0]),
    )
    # Turned about the middle, what turns and what shifts have little to do with each other.
    middle = start.apply(second.points[pairs[:, 1]]).mean(axis=0)
    reach = float(
        np.linalg.norm(second.points[pairs[:, 1]] - second.points[pairs[:, 1]].mean(0), axis=1).mean()
    )
    reach *= start.scale

    def moved(unknowns: Floats) -> Similarity:
        turn = np.asarray(Rotation.from_rotvec(unknowns[:3]).as_matrix(), np.float64)
        scale = 1.0 if fixed else float(np.exp(np.clip(unknowns[6], -1, 1)))
        shift = middle + reach * unknowns[3:6] - scale * turn @ middle
        return Similarity(scale, turn, shift).after(start)

    def deviations(unknowns: Floats) -> Floats:
        fit = moved(unknowns)
        return np.concatenate([_off(mine, fit), _off(theirs, fit.inverse())])

    solved = least_squares(deviations, np.zeros(6 if fixed else 7), loss="cauchy", max_nfev=50)
    return moved(solved.x)


def _seen(world: VisualMap, points: Numbers, other: VisualMap, others: Numbers) -> _Sightings:
    partner = np.full(len(world.points), -1, np.int64)
    partner[points] = others
    rows = np.flatnonzero(partner[world.features.point] >= 0)
    rows = rows[:: len(rows) // _MOST + 1]
    keyframe = world.features.keyframe[rows]
    rays = np.zeros((len(rows), 2))
    for number in np.unique(keyframe).tolist():
        here = keyframe == number
        pixels = world.features.places[rows[here]].astype(np.float64)
        rays[here] = pixel_rays(world.keyframes[number].camera, pixels)
    partners = partner[world.features.point[rows]]
    focal = np.array([one.camera.intrinsics[0, 0] for one in world.keyframes])
    return _Sightings(
        world.rotations[keyframe],
        world.centres[keyframe],
        rays,
        other.points[partners],
        other.point_sigmas[partners].astype(float),
        focal[keyframe],
    )


def _off(seen: _Sightings, world_from_other: Similarity) -> Floats:
    """Give how far beside their rays the points lie, in standard deviations, (2 n,)."""
    inside = np.einsum("nji,nj->ni", seen.rotations, world_from_other.apply(seen.places) - seen.centres)
    ahead = np.maximum(inside[:, 2], 1e-9)
    off = (inside[:, :2] / ahead[:, None] - seen.rays) * seen.focal[:, None]
    sigma = np.hypot(_SIGMA_PX, seen.focal * world_from_other.scale * seen.sigmas / ahead)
    return np.clip(off / sigma[:, None], -_FARTHEST, _FARTHEST).ravel()
