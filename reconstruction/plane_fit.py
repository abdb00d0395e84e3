"""Planes and exposures that fit together best what plain views show."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.shading_cost import MOST_COST, Comparison, ScenePlane

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Mask = NDArray[np.bool_]
_FITTING_COST, _FITTING_GREY = 0.8, 0.3
_FEWEST_PIXELS = 100
# Share of the depth that the light is followed over, and how many of these a plane moves at once.
_STEP, _MOST_STEPS = 0.01, 3.0
# Exposures are known this well; so many pixels have one grey together, as they were smoothed.
_EXPOSURE_SIGMA, _PIXELS_TOGETHER = 0.01, 50.0


def cheapest(
    comparison: Comparison, at: int, planes: Sequence[ScenePlane], *, progress: Progress = SILENT
) -> tuple[Floats32, NDArray[np.int64]]:
    """Tell for each pixel of a view what the best plane costs, and its number; -1: none is seen."""
    shape = comparison.views[at].grey.shape
    least = np.full(shape, MOST_COST, np.float32)
    number = np.full(shape, -1, np.int64)
    for which, plane in enumerate(planes):
        progress.check()
        costs = comparison.costs(at, plane)
        if costs is not None:
            better = costs < least
            least[better] = costs[better]
            number[better] = which
    return least, number


def fitted(
    comparison: Comparison, planes: Sequence[ScenePlane], *, progress: Progress = SILENT
) -> tuple[list[ScenePlane], Floats]:
    """Move planes along their normals, and change exposures, to where what they explain fits best.

    One step of Gauss and Newton on the differences of greys, weighed after Huber.

    Returns
    -------
    list of ScenePlane
        Without those that explain little.
    (n,) float64
        Exposures.
    """
    chosen = [cheapest(comparison, at, planes, progress=progress) for at in range(len(comparison.views))]
    seen = [
        [
            (at, where)
            for at, (least, number) in enumerate(chosen)
            if _enough(where := _mine(least, number, n))
        ]
        for n in range(len(planes))
    ]
    kept = [(plane, seeing) for plane, seeing in zip(planes, seen, strict=True) if seeing]
    size = len(kept) + len(comparison.views)
    normal, right = np.zeros((size, size)), np.zeros(size)
    steps = np.zeros(len(kept))
    for number, (plane, seeing) in enumerate(kept):
        steps[number] = _STEP * float(
            np.median([np.median(_depths(comparison, at, plane, m)) for at, m in seeing])
        )
        _add(comparison, number, len(kept), plane, steps[number], seeing, normal, right, progress)
    noise = _FITTING_GREY**2 * _PIXELS_TOGETHER
    known = np.full(size, 1e-9)
    known[len(kept) :] = noise / _EXPOSURE_SIGMA**2
    change = np.linalg.solve(normal + np.diag(known), right)
    shifts = np.clip(change[: len(kept)], -_MOST_STEPS, _MOST_STEPS) * steps
    moved = [
        ScenePlane(one.normal, one.offset + float(by)) for (one, _), by in zip(kept, shifts, strict=True)
    ]
    return moved, comparison.exposures * np.exp(change[len(kept) :])


def _mine(least: Floats32, number: NDArray[np.int64], which: int) -> Mask:
    return (number == which) & (least < _FITTING_COST)


def _enough(where: Mask) -> bool:
    return int(where.sum()) > _FEWEST_PIXELS


def _depths(comparison: Comparison, at: int, plane: ScenePlane, where: Mask) -> Floats:
    return comparison.views[at].depth_of(plane.normal, plane.offset)[where]


def _add(
    comparison: Comparison,
    number: int,
    count: int,
    plane: ScenePlane,
    step: float,
    seeing: Sequence[tuple[int, Mask]],
    normal: Floats,
    right: Floats,
    progress: Progress,
) -> None:
    """Add what one of `count` planes, and a step of it, make of the greys to the normal equations."""
    ahead = ScenePlane(plane.normal, plane.offset + step)
    for at, where in seeing:
        progress.check()
        grey = comparison.views[at].grey
        for other in comparison.others[at]:
            here = comparison.warped(at, other, plane)
            there = comparison.warped(at, other, ahead)
            told = where & np.isfinite(here) & np.isfinite(there)
            seen = here[told].astype(float)
            columns = np.column_stack((there[told] - seen, seen, -seen))
            missing = grey[told] - seen
            weight = _FITTING_GREY / np.maximum(np.abs(missing), _FITTING_GREY)
            unknown = np.array([number, count + at, count + other])
            normal[np.ix_(unknown, unknown)] += columns.T @ (columns * weight[:, None])
            right[unknown] += columns.T @ (weight * missing)
