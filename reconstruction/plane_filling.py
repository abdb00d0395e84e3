"""Surfaces without texture are filled by the scene's planes, where light tells that these lie there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, PartProgress, Progress
from reconstruction.depth_map import DepthMap
from reconstruction.plain_view import PlainView, plain_view, plane_depth
from reconstruction.plane_fit import cheapest
from reconstruction.scene_planes import find_scene_planes
from reconstruction.shading_cost import Comparison, ScenePlane
from reconstruction.texture_evidence import EvidenceOptions
from reconstruction.view import View
from reconstruction.view_light import view_light

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class FillingOptions:
    """How planes are found and laid.

    Parameters
    ----------
    evidence : EvidenceOptions
        Tells where there is no texture.
    search_side_px, laying_side_px : int
        Longest side of the views that planes are looked for in, and of those that tell where they lie.
    search_window_px, laying_window_px : int
        Sides of the squares in which views are compared.
    neighbours : int
        Views that each is compared with.
    most_cost : float
        Grey levels that views may differ by, in the mean.
    distinct : float
        By how much views have to differ more where the plane is nearer or further, each part of a view.
    moved : float
        By how much that is, of the depth.
    reach_px : int
        So far planes go on into pixels whose depth is not known, at the edges of what is plain.
    """

    evidence: EvidenceOptions = field(default_factory=EvidenceOptions)
    search_side_px: int = 160
    laying_side_px: int = 320
    search_window_px: int = 11
    laying_window_px: int = 15
    neighbours: int = 4
    most_cost: float = 0.5
    distinct: float = 1.2
    moved: float = 0.03
    reach_px: int = 10


def fill_with_planes(
    views: Sequence[View],
    maps: Sequence[DepthMap],
    known: Sequence[Mask],
    others: Sequence[Sequence[int]],
    options: FillingOptions,
    *,
    progress: Progress = SILENT,
) -> list[DepthMap]:
    """Lay the scene's planes where views show the same light on them.

    Parameters
    ----------
    views : sequence of View
        The pictures.
    maps : sequence of DepthMap
        Of the views.
    known : sequence of (height, width) bool
        What of these stays as it is.
    others : sequence of sequence of int
        Which views each overlaps, the best first.
    options : FillingOptions
        How.
    progress : Progress
        Reports and cancels.

    Returns
    -------
    list of DepthMap
        Others, with planes that are still to be confirmed.
    """
    near = [some[: options.neighbours] for some in others]
    small = _plain(views, maps, known, options.search_side_px, options, progress)
    light = view_light(small, near, progress=progress)
    evened = [light.evened(view) for view in small]
    comparison = Comparison(evened, near, light.exposures, options.search_window_px)
    planes, exposures = find_scene_planes(comparison, progress=PartProgress(progress, 0.0, 0.7))
    if not planes:
        return list(maps)
    evened = [
        light.evened(view) for view in _plain(views, maps, known, options.laying_side_px, options, progress)
    ]
    large = Comparison(evened, near, exposures, options.laying_window_px)
    filled: list[DepthMap] = []
    for at, (view, one, stays) in enumerate(zip(views, maps, known, strict=True)):
        numbers = _numbers(large, at, planes, options)
        filled.append(_filled(view, one, stays, numbers, planes, options.reach_px))
        progress.report(0.7 + 0.3 * (at + 1) / len(views))
        progress.check()
    return filled


def _plain(
    views: Sequence[View],
    maps: Sequence[DepthMap],
    known: Sequence[Mask],
    side: int,
    options: FillingOptions,
    progress: Progress,
) -> list[PlainView]:
    small: list[PlainView] = []
    for view, one, where in zip(views, maps, known, strict=True):
        progress.check()
        small.append(plain_view(view, one, where, side, options.evidence))
    return small


def _numbers(
    comparison: Comparison, at: int, planes: Sequence[ScenePlane], options: FillingOptions
) -> Numbers:
    """Tell which plane lies at each pixel of a view; -1: none that is certain."""
    import cv2

    least, number = cheapest(comparison, at, planes)
    number[least >= options.most_cost] = -1
    plain = comparison.views[at].plain.astype(np.uint8)
    part = np.asarray(cv2.connectedComponents(plain, connectivity=4)[1], np.int64)
    for which, plane in enumerate(planes):
        here = number == which
        if not here.any():
            continue
        levels = [_levels(comparison, at, plane, here, part, factor) for factor in _factors(options)]
        distinct = np.minimum(levels[0], levels[2]) > options.distinct * levels[1]
        number[here & ~distinct[part]] = -1
    return number


def _factors(options: FillingOptions) -> tuple[float, float, float]:
    return 1.0 - options.moved, 1.0, 1.0 + options.moved


def _levels(
    comparison: Comparison, at: int, plane: ScenePlane, here: Mask, part: Numbers, factor: float
) -> NDArray[np.float64]:
    """Give the mean difference of greys in each part of a view, with the plane so many times as far."""
    moved = plane.at_depth_times(comparison.views[at].camera, factor)
    sums, counts = comparison.differences(at, moved)
    length = int(part.max()) + 1
    total = np.bincount(part[here], sums[here], length)
    return total / np.maximum(np.bincount(part[here], counts[here], length), 1.0)


def _filled(
    view: View, one: DepthMap, stays: Mask, numbers: Numbers, planes: Sequence[ScenePlane], reach: int
) -> DepthMap:
    """Lay planes at all pixels near those with a number, but where the depth is known."""
    import cv2

    nearest = cv2.INTER_NEAREST
    certain = np.asarray(cv2.resize(numbers.astype(np.int16), view.camera.size, interpolation=nearest), int)
    if not (certain >= 0).any():
        return one
    away, seeds = cv2.distanceTransformWithLabels(
        (certain < 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    seed = np.asarray(seeds, np.int64)
    owners = np.full(int(seed.max()) + 1, -1)
    owners[seed[certain >= 0]] = certain[certain >= 0]
    free = (np.asarray(away) <= reach) & ~stays
    if view.usable is not None:
        free &= view.usable
    depth, normals = one.depth.copy(), one.normals.copy()
    for which, plane in enumerate(planes):
        where = free & (owners[seed] == which)
        rays, centre = _rays(view, where), view.camera.pose[1]
        found = plane_depth(rays, centre, plane.normal, plane.offset)
        depth[where] = found
        normal = plane.normal @ view.camera.pose[0]
        towards = -np.sign(plane.offset - float(plane.normal @ centre))
        normals[where] = np.where(found[:, None] > 0, normal * towards, 0.0)
    return replace(one, depth=depth, normals=normals, verified_by=one.verified_by.copy())


def _rays(view: View, where: Mask) -> NDArray[np.float64]:
    down, across = np.nonzero(where)
    pixels = np.stack((across, down, np.ones(len(down))), axis=-1)
    return np.asarray(pixels @ np.linalg.inv(view.camera.intrinsics).T @ view.camera.pose[0].T)
