"""The planes of a scene whose surfaces have no texture, found by how light falls on them.

Planes are swept along the directions that the known surface has (Gallup et al., Real-Time Plane-Sweeping
Stereo with Multiple Sweeping Directions, CVPR 2007), over small and smooth pictures. Of those that fit best
somewhere, the fewest that explain nearly all are kept, and moved to where they fit best.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, PartProgress, Progress
from reconstruction.plain_view import PlainView
from reconstruction.plane_directions import plane_directions
from reconstruction.plane_fit import cheapest, fitted
from reconstruction.shading_cost import MOST_COST, Comparison, ScenePlane

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
# Of a view's pixels, that are plain where planes are looked for.
_LEAST_PLAIN = 0.02
_LEAST_VISIBLE = 0.01
# Steps of the sweep and how far it goes beyond what is known, in shares of the scene along a direction.
_STEP, _BEYOND = 0.01, 0.25
_GOOD_COST = 0.6
_MOST_CANDIDATES, _MOST_PLANES = 14, 10
# What a pixel without a plane costs, and the least share of this that one more plane has to save.
_NO_PLANE_COST, _LEAST_GAIN = 1.0, 0.01
_LEAST_VOTES = 0.002
# One beside another, in shares of the scene, often only makes up for exposures: its gain counts less.
_CLOSE, _PARALLEL, _DOUBLE = 0.05, 0.99, 0.2
# Choosing and fitting in turns, of some steps each.
_TURNS, _STEPS = 2, 3


def find_scene_planes(
    comparison: Comparison, *, progress: Progress = SILENT
) -> tuple[list[ScenePlane], Floats]:
    """Find the planes that explain where the views are plain.

    Parameters
    ----------
    comparison : Comparison
        Of small views.
    progress : Progress
        Reports and cancels.

    Returns
    -------
    list of ScenePlane
        The one that explains most first.
    (n,) float64
        Exposures with which they fit best.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    views = comparison.views
    if not any(_worth(view) for view in views):
        return [], comparison.exposures
    candidates = _swept(comparison, plane_directions(views), PartProgress(progress, 0.0, 0.8))
    planes = candidates
    for turn in range(_TURNS):
        part = PartProgress(progress, 0.8 + 0.2 * turn / _TURNS, 0.8 + 0.2 * (turn + 1) / _TURNS)
        planes = _fewest(comparison, planes, part)
        for _ in range(_STEPS):
            planes, exposures = fitted(comparison, planes, progress=progress)
            comparison = replace(comparison, exposures=exposures)
    return planes, comparison.exposures


def _worth(view: PlainView) -> bool:
    return view.depths is not None and bool(view.plain.mean() > _LEAST_PLAIN)


def _swept(comparison: Comparison, directions: Sequence[Floats], progress: Progress) -> list[ScenePlane]:
    """Sweep planes through all views, and give those that fit best at most pixels of around them."""
    offsets = _offsets(comparison.views, directions)
    votes = [np.zeros(len(some)) for some in offsets]
    for at, view in enumerate(comparison.views):
        if not _worth(view):
            continue
        planes = [
            (turn, step, ScenePlane(normal, float(offset)))
            for turn, normal in enumerate(directions)
            for step, offset in enumerate(offsets[turn])
        ]
        planes = [one for one in planes if comparison.visible(at, one[2]).mean() > _LEAST_VISIBLE]
        least, number = cheapest(comparison, at, [plane for _, _, plane in planes], progress=progress)
        counts = np.bincount(number[least < _GOOD_COST], minlength=len(planes))
        for (turn, step, _), count in zip(planes, counts, strict=True):
            votes[turn][step] += count
        progress.report((at + 1) / len(comparison.views))
        progress.check()
    peaks = [
        (float(some[max(0, step - 1) : step + 2].sum()), ScenePlane(normal, float(offsets[turn][step])))
        for turn, (normal, some) in enumerate(zip(directions, votes, strict=True))
        for step in np.flatnonzero(some)
        if some[step] == some[max(0, step - 2) : step + 3].max()
    ]
    least_votes = _LEAST_VOTES * sum(int(view.plain.sum()) for view in comparison.views)
    peaks = sorted((one for one in peaks if one[0] > least_votes), key=lambda one: -one[0])
    return [plane for _, plane in peaks[:_MOST_CANDIDATES]]


def _offsets(views: Sequence[PlainView], directions: Sequence[Floats]) -> list[Floats]:
    points = np.concatenate([view.known_points(20)[0] for view in views])
    centres = np.array([view.camera.pose[1] for view in views])
    ranges: list[tuple[float, float]] = []
    for normal in directions:
        low, high = np.percentile(points @ normal, (0.5, 99.5))
        places = centres @ normal
        ranges.append((min(float(low), float(places.min())), max(float(high), float(places.max()))))
    step = _STEP * max((high - low for low, high in ranges), default=1.0)
    return [
        np.arange(low - _BEYOND * (high - low), high + _BEYOND * (high - low), step) for low, high in ranges
    ]


def _fewest(comparison: Comparison, candidates: Sequence[ScenePlane], progress: Progress) -> list[ScenePlane]:
    """Take the plane that explains most of what is left, as long as that is worth one more."""
    if not candidates:
        return []
    left: list[Floats32] = []
    costs: list[NDArray[np.float16]] = []
    for at, view in enumerate(comparison.views):
        every = [comparison.costs(at, plane) for plane in candidates]
        none = np.full(int(view.plain.sum()), MOST_COST, np.float16)
        of_planes = [none if one is None else one[view.plain].astype(np.float16) for one in every]
        costs.append(np.array(of_planes).reshape(len(candidates), -1))
        left.append(np.full(len(none), _NO_PLANE_COST, np.float32))
        progress.report((at + 1) / len(comparison.views))
        progress.check()
    least = _LEAST_GAIN * _NO_PLANE_COST * sum(map(len, left))
    close = _CLOSE * _extent(comparison.views)
    planes: list[ScenePlane] = []
    while candidates and len(planes) < _MOST_PLANES:
        gains = np.sum(
            [np.maximum(now - one, 0.0).sum(axis=1) for now, one in zip(left, costs, strict=True)], axis=0
        )
        gains *= [
            _DOUBLE if any(_alike(one, plane, close) for plane in planes) else 1.0 for one in candidates
        ]
        best = int(np.argmax(gains))
        if gains[best] <= least:
            break
        planes.append(candidates[best])
        left = [np.minimum(now, one[best]) for now, one in zip(left, costs, strict=True)]
    return planes


def _extent(views: Sequence[PlainView]) -> float:
    points = np.concatenate([view.known_points(20)[0] for view in views])
    return float(np.ptp(np.percentile(points, (2, 98), axis=0), axis=0).max())


def _alike(one: ScenePlane, other: ScenePlane, close: float) -> bool:
    cosine = float(one.normal @ other.normal)
    return abs(cosine) > _PARALLEL and abs(one.offset - np.sign(cosine) * other.offset) < close
