"""Points of a surface from the depth maps of several views."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.dense_points import DensePoints
from reconstruction.dense_stereo import DenseOptions
from reconstruction.depth_agreement import depth_source
from reconstruction.depth_map import DepthMap
from reconstruction.pixel_maps import pixel_map
from reconstruction.stoppable import run_stoppable
from reconstruction.view import View

Floats = NDArray[np.float32]
_SAMPLES = 400
_MOST_OTHERS = 12


def fuse_depth_maps(
    views: Sequence[View],
    depth_maps: Sequence[DepthMap],
    options: DenseOptions,
    *,
    progress: Progress = SILENT,
) -> DensePoints:
    """Make one point of all pixels that see the same place of the surface.

    View after view, each pixel that is not part of a point yet becomes one, together with the pixels of
    other views that agree with it: the mean of their depths along its ray and of their normals, its colour.

    Parameters
    ----------
    views : sequence of View
        What gives the colours.
    depth_maps : sequence of DepthMap
        Of the views, in the same order and of the same sizes.
    options : DenseOptions
        Its tolerance tells what agrees.
    progress : Progress
        Reports and cancels.

    Returns
    -------
    DensePoints
        In the order of views and pixels; `views` are indices into `depth_maps`.
    """
    from native import _core

    others = _overlapping(depth_maps)
    claimed = [np.zeros(one.depth.shape, np.uint8) for one in depth_maps]
    parts = [_none()]
    for at, reference in enumerate(depth_maps):
        sources = [depth_source(depth_maps[other], reference, claimed[other]) for other in others[at]]
        if sources:
            fused = run_stoppable(
                lambda stop, r=reference, s=sources, c=claimed[at]: _core.fuse_depths(
                    r.depth, r.normals, c, s, options.tolerance.native(), 1, stop
                ),
                progress,
            )
            parts.append(_points(at, views[at], reference, others[at], fused))
        progress.report((at + 1) / len(depth_maps))
    return _joined(parts)


def _overlapping(maps: Sequence[DepthMap]) -> list[list[int]]:
    """Give for each map the others that show most of it, the first of equals first."""
    chosen: list[list[int]] = []
    for at, reference in enumerate(maps):
        known = np.flatnonzero(reference.depth)
        known = known[:: max(1, len(known) // _SAMPLES)]
        shares = np.array([_share(reference, known, one) for one in maps])
        shares[at] = 0
        order = np.argsort(-shares, kind="stable")[:_MOST_OTHERS]
        chosen.append([int(one) for one in order if shares[one] > 0])
    return chosen


def _share(reference: DepthMap, pixels: NDArray[np.intp], other: DepthMap) -> float:
    """Tell which share of some pixels another map has in its picture."""
    if not len(pixels):
        return 0.0
    down, across = np.divmod(pixels, reference.depth.shape[1])
    inverse = 1.0 / reference.depth.ravel()[pixels]
    seen = (
        np.stack((across, down, np.ones(len(pixels)), inverse)).T
        @ pixel_map(reference.camera, other.camera).T
    )
    front = seen[seen[:, 2] > 0]
    places = front[:, :2] / front[:, 2:]
    inside = (places > -0.5).all(-1) & (places < np.array(other.camera.size) - 0.5).all(-1)
    return float(inside.sum() / len(pixels))


def _none() -> DensePoints:
    empty = np.zeros((0, 3), np.float32)
    colours = np.zeros((0, 3), np.uint8)
    return DensePoints(empty, empty, colours, np.zeros(1, np.int64), np.zeros(0, np.int32))


def _points(
    at: int,
    view: View,
    reference: DepthMap,
    others: Sequence[int],
    fused: tuple[NDArray[np.int32], Floats, Floats, NDArray[np.int64], NDArray[np.int32]],
) -> DensePoints:
    """Put the points of one view into the world."""
    pixels, depths, normals, first, seen = fused
    rotation, centre = reference.camera.pose
    down, across = np.divmod(pixels, reference.depth.shape[1])
    homogeneous = np.stack((across, down, np.ones(len(pixels))), axis=-1)
    rays = homogeneous @ np.linalg.inv(reference.camera.intrinsics).T
    positions = depths[:, None] * rays @ rotation.T + centre
    return DensePoints(
        positions.astype(np.float32),
        (normals @ rotation.T).astype(np.float32),
        view.colours.reshape(-1, 3)[pixels],
        *_with_itself(at, first, np.asarray(others, np.int32)[seen]),
    )


def _with_itself(
    at: int, first: NDArray[np.int64], views: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Put the view itself before the others that each point is made of."""
    return first + np.arange(len(first)), np.insert(views, first[:-1], at).astype(np.int32)


def _joined(points: Sequence[DensePoints]) -> DensePoints:
    begins = np.cumsum([0, *(len(one.views) for one in points)])
    first = [begin + one.first_view[:-1] for begin, one in zip(begins, points, strict=False)]
    return DensePoints(
        np.concatenate([one.positions for one in points]),
        np.concatenate([one.normals for one in points]),
        np.concatenate([one.colours for one in points]),
        np.concatenate([*first, begins[-1:]]),
        np.concatenate([one.views for one in points]),
    )
