"""Whether depth maps of several views agree."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.depth_map import DepthMap
from reconstruction.pixel_maps import pixel_map, relative_turn
from reconstruction.stoppable import run_stoppable

if TYPE_CHECKING:
    from native import _core


@dataclass(frozen=True)
class Tolerance:
    """What two views may differ by and still see the same surface.

    Parameters
    ----------
    pixels : float
        Distance of a pixel from where the other view's surface comes back to.
    relative_depth : float
        Of the depths in the other view.
    angle_deg : float
        Between the normals.
    """

    pixels: float = 1.5
    relative_depth: float = 0.01
    angle_deg: float = 60.0

    def native(self) -> "_core.DepthTolerance":
        """Give it as the native code takes it."""
        from native import _core

        return _core.DepthTolerance(
            self.pixels, self.relative_depth, float(np.cos(np.radians(self.angle_deg)))
        )


def depth_source(
    one: DepthMap, reference: DepthMap, claimed: NDArray[np.uint8] | None = None
) -> "_core.DepthSource":
    """Give a depth map as the native code compares it with a reference."""
    from native import _core

    return _core.DepthSource(
        one.depth,
        one.normals,
        pixel_map(reference.camera, one.camera),
        pixel_map(one.camera, reference.camera),
        relative_turn(one.camera, reference.camera).ravel().tolist(),
        claimed,
    )


def agreeing_views(
    maps: Sequence[DepthMap],
    neighbours: Sequence[Sequence[int]],
    tolerance: Tolerance,
    *,
    progress: Progress = SILENT,
) -> list[NDArray[np.uint8]]:
    """Count for every pixel the views that see the same surface, itself among them; 0 where none is known."""
    from native import _core

    counted: list[NDArray[np.uint8]] = []
    for at, reference in enumerate(maps):
        counts = np.zeros(reference.depth.shape, np.uint8)
        sources = [depth_source(maps[other], reference) for other in neighbours[at]]
        run_stoppable(
            lambda stop, r=reference, s=sources, c=counts: _core.count_agreeing(
                r.depth, r.normals, s, tolerance.native(), c, stop
            ),
            progress,
        )
        counted.append(counts)
        progress.report((at + 1) / len(maps))
    return counted


def showing_views(
    maps: Sequence[DepthMap],
    seen: Sequence[NDArray[np.float32]],
    neighbours: Sequence[Sequence[int]],
    nearer: float,
    *,
    progress: Progress = SILENT,
) -> list[NDArray[np.uint8]]:
    """Count for every pixel the other views whose pictures show its place; 0 where no depth is known.

    Parameters
    ----------
    maps : sequence of DepthMap
        Where the places are.
    seen : sequence of (height, width) float32
        What may hide them: depths of which the views are sure, 0 where they are not, negative where a
        picture is not used.
    neighbours : sequence of sequence of int
        Which views are asked.
    nearer : float
        A surface hides what is further by more than this share of its depth.
    progress : Progress
        Reports and cancels.
    """
    from native import _core

    counted: list[NDArray[np.uint8]] = []
    for at, reference in enumerate(maps):
        counts = np.zeros(reference.depth.shape, np.uint8)
        sources = [
            depth_source(replace(maps[other], depth=seen[other]), reference) for other in neighbours[at]
        ]
        run_stoppable(
            lambda stop, r=reference, s=sources, c=counts: _core.count_showing(
                r.depth, r.normals, s, nearer, c, stop
            ),
            progress,
        )
        counted.append(counts)
        progress.report((at + 1) / len(maps))
    return counted
