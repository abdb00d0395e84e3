"""Two maps of places that meet as one."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from core.provenance import Provenance
from core.visual_map import MapFeatures, VisualMap
from reconstruction.alignment import robust_similarity, similarity
from reconstruction.similarity import Similarity
from reconstruction.slam.map_pairs import SharedPoints, shared_points
from reconstruction.slam.map_placing import placed_map, renamed
from reconstruction.slam.map_refinement import refined_similarity

Floats = NDArray[np.float64]

_METHOD = "keyframes found in the other map, similarity by least median of squares, then by sightings"
_FEWEST_POINTS = 30
_FEWEST_SHARE = 0.3
_FEWEST_KEYFRAMES = 2
_SAME_SIGMAS = 3.0
_LEAST_SIGMA_SHARE = 0.002  # of the distance to the middle: maps are bent a little
_ROUNDS = 10
# Two maps in metres: their scales may differ by their calibrations, not by more.
_LARGEST_SCALE_OFF = 0.1


@dataclass(frozen=True, eq=False)
class MergedMap:
    """What became of two maps.

    Parameters
    ----------
    world : VisualMap
        Both.
    of_first, of_second : Similarity
        Where each was put.
    shared : int
        Points that both have, now one each.
    found : int
        Keyframes of one that were found in the other.
    apart : float
        Median distance of points that are the same, before they became one, in the map's unit.
    """

    world: VisualMap
    of_first: Similarity
    of_second: Similarity
    shared: int
    found: int
    apart: float

    def facts(self) -> dict[str, Any]:
        """Give the figures, ready for JSON."""
        return {
            "keyframes_found": self.found,
            "points_shared": self.shared,
            "median_apart": self.apart,
            "of_first": self.of_first.to_json(),
            "of_second": self.of_second.to_json(),
        }


def merge_maps(
    first: VisualMap, second: VisualMap, *, seed: int = 0, progress: Progress = SILENT
) -> MergedMap:
    """Put the second map to the first.

    The world is that of the first map, in metres where one of them is; of the second, where only that lies on
    the Earth.

    Raises
    ------
    BadInput
        When they share no place, or too little of one.
    Cancelled
        When the progress was cancelled.
    """
    lies = second.origin is not None and first.origin is None
    if not lies and (first.is_metric or not second.is_metric):
        return _merged(first, second, seed, progress)
    made = _merged(second, first, seed, progress)
    if lies:
        return replace(made, of_first=made.of_second, of_second=made.of_first)
    # The first one's axes and origin stay, its lengths become metres.
    back = made.of_second.rotation.T
    to = Similarity(1.0, back, -back @ made.of_second.shift)
    return replace(made, world=placed_map(made.world, to), of_first=to.after(made.of_second), of_second=to)


def _merged(first: VisualMap, second: VisualMap, seed: int, progress: Progress) -> MergedMap:
    shared = shared_points(first, second, progress=PartProgress(progress, 0.0, 0.95))
    progress.check()
    if len(shared.first) < _FEWEST_POINTS or shared.found < min(_FEWEST_KEYFRAMES, shared.tried):
        raise _apart()
    to, same, apart = _fitted(first, second, shared, seed)
    fused = _fused(shared, same, len(second.points))
    return MergedMap(
        _joined(first, placed_map(second, to), fused), Similarity(), to, len(fused), shared.found, apart
    )


def _fitted(
    first: VisualMap, second: VisualMap, shared: SharedPoints, seed: int
) -> tuple[Similarity, NDArray[np.bool_], float]:
    """Give where the second map goes, which pairs agree, and how far apart these are (median)."""
    source, target = second.points[shared.second], first.points[shared.first]
    fixed = first.is_metric and second.is_metric
    begun = robust_similarity(source, target, seed)
    if fixed and abs(np.log(begun[0])) > _LARGEST_SCALE_OFF:
        raise _apart()
    fit = _with_scale(begun, source, target, fixed=fixed)
    reach = np.linalg.norm(target - np.median(target, axis=0), axis=1)
    off, sigmas = np.zeros(len(source)), np.ones(len(source))
    for _ in range(_ROUNDS):
        off = np.linalg.norm(fit.apply(source) - target, axis=1)
        own = first.point_sigmas[shared.first].astype(float)
        other = fit.scale * second.point_sigmas[shared.second].astype(float)
        sigmas = np.sqrt(3 * (own**2 + other**2)) + _LEAST_SIGMA_SHARE * reach
        # What is left when both are as good as they say is how far the maps are bent.
        bend = max(1.0, float(np.median(off / sigmas)))
        sigmas = sigmas * bend
        weights = 1 / sigmas**2 / (1 + (off / (2 * sigmas)) ** 2) ** 2
        fit = _with_scale(similarity(source, target, weights), source, target, fixed=fixed, weights=weights)
    same = off < _SAME_SIGMAS * sigmas
    agreeing = len(np.unique(shared.keyframe[same]))
    few = int(same.sum()) < max(_FEWEST_POINTS, _FEWEST_SHARE * len(same))
    if few or agreeing < min(_FEWEST_KEYFRAMES, shared.tried):
        raise _apart()
    pairs = np.column_stack([shared.first, shared.second])[same]
    fit = refined_similarity(first, second, pairs, fit, fixed=fixed)
    off = np.linalg.norm(fit.apply(source[same]) - target[same], axis=1)
    return fit, same, float(np.median(off))


def _with_scale(
    found: tuple[float, Floats, Floats],
    source: Floats,
    target: Floats,
    *,
    fixed: bool,
    weights: Floats | None = None,
) -> Similarity:
    """Keep the scale of 1 where it is fixed; what is turned is the same, what is shifted is not."""
    scale, rotation, shift = found
    if not fixed:
        return Similarity(scale, rotation, shift)
    if weights is None:
        # Of the points that agreed, the middle stays in its place.
        off = np.linalg.norm(scale * source @ rotation.T + shift - target, axis=1)
        weights = (off <= 2.5 * max(float(np.median(off)), 1e-12)).astype(float)
    middle, goal = np.average(source, 0, weights), np.average(target, 0, weights)
    return Similarity(1.0, rotation, goal - rotation @ middle)


def _fused(shared: SharedPoints, same: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """Give pairs (n, 2) of points that become one, no point twice."""
    taken, used = np.zeros(count, bool), set[int]()
    kept: list[tuple[int, int]] = []
    for mine, other in zip(shared.first[same].tolist(), shared.second[same].tolist(), strict=True):
        if mine in used or taken[other]:
            continue
        used.add(mine)
        taken[other] = True
        kept.append((mine, other))
    return np.array(kept, np.int64).reshape(-1, 2)


def _joined(first: VisualMap, second: VisualMap, fused: NDArray[np.int64]) -> VisualMap:
    """Put a map that lies in the other's world to it."""
    count = len(first.points)
    alone = np.ones(len(second.points), bool)
    alone[fused[:, 1]] = False
    number = np.zeros(len(second.points), np.int64)
    number[alone] = count + np.arange(int(alone.sum()))
    number[fused[:, 1]] = fused[:, 0]
    points, sigmas = first.points.copy(), first.point_sigmas.astype(float)
    mine, other = fused[:, 0], fused[:, 1]
    own = 1 / np.maximum(sigmas[mine], 1e-12) ** 2
    theirs = 1 / np.maximum(second.point_sigmas[other].astype(float), 1e-12) ** 2
    points[mine] = (own[:, None] * points[mine] + theirs[:, None] * second.points[other]) / (own + theirs)[
        :, None
    ]
    sigmas[mine] = 1 / np.sqrt(own + theirs)
    a, b = first.features, second.features
    features = MapFeatures(
        np.append(a.keyframe, b.keyframe + np.int32(len(first.keyframes))),
        np.append(a.point, number[b.point].astype(np.int32)),
        np.concatenate([a.places, b.places]),
        np.append(a.sizes, b.sizes),
        np.concatenate([a.descriptors, b.descriptors]),
    )
    keyframes = (*first.keyframes, *renamed(second.keyframes, {one.name for one in first.keyframes}))
    provenance = Provenance(
        "reconstruction.map-merge", tuple(one.name for one in keyframes), {}, _METHOD
    ).to_json()
    return VisualMap(
        keyframes,
        features,
        np.concatenate([points, second.points[alone]]),
        np.append(sigmas, second.point_sigmas[alone]).astype(np.float32),
        first.is_metric or second.is_metric,
        first.origin,
        {**provenance, "made_of": [dict(first.provenance), dict(second.provenance)]},
        max(first.pose_sigma, second.pose_sigma),
    )


def _apart() -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "The maps share too little to be put together.")
    hint = QT_TRANSLATE_NOOP(
        "Message", "Record a part of the first map's place again, from about the same side."
    )
    return BadInput(message(text), message(hint))
