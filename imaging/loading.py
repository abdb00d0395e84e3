"""From the files of a series to voxels in memory: the first picture at once, the others as they come."""

from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.instance import Instance
from imaging.loaded_series import LoadedSeries, allocate
from imaging.resample import grid_slice
from imaging.slice_feed import SliceDone, outward, read_slices
from imaging.slide_tiles import TilePlacer

_NAMED_FAILURES = 3


class InstanceSource(Protocol):
    """What the loader needs of the library's index."""

    def all_instances(self, series_uid: str) -> list[Instance]:
        """Give the files of all parts of a series."""
        ...

    def set_value_range(self, series: Series, low: float, high: float) -> None:
        """Keep what the loader found."""
        ...


OnStart = Callable[[LoadedSeries], None]
OnSlices = Callable[[int, int], None]


def load_series(
    index: InstanceSource,
    series: Series,
    *,
    first_slice: int | None = None,
    progress: Progress = SILENT,
    on_start: OnStart | None = None,
    on_slices: OnSlices | None = None,
) -> LoadedSeries:
    """Load a series of the library.

    Parameters
    ----------
    index : StudyIndex
        Where its files are listed.
    first_slice : int, optional
        Slice of the volume that is wanted first; the middle one when not given.
    on_start : callable, optional
        Given the empty volume before any pixel was read.
    on_slices : callable, optional
        Called as `on_slices(first, last)` when these slices of the volume can be shown, at most about thirty
        times a second for each run of slices, from the calling thread.

    Raises
    ------
    BadInput
        When there is nothing to show, or no slice could be read.
    Cancelled
        Within 200 ms of the cancel.
    """
    parts = split_series(index.all_instances(series.series_uid))
    part = next((part for part in parts if part.part == series.part), None)
    if part is None or part.geometry is None:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The series holds no images that can be shown.")))
    loaded = load_part(
        part, series, first_slice=first_slice, progress=progress, on_start=on_start, on_slices=on_slices
    )
    if loaded.value_range is not None:
        index.set_value_range(series, *loaded.value_range)
    return loaded


def load_part(
    part: SeriesPart,
    series: Series,
    *,
    first_slice: int | None = None,
    progress: Progress = SILENT,
    on_start: OnStart | None = None,
    on_slices: OnSlices | None = None,
) -> LoadedSeries:
    """Load files that need not be in a library; see `load_series`."""
    loaded = allocate(part, series)
    if on_start is not None:
        on_start(loaded)
    _Loading(loaded, on_slices, progress).run(first_slice)
    return loaded


class _Loading:
    """One run of the loader: follows the slices that come in and tells what can be shown."""

    def __init__(self, loaded: LoadedSeries, on_slices: OnSlices | None, progress: Progress) -> None:
        self._loaded = loaded
        self._on_slices = on_slices
        self._progress = progress
        self._tiles = TilePlacer(loaded) if loaded.part.tiles else None
        self._read = np.zeros(len(loaded.part.frames), np.bool_)
        self._failed: list[SliceDone] = []
        self._low, self._high = np.inf, -np.inf
        self._saturated = self._inexact = False

    def run(self, first_slice: int | None) -> None:
        loaded = self._loaded
        count = len(loaded.part.frames)
        order = outward(self._stored_index(first_slice), count)
        done = 0
        out = loaded.stored_slice if self._tiles is None else self._tiles.buffer
        for batch in read_slices(loaded.part.frames, out, order, self._progress):
            shown = [k for slice_done in batch for k in self._accept(slice_done)]
            self._tell(shown)
            done += len(batch)
            self._progress.report(done / count)
        self._finish()

    def _stored_index(self, first_slice: int | None) -> int:
        """Give the stored slice nearest to a slice of the volume; of a slide the middle tile."""
        if self._tiles is not None:
            return len(self._loaded.part.frames) // 2
        grid = self._loaded.grid
        wanted = grid.shape_ijk[2] // 2 if first_slice is None else first_slice
        occupied = np.flatnonzero(grid.below >= 0)
        return int(grid.below[occupied[np.argmin(np.abs(occupied - wanted))]])

    def _accept(self, done: SliceDone) -> list[int]:
        """Take in one slice and give the volume's slices that became complete by it."""
        loaded = self._loaded
        if done.facts is None:
            self._failed.append(done)
            if self._tiles is not None:
                self._tiles.drop(done.index)
            else:
                loaded.stored_slice(done.index)[...] = loaded.format.fill
            return []
        self._low = min(self._low, done.facts.low)
        self._high = max(self._high, done.facts.high)
        self._saturated |= done.facts.saturated
        self._inexact |= done.facts.inexact
        self._read[done.index] = True
        if self._tiles is not None:
            return [self._tiles.place(done.index)]
        if loaded.stored_slices is None:
            return [loaded.grid.slot_of_stored[done.index]]
        return self._resample_around(done.index, loaded.stored_slices)

    def _resample_around(self, stored: int, slices: NDArray[Any]) -> list[int]:
        loaded, grid = self._loaded, self._loaded.grid
        touched = np.flatnonzero((grid.below == stored) | (grid.above == stored))
        ready = [int(k) for k in touched if self._read[grid.below[k]] and self._read[grid.above[k]]]
        for k in ready:
            loaded.volume.voxels[k] = grid_slice(slices, loaded.geometry, grid, k, loaded.format.fill)
        return ready

    def _tell(self, shown: list[int]) -> None:
        self._loaded.filled[shown] = True
        if self._on_slices is not None:
            for first, last in runs(shown):
                self._on_slices(first, last)

    def _finish(self) -> None:
        loaded = self._loaded
        if not self._read.any():
            raise self._nothing_read()
        loaded.warnings += tuple(self._failure(done) for done in self._failed[:_NAMED_FAILURES])
        if len(self._failed) > _NAMED_FAILURES:
            text = QT_TRANSLATE_NOOP(
                "Message", "More files that could not be read: {count}; their slices are empty."
            )
            loaded.warnings += (message(text, count=len(self._failed) - _NAMED_FAILURES),)
        if self._saturated:
            text = QT_TRANSLATE_NOOP("Message", "Values beyond {low} to {high} are cut to this range.")
            limits = np.iinfo(loaded.format.dtype)
            loaded.warnings += (message(text, low=int(limits.min), high=int(limits.max)),)
        if self._inexact:
            text = QT_TRANSLATE_NOOP("Message", "Values are rounded to single precision.")
            loaded.warnings += (message(text),)
        if np.isfinite([self._low, self._high]).all():
            loaded.value_range = self._low, self._high
        if not loaded.filled.all():
            # So far the lowest value that was to be expected stands there; the lowest there is fits better.
            loaded.volume.voxels[~loaded.filled] = loaded.background

    def _nothing_read(self) -> BadInput:
        first = self._failed[0]
        path = Path(self._path(first))
        if path.exists():
            text = QT_TRANSLATE_NOOP("Message", "{name} could not be read: {reason}")
            return BadInput(message(text, name=path.name, reason=first.reason or ""))
        text = QT_TRANSLATE_NOOP("Message", "{path}: the files of this series are no longer there.")
        hint = QT_TRANSLATE_NOOP("Message", "Put them back, or import them from where they are now.")
        return BadInput(message(text, path=str(path.parent)), message(hint))

    def _path(self, done: SliceDone) -> str:
        return self._loaded.part.frames[done.index].instance.path

    def _failure(self, done: SliceDone) -> Message:
        name = PurePath(self._path(done)).name
        text = QT_TRANSLATE_NOOP("Message", "{name} could not be read, its slice is empty: {reason}")
        return message(text, name=name, reason=done.reason or "")


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Gather numbers into runs of consecutive ones, as (first, last)."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
