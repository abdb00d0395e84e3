"""Dense stereo: from views with known cameras to what each of them sees how far away.

PatchMatch with slanted planes: Schoenberger et al., Pixelwise View Selection for Unstructured Multi-View
Stereo, ECCV 2016; Xu and Tao, Multi-Scale Geometric Consistency Guided Multi-View Stereo, CVPR 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from reconstruction.depth_agreement import Tolerance, agreeing_views
from reconstruction.depth_map import DepthMap
from reconstruction.neighbours import choose_neighbours, seen_points
from reconstruction.planar_prior import PlanarOptions, lay_planes
from reconstruction.plane_filling import FillingOptions, fill_with_planes
from reconstruction.plane_search import PlaneSearch, Pyramids, SearchOptions
from reconstruction.sparse_model import SparseModel
from reconstruction.sparse_prior import sparse_prior
from reconstruction.two_view_depths import TwoViewOptions, told_by_two
from reconstruction.view import View

Planes = NDArray[np.float32]
Mask = NDArray[np.bool_]
_FEWEST_POINTS = 3
# Views that a depth map is checked against: telling whether they agree costs little.
_CHECKED = 10


@dataclass(frozen=True)
class DenseOptions:
    """How much effort dense stereo takes.

    Parameters
    ----------
    longest_side_px : int
        Of the views that should be made for it.
    neighbours : int
        Views that each view is compared with, 12 at most.
    least_views : int
        Views that must see the same surface for a pixel to be kept, itself among them; two where there
        are no more, and where no third shows the place.
    tolerance : Tolerance
        What views may differ by and still see the same.
    two_views : TwoViewOptions
        When two are enough where no third shows the place.
    search : SearchOptions
        Of the search for planes.
    planar : PlanarOptions, optional
        Planes where there is no texture; None for none.
    filling : FillingOptions
        Planes of the whole scene in their place, where light tells; none without `planar`.
    """

    longest_side_px: int = 1200
    neighbours: int = 5
    least_views: int = 3
    tolerance: Tolerance = field(default_factory=Tolerance)
    two_views: TwoViewOptions = field(default_factory=TwoViewOptions)
    search: SearchOptions = field(default_factory=SearchOptions)
    planar: PlanarOptions | None = field(default_factory=PlanarOptions)
    filling: FillingOptions = field(default_factory=FillingOptions)

    @staticmethod
    def of(quality: str, *, seed: int = 0) -> "DenseOptions":
        """Give the options for "draft", "normal" or "high"."""
        sides = {"draft": 480, "normal": 960, "high": 1920}
        neighbours = {"draft": 4, "normal": 5, "high": 7}
        return DenseOptions(sides[quality], neighbours[quality], search=SearchOptions(seed=seed))


def find_depth_maps(
    views: Sequence[View],
    model: SparseModel,
    options: DenseOptions,
    *,
    progress: Progress = SILENT,
) -> list[DepthMap]:
    """Find the surface that each view sees, as far as others confirm it.

    Parameters
    ----------
    views : sequence of View
        Photographs without distortion; their cameras are those of the model.
    model : SparseModel
        Its points give the range of depths and a first guess; its tracks tell which views go together.
    options : DenseOptions
        Effort.
    progress : Progress
        Reports and cancels.

    Returns
    -------
    list of DepthMap
        One for every view, in the same order.

    Raises
    ------
    BadInput
        When no two views share points.
    Cancelled
        When the progress was cancelled.
    """
    cameras = [view.camera for view in views]
    seen = seen_points(cameras, [view.name for view in views], model)
    others = choose_neighbours(cameras, seen, model.points, max(options.neighbours, _CHECKED))
    if not any(others):
        text = QT_TRANSLATE_NOOP("Message", "No two photographs share enough points for dense stereo.")
        raise BadInput(message(text))
    searches = [
        PlaneSearch(at, near[: options.neighbours], sparse_prior(views[at].camera, model.points[seen[at]]))
        for at, near in enumerate(others)
        if near and len(seen[at]) >= _FEWEST_POINTS
    ]
    planes = _search(searches, views, options.search, PartProgress(progress, 0.0, 0.9))
    found = [_depth_map(view, planes.pop(at, None)) for at, view in enumerate(views)]
    return _confirmed(found, views, others, options, PartProgress(progress, 0.9, 1.0))


def _confirmed(
    found: list[DepthMap],
    views: Sequence[View],
    others: Sequence[Sequence[int]],
    options: DenseOptions,
    progress: Progress,
) -> list[DepthMap]:
    """Take out what too few views agree with, and lay planes where there is no texture."""
    least = [max(2, min(options.least_views, len(near) + 1)) for near in others]
    counted = agreeing_views(found, others, options.tolerance, progress=PartProgress(progress, 0.0, 0.2))
    known = [counts >= fewest for counts, fewest in zip(counted, least, strict=True)]
    part = PartProgress(progress, 0.2, 0.4)
    pairs = told_by_two(views, found, known, others, options.two_views, progress=part)
    known = [mine | pair for mine, pair in zip(known, pairs, strict=True)]
    if options.planar:
        part = PartProgress(progress, 0.4, 1.0)
        maps, known = _with_planes(found, known, views, others, options, options.planar, part)
        again = agreeing_views(maps, others, options.tolerance)
        # What was known stays so, whatever the planes of others say.
        counted = [
            np.where(before, np.maximum(first, second), second)
            for before, first, second in zip(known, counted, again, strict=True)
        ]
        found = [replace(one, laid=~before) for one, before in zip(maps, known, strict=True)]
        known = [
            before | (counts >= fewest) for before, counts, fewest in zip(known, counted, least, strict=True)
        ]
    for one, counts, mine in zip(found, counted, known, strict=True):
        _keep(one, counts, mine)
    return found


def _with_planes(
    found: list[DepthMap],
    verified: Sequence[Mask],
    views: Sequence[View],
    others: Sequence[Sequence[int]],
    options: DenseOptions,
    planar: PlanarOptions,
    progress: Progress,
) -> tuple[list[DepthMap], list[Mask]]:
    """Take out what there is no evidence of, and lay planes; also tell what was known before.

    Empties the list of what was found: in large captures there is no room for both.
    """
    maps: list[DepthMap] = []
    known: list[Mask] = []
    for view, mine in zip(views, verified, strict=True):
        laid, before = lay_planes(view, found.pop(0), mine, planar)
        maps.append(laid)
        known.append(before)
        progress.report(0.3 * len(maps) / len(views))
        progress.check()
    part = PartProgress(progress, 0.3, 1.0)
    return fill_with_planes(views, maps, known, others, options.filling, progress=part), known


def _search(
    searches: Sequence[PlaneSearch], views: Sequence[View], options: SearchOptions, progress: Progress
) -> dict[int, Planes]:
    """Search each view alone, then again with what its neighbours found."""
    pyramids = Pyramids(views, options)
    planes: dict[int, Planes] = {}
    for search, part in zip(searches, _parts(PartProgress(progress, 0.0, 0.75), len(searches)), strict=True):
        planes[search.at] = search.alone(pyramids, options, progress=part)
    for search, part in zip(searches, _parts(PartProgress(progress, 0.75, 1.0), len(searches)), strict=True):
        search.together(pyramids, planes, options, progress=part)
    return planes


def _parts(progress: Progress, count: int) -> list[PartProgress]:
    return [PartProgress(progress, at / count, (at + 1) / count) for at in range(count)]


def _depth_map(view: View, planes: Planes | None) -> DepthMap:
    """Turn planes of inverse depth in the picture into depths and normals."""
    width, height = view.camera.size
    if planes is None:
        planes = np.zeros((height, width, 3), np.float32)
    known = planes[..., 0] > 0
    depth = np.zeros((height, width), np.float32)
    depth[known] = 1.0 / planes[known][:, 0]
    down, across = np.indices((height, width), np.float32)
    origin = planes[..., 0] - planes[..., 1] * across - planes[..., 2] * down
    coefficients = np.stack((planes[..., 1], planes[..., 2], origin), axis=-1)
    normals = -coefficients @ view.camera.intrinsics.astype(np.float32)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-20)
    normals[~known] = 0.0
    return DepthMap(view.name, view.camera, depth, normals, known.astype(np.uint8))


def _keep(one: DepthMap, counts: NDArray[np.uint8], known: Mask) -> None:
    """Take out of a fresh map what too few views agree with, and note how many do."""
    wrong = ~known | (one.depth <= 0)
    one.depth[wrong] = 0.0
    one.normals[wrong] = 0.0
    one.verified_by[:] = np.where(wrong, 0, np.maximum(counts, 2))
    if one.laid is not None:
        one.laid[wrong] = False
