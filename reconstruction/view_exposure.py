"""How differently photographs were exposed, and views that show something else (ghosts)."""

import numpy as np
from numpy.typing import NDArray

from reconstruction.face_views import Candidates

_ROUNDS = 4
_LEAST_LEVEL, _MOST_LEVEL = 12.0, 240.0
_FEWEST_FACES = 50
_MOST_GAIN = 3.0
_GHOST_SIGMAS = 4.0
_GHOST_FLOOR = 12.0  # sRGB levels that differ for other reasons: gloss, sharpness, small errors of the mesh
_FEWEST_VIEWS = 3
_NORMAL_MAD = 1.4826


def view_gains(candidates: Candidates, views: int) -> NDArray[np.float32]:
    """Find the factors (views, 3) that bring the sRGB levels of all views together, their geometric mean 1.

    The faces' colours are medians over their views, the gains medians over the faces: in turns.
    """
    known = candidates.views >= 0
    levels = candidates.colours
    usable = known & (levels > _LEAST_LEVEL).all(-1) & (levels < _MOST_LEVEL).all(-1)
    usable &= usable.sum(axis=1, keepdims=True) >= 2
    rows = np.flatnonzero(usable.any(axis=1))
    usable, number = usable[rows], candidates.views[rows]
    logs = np.where(usable[..., None], np.log(np.maximum(levels[rows], 1.0)), np.nan)
    gains = np.zeros((views, 3), np.float32)
    if not len(rows):
        return np.exp(gains)
    for _ in range(_ROUNDS):
        face = np.nanmedian(logs + gains[number], axis=1, keepdims=True)
        missing = face - logs
        for view in range(views):
            own = missing[usable & (number == view)]
            if len(own) >= _FEWEST_FACES:
                gains[view] = np.median(own, axis=0)
        gains -= gains.mean(axis=0)
    return np.exp(np.clip(gains, -np.log(_MOST_GAIN), np.log(_MOST_GAIN))).astype(np.float32)


def ghosts(candidates: Candidates, gains: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Find candidates (faces, most) whose colour is far from what most views of the face show.

    After Waechter, Moehrle and Goesele (Let there be color!, ECCV 2014), with medians in the place of a
    mean shift; faces with fewer than three views cannot tell.
    """
    known = candidates.views >= 0
    judged = np.flatnonzero(known.sum(axis=1) >= _FEWEST_VIEWS)
    seen = known[judged]
    levels = candidates.colours[judged] * gains[candidates.views[judged]]
    levels[~seen] = np.nan
    middle = np.nanmedian(levels, axis=1, keepdims=True)
    distance = np.abs(levels - middle).max(axis=-1)
    spread = _NORMAL_MAD * np.nanmedian(distance, axis=1, keepdims=True)
    found = np.zeros_like(known)
    found[judged] = seen & (distance > _GHOST_SIGMAS * spread + _GHOST_FLOOR)
    return found
