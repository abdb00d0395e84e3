"""How exactly the poses of a map agree with one another, found out by looking for one half in the other.

What a picture's own residuals tell about its place leaves out what is wrong with the map: a way that drifted,
a lens that is a little different, depth that is too large. Keyframes of one half are therefore looked for in
a map of the other half alone (two-fold cross-validation), and what they miss their poses by, beyond what
their residuals tell, is the map's. Halves in time come first, as drift is between them; where they share
nothing, shorter stretches that take turns.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, SenseError
from core.progress import SILENT, Progress
from core.visual_map import Keyframe, VisualMap
from reconstruction.slam.localisation import Localiser
from reconstruction.slam.place_features import PlaceFeatures

_STRETCHES = (2, 4, 8, 16)
_MOST_LOOKED_FOR = 24
_FEWEST_FOUND = 6
# The median of a sum of three squares of normal deviates, as a share of its mean.
_MEDIAN_SHARE = 0.7887


def pose_sigma_of(
    keyframes: Sequence[Keyframe],
    features: Sequence[PlaceFeatures],
    mapped: Callable[[NDArray[np.int64]], VisualMap],
    *,
    progress: Progress = SILENT,
) -> float:
    """Give the standard deviation of a keyframe's place, root of the sum over the three axes.

    0 where no half can be found in the other.

    Parameters
    ----------
    features : sequence of PlaceFeatures
        Of the keyframes.
    mapped : callable
        Gives the map of some of the keyframes alone.
    """
    count = len(keyframes)
    for stretches in _STRETCHES:
        if count < 2 * stretches:
            break
        group = np.arange(count) * stretches // count % 2
        try:
            world = mapped(np.flatnonzero(group == 0))
        except BadInput:
            raise
        except SenseError:  # Half of the pictures share nothing.
            continue
        found = _missed(world, keyframes, features, np.flatnonzero(group == 1), progress)
        if len(found) >= _FEWEST_FOUND:
            missed, told = np.median(found, axis=0)
            return float(np.sqrt(max(0.0, missed / _MEDIAN_SHARE - told)))
    return 0.0


def _missed(
    world: VisualMap,
    keyframes: Sequence[Keyframe],
    features: Sequence[PlaceFeatures],
    rows: NDArray[np.int64],
    progress: Progress,
) -> NDArray[np.float64]:
    """Squares of what keyframes miss their places by, and of what they should by their residuals, (n, 2)."""
    localiser = Localiser(world)
    every = -(-len(rows) // _MOST_LOOKED_FOR)
    found: list[tuple[float, float]] = []
    for row in rows[::every].tolist():
        progress.check()
        camera = keyframes[row].camera
        place = localiser.find_features(features[row], camera, progress=progress)
        if place is not None:
            missed = float(((place.centre_m - camera.pose[1]) ** 2).sum())
            found.append((missed, place.position_sigma_m**2))
    return np.array(found).reshape(-1, 2)
