"""How differently views show the same light: their exposures, and a lens that darkens the corners."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.pixel_maps import pixel_map
from reconstruction.plain_view import LEAST_GREY, MOST_GREY, PlainView

Floats = NDArray[np.float64]
_FEWEST_PIXELS = 50
_MOST_PIXELS = 600
_SAME_DEPTH = 0.01
_ROUNDS = 6
# Logarithms of greys: surfaces differ by so much for other reasons, and less is no difference of the views.
_USUAL, _NO_DIFFERENCE = 0.02, 0.02


@dataclass(frozen=True, eq=False)
class ViewLight:
    """What views make of the light.

    Parameters
    ----------
    exposures : (n,) float64
        By what the greys of each view are to be divided so that all are alike.
    falloff : (2,) float64
        Logarithm of what a corner shows of the light is their sum; elsewhere they are times the squared and
        the fourth power of the distance from the middle.
    """

    exposures: Floats
    falloff: Floats

    def evened(self, view: PlainView) -> PlainView:
        """Give a view without the darkness in its corners."""
        if not self.falloff.any():
            return view
        far = view.eccentricity
        factor = np.exp(-(self.falloff[0] * far + self.falloff[1] * far * far)).astype(np.float32)
        return replace(view, grey=view.grey * factor)


def view_light(
    views: Sequence[PlainView], others: Sequence[Sequence[int]], *, progress: Progress = SILENT
) -> ViewLight:
    """Compare the greys of surfaces that two views know; what is too little to tell is nothing.

    After Goldman, Vignette and Exposure Calibration and Compensation, IEEE PAMI 2010.
    """
    samples: list[tuple[int, int, Floats]] = []
    for at, near in enumerate(others):
        progress.check()
        pairs = [(at, other, _ratios(views[at], views[other])) for other in near]
        samples += [one for one in pairs if len(one[2]) >= _FEWEST_PIXELS]
    count = len(views)
    if not samples:
        return ViewLight(np.ones(count), np.zeros(2))
    found = np.zeros(count + 2)
    for _ in range(_ROUNDS):
        progress.check()
        found += _step(samples, found)
    exposures, falloff = found[:count] - found[:count].mean(), found[count:]
    if np.abs(exposures).max() < _NO_DIFFERENCE:
        exposures = np.zeros(count)
    if abs(falloff.sum()) < _NO_DIFFERENCE:
        falloff = np.zeros(2)
    return ViewLight(np.exp(exposures), falloff)


def _step(samples: Sequence[tuple[int, int, Floats]], found: Floats) -> Floats:
    """Give a step of least absolute differences, by weights."""
    size = len(found)
    normal, right = np.zeros((size, size)), np.zeros(size)
    for at, other, ratios in samples:
        unknown = np.array([at, other, size - 2, size - 1])
        columns = np.column_stack((np.ones(len(ratios)), -np.ones(len(ratios)), ratios[:, 1:]))
        missing = ratios[:, 0] - columns @ found[unknown]
        weight = _USUAL / np.maximum(np.abs(missing), _USUAL)
        normal[np.ix_(unknown, unknown)] += columns.T @ (columns * weight[:, None])
        right[unknown] += columns.T @ (weight * missing)
    return np.asarray(np.linalg.lstsq(normal + np.eye(size), right, rcond=None)[0], np.float64)


def _ratios(one: PlainView, other: PlainView) -> Floats:
    """Compare where both know the same surface.

    Returns
    -------
    (n, 3) float64
        Logarithm of the ratio of greys, and the differences of the squared and the fourth power of the
        distance from the middle.
    """
    down, across = np.nonzero(one.depth > 0)
    step = max(1, len(down) // (4 * _MOST_PIXELS))
    down, across = down[::step], across[::step]
    depth = one.depth[down, across].astype(float)
    at = np.stack((across, down, np.ones(len(down)), 1.0 / depth), axis=-1)
    there = at @ pixel_map(one.camera, other.camera).T
    front = there[:, 2] > 0
    places = np.rint(there[:, :2] / np.where(front, there[:, 2], 1.0)[:, None])
    front &= (places >= 0).all(-1) & (places < other.camera.size).all(-1)
    x, y = places[front].astype(int).T
    down, across = down[front], across[front]
    mine, theirs = one.levels[down, across], other.levels[y, x]
    told = np.abs(other.depth[y, x] / (there[front, 2] * depth[front]) - 1.0) < _SAME_DEPTH
    for levels in (mine, theirs):
        told &= (levels > LEAST_GREY) & (levels < MOST_GREY)
    far, far_there = one.eccentricity[down, across][told], other.eccentricity[y, x][told]
    logarithms = np.log(mine[told] / theirs[told])
    return np.column_stack((logarithms, far - far_there, far**2 - far_there**2)).astype(float)
