"""How large a picture may be to be there in time: measured on this machine, by kind of picture."""

import math
from collections import deque
from collections.abc import Mapping
from typing import Any, cast

from core.settings import Settings
from render.backend import Backend, measured

# Of the 30 ms that a picture may take to follow the pointer; the rest is its way to the screen.
GOAL_SECONDS = 0.023
KEPT = "render.paces"
_STEPS = tuple(2 ** (-n / 6) for n in range(24))  # of width and height
_LEAST_PIXELS = 6_000
_PROBED_PIXELS = 512 * 512
_UNMEASURED_MS = 175.0
_NOT_PROBED = 1e9
_UNKNOWN_KIND = 0.5  # share of what was measured for another kind of picture
# How far one picture moves what is believed: at once where it came late, carefully where there was time left.
_LATER, _SOONER = 0.7, 0.25
_ROOM = 1.1  # so that the size does not change to and fro
# Fewer pixels than this share are a try whether smaller pictures come sooner. A gain of 1 is all that fewer
# pixels can bring.
_SMALLER, _TRIES, _LEAST_GAIN, _PICTURES_WITH_FLOOR = 0.75, 4, 0.15, 100


class DrawingPace:
    """What pictures of one kind cost.

    Sizes are steps of the pane's, so that the same few pictures are drawn again and again, and what each
    shows depends on its size alone, not on how fast it came.

    Parameters
    ----------
    pixels_in_time : float
        So many are believed to be drawn within `GOAL_SECONDS`.
    """

    def __init__(self, pixels_in_time: float) -> None:
        self._pixels = pixels_in_time
        self._step: int | None = None
        self._before: tuple[int, float] | None = None
        self._gains: deque[tuple[float, int]] = deque(maxlen=_TRIES)
        self._floor, self._pictures_with_floor = 0, 0

    @property
    def pixels_in_time(self) -> float:
        """How many pixels are believed to be drawn within `GOAL_SECONDS`."""
        return self._pixels

    def size(self, pane: tuple[int, int], *, share: float = 1.0) -> tuple[int, int]:
        """Give the width and height of a picture that is there in time, at most those of the pane.

        Parameters
        ----------
        pane : tuple of int
            Width and height in pixels.
        share : float
            Of the time; below 1 where something else has to be done first.
        """
        whole = pane[0] * pane[1]
        floor = self._floor if self._pictures_with_floor else _LEAST_PIXELS
        allowed = max(self._pixels * share, floor)
        step = next((n for n, scale in enumerate(_STEPS) if whole * scale**2 <= allowed), len(_STEPS) - 1)
        if share == 1.0:
            step = self._step = self._steadied(step, whole / allowed)
        return max(16, round(pane[0] * _STEPS[step])), max(16, round(pane[1] * _STEPS[step]))

    def took(self, pixels: int, seconds: float) -> None:
        """Learn from a picture that was drawn."""
        seconds = max(seconds, 1e-4)
        self._notice_gain(pixels, seconds)
        if seconds > GOAL_SECONDS:
            self._pixels = min(self._pixels, pixels)
        ratio = pixels * GOAL_SECONDS / seconds / self._pixels
        self._pixels *= ratio ** (_LATER if ratio < 1 else _SOONER)

    def _steadied(self, step: int, times_too_large: float) -> int:
        """Stay where only a little more than the next larger picture is allowed."""
        before = self._step
        if before is None or step >= before:
            return step
        return before if times_too_large * _ROOM * _STEPS[before - 1] ** 2 > 1 else step

    def _notice_gain(self, pixels: int, seconds: float) -> None:
        """Stop making pictures smaller where that has hardly helped several times.

        What does not depend on the pixels, such as the corners of a large mesh, may take most of the time.
        Only pictures that follow one another are compared: other work on the machine comes and goes.
        """
        before, self._before = self._before, (pixels, seconds)
        self._pictures_with_floor = max(0, self._pictures_with_floor - 1)
        if before is None or pixels > _SMALLER * before[0]:
            return
        gain = (1 - seconds / before[1]) / (1 - pixels / before[0])
        self._gains.append((gain, before[0]))
        if len(self._gains) == _TRIES and sorted(self._gains)[_TRIES // 2][0] < _LEAST_GAIN:
            self._floor = max(pixels for _, pixels in self._gains)
            self._pictures_with_floor = _PICTURES_WITH_FLOOR
            self._gains.clear()


class DrawingPaces:
    """The paces of all kinds of pictures; begins with what was learnt before, or with the machine's probe.

    Parameters
    ----------
    settings : Settings, optional
        Where they are kept; they are forgotten without.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._paces: dict[str, DrawingPace] = {}

    def of(self, kind: str) -> DrawingPace:
        """Give the pace of a kind of picture."""
        if kind not in self._paces:
            self._paces[kind] = DrawingPace(self._kept().get(kind, self._first(kind)))
        return self._paces[kind]

    def keep(self) -> None:
        """Keep what was learnt for the next start."""
        learnt = {kind: round(max(pace.pixels_in_time, _LEAST_PIXELS)) for kind, pace in self._paces.items()}
        if self._settings is not None and learnt:
            self._settings.set(KEPT, self._kept() | learnt)

    def _kept(self) -> dict[str, float]:
        kept: Any = {} if self._settings is None else self._settings.get(KEPT, {})
        values = cast(Mapping[str, Any], kept)
        return {
            kind: float(pixels)
            for kind, pixels in values.items()
            if type(pixels) in (int, float) and _LEAST_PIXELS <= pixels < math.inf
        }

    def _first(self, kind: str) -> float:
        """Give what is believed of a kind that was never drawn.

        The probe cast rays; of pictures that are made otherwise it knows nothing, and they begin as large as
        the pane.
        """
        backend = kind.partition(" ")[0]
        if backend not in list(Backend):
            return _NOT_PROBED
        found = None if self._settings is None else measured(self._settings)
        took_ms = None
        if found is not None:
            took_ms = found.vtk_ms if backend == Backend.VTK else found.native_ms
        return _UNKNOWN_KIND * _PROBED_PIXELS * GOAL_SECONDS * 1e3 / (took_ms or _UNMEASURED_MS)
