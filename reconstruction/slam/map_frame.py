"""Where the world of a camera that is followed lies in a map, from moments at which both tell its pose."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reconstruction.similarity import Similarity

Floats = NDArray[np.float64]

_KEPT = 16
_FEWEST = 2
_TURN_AGREES = 0.05
_SHIFT_AGREES = 0.03  # of the distance to what is seen
_SPREAD = 0.05  # of that distance: with less between the places there is no scale


@dataclass(frozen=True, eq=False)
class _Meeting:
    """A pose (4, 4) of the same camera in both worlds, and how far what it saw is away in the map."""

    tracked: Floats
    mapped: Floats
    away: float


@dataclass(eq=False)
class MapFrame:
    """Collects meetings, and gives the similarity that most of the newest ones agree on.

    Parameters
    ----------
    is_scale_known : bool
        Whether both worlds have the same unit.
    """

    is_scale_known: bool
    _meetings: deque[_Meeting] = field(default_factory=lambda: deque[_Meeting](maxlen=_KEPT), init=False)
    map_from_world: Similarity | None = field(default=None, init=False)

    def forget(self) -> None:
        """Begin anew: the camera is followed in another world."""
        self._meetings.clear()
        self.map_from_world = None

    def add(self, tracked: Floats, mapped: Floats, away: float) -> None:
        """Take a pose world from camera (4, 4), as it was followed and as it was found in the map.

        Parameters
        ----------
        away : float
            Distance from the camera to what it saw, in the map's unit.
        """
        self._meetings.append(_Meeting(tracked, mapped, away))
        scale = 1.0 if self.is_scale_known else self._scale()
        if scale is not None:
            self.map_from_world = self._agreed(scale) or self.map_from_world

    def _scale(self) -> float | None:
        """Give map units for one of the world's: the median over pairs of meetings that are far apart."""
        here = np.array([one.tracked[:3, 3] for one in self._meetings])
        there = np.array([one.mapped[:3, 3] for one in self._meetings])
        first, second = np.triu_indices(len(here), 1)
        before = np.linalg.norm(here[first] - here[second], axis=1)
        after = np.linalg.norm(there[first] - there[second], axis=1)
        far = (after > _SPREAD * np.median([one.away for one in self._meetings])) & (before > 0)
        return float(np.median(after[far] / before[far])) if far.any() else None

    def _agreed(self, scale: float) -> Similarity | None:
        """Give the mean of the largest set of meetings that agree with one of them; newer ones win."""
        trials = [_of_one(one, scale) for one in self._meetings]
        best = np.zeros(len(trials), bool)
        for trial in trials:
            fits = np.array([_agrees(trial, one) for one in self._meetings])
            if fits.sum() >= best.sum():
                best = fits
        if best.sum() < _FEWEST:
            return None
        chosen = [one for one, fits in zip(trials, best, strict=True) if fits]
        u, _, vt = np.linalg.svd(sum((one.rotation for one in chosen), np.zeros((3, 3))))
        rotation = np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt, np.float64)
        # The mean turn about the middle of the cameras, not about a far origin.
        met = [one for one, fits in zip(self._meetings, best, strict=True) if fits]
        here = np.mean([one.tracked[:3, 3] for one in met], axis=0)
        there = np.mean([one.mapped[:3, 3] for one in met], axis=0)
        return Similarity(scale, rotation, there - scale * rotation @ here)


def _of_one(one: _Meeting, scale: float) -> Similarity:
    rotation = one.mapped[:3, :3] @ one.tracked[:3, :3].T
    u, _, vt = np.linalg.svd(rotation)
    rotation = np.asarray(u @ vt, np.float64)
    return Similarity(scale, rotation, one.mapped[:3, 3] - scale * rotation @ one.tracked[:3, 3])


def _agrees(trial: Similarity, one: _Meeting) -> bool:
    turn = (trial.rotation @ one.tracked[:3, :3]).T @ one.mapped[:3, :3]
    angle = np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))
    shift = np.linalg.norm(trial.apply(one.tracked[None, :3, 3])[0] - one.mapped[:3, 3])
    return bool(angle < _TURN_AGREES and shift < _SHIFT_AGREES * one.away)
