"""Depths that only two views can tell.

At the edges of what was photographed, and behind what hides most of it, no third picture shows a place. What
the only two that do agree on closely, over more than a few pixels, is a surface, though less certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, PartProgress, Progress
from reconstruction.depth_agreement import Tolerance, agreeing_views, showing_views
from reconstruction.depth_map import DepthMap
from reconstruction.view import View

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TwoViewOptions:
    """When two views are enough.

    Parameters
    ----------
    tolerance : Tolerance
        What they may differ by: less than where a third has its say.
    nearer : float
        A known surface hides what is further by more than this share of its depth.
    least_share : float
        Of the picture, that a patch of such pixels covers at least.
    """

    tolerance: Tolerance = field(default_factory=lambda: Tolerance(1.0, 0.005, 45.0))
    nearer: float = 0.02
    least_share: float = 0.00025


def told_by_two(
    views: Sequence[View],
    maps: Sequence[DepthMap],
    known: Sequence[Mask],
    others: Sequence[Sequence[int]],
    options: TwoViewOptions,
    *,
    progress: Progress = SILENT,
) -> list[Mask]:
    """Tell at which pixels two views agree of which no third could.

    Parameters
    ----------
    views : sequence of View
        The pictures.
    maps : sequence of DepthMap
        Of the views, before what is not known was taken out.
    known : sequence of (height, width) bool
        What enough views agree on: only this hides something.
    others : sequence of sequence of int
        Which views each is compared with.
    options : TwoViewOptions
        When.
    progress : Progress
        Reports and cancels.
    """
    part = PartProgress(progress, 0.0, 0.5)
    agreeing = agreeing_views(maps, others, options.tolerance, progress=part)
    sure = [_sure(view, one, mine) for view, one, mine in zip(views, maps, known, strict=True)]
    part = PartProgress(progress, 0.5, 1.0)
    showing = showing_views(maps, sure, others, options.nearer, progress=part)
    return [
        _large((counts == 2) & (able == 1) & ~mine, options.least_share)
        for counts, able, mine in zip(agreeing, showing, known, strict=True)
    ]


def _sure(view: View, one: DepthMap, known: Mask) -> NDArray[np.float32]:
    depth = np.where(known, one.depth, np.float32(0.0))
    if view.usable is not None:
        depth[~view.usable] = -1.0
    return depth


def _large(where: Mask, least_share: float) -> Mask:
    """Take patches of few pixels out: two views agree there by chance."""
    import cv2

    _, parts, boxes, _ = cv2.connectedComponentsWithStats(where.astype(np.uint8), connectivity=4)
    large = boxes[:, cv2.CC_STAT_AREA] >= least_share * where.size
    large[0] = False
    return np.asarray(large[np.asarray(parts, np.int64)])
