"""The beginning of a map with one camera: the motion between two pictures, and what it shows of the scene."""

from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from native._core import SlamTracker

_FEWEST = 50
# Of the picture's width: tracks have moved far enough to be worth a try.
_LEAST_MOTION = 0.02
_SIGMA_PX = 0.7
_ITERATIONS = 150
_LEAST_SHARE = 0.5
_LEAST_PARALLAX_DEG = 0.7


def started(tracker: "SlamTracker", focal_px: float, width: int, seed: int) -> bool:
    """Begin the map of a tracker whose tracks lead from its first picture to its last, if that is safe.

    Parameters
    ----------
    tracker : SlamTracker
        In the state of starting.
    focal_px : float
        Focal length.
    width : int
        Of the picture, pixels.
    seed : int
        Of the search for the motion.
    """
    from native import _core

    pairs = cast(NDArray[np.float64], tracker.start_pairs())
    if len(pairs) < _FEWEST:
        return False
    moved = float(np.median(np.linalg.norm(pairs[:, :2] - pairs[:, 2:], axis=1)))
    if moved * focal_px < _LEAST_MOTION * width:
        return False
    found = _core.solve_two_views(pairs, _SIGMA_PX / focal_px, _ITERATIONS, seed)
    if found.outcome is not _core.TwoViewOutcome.SOLVED:
        return False
    if found.triangulated < _LEAST_SHARE * len(pairs) or found.parallax_deg < _LEAST_PARALLAX_DEG:
        return False
    return tracker.start_with(found.rotation, found.translation)
