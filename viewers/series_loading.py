"""Opening a series of the library: the job that loads it and tells what has come."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from core.library import Library
from core.progress import SILENT, Progress
from core.series import Series
from core.study import Study
from imaging.index import StudyIndex
from imaging.loading import LoadedSeries, load_series


@dataclass(frozen=True)
class LoadingEvents:
    """What is called, from the working thread, while a series loads.

    Parameters
    ----------
    started : callable
        `started(loaded, study)`, with the geometry known and the volume still empty.
    filled : callable
        `filled(first, last)`, when these slices (both included) can be shown.
    """

    started: Callable[[LoadedSeries, Study | None], None]
    filled: Callable[[int, int], None]


def open_series(
    library: Library, series: Series, events: LoadingEvents, *, progress: Progress = SILENT
) -> LoadedSeries:
    """Load a series, the middle slice first.

    Raises
    ------
    BadInput
        When its files are gone or cannot be decoded.
    Cancelled
        When another series was opened instead.
    """
    with StudyIndex.open(library) as index:
        study = index.find_study(series.study_uid)
        library.audit.append("care.open-series", (series.study_uid, series.series_uid))
        return load_series(
            index,
            series,
            progress=progress,
            on_start=lambda loaded: events.started(loaded, study),
            on_slices=events.filled,
        )


class FilledSlices:
    """Collects the slices that came in the working thread until the main thread takes them.

    Parameters
    ----------
    notify : callable
        Called when slices wait and it was not called since they were last taken.
    """

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._lock = threading.Lock()
        self._waiting: list[tuple[int, int]] = []

    def add(self, first: int, last: int) -> None:
        """Tell of slices `first` to `last`, both included."""
        with self._lock:
            first_of_all = not self._waiting
            self._waiting.append((first, last))
        if first_of_all:
            self._notify()

    def take(self) -> list[tuple[int, int]]:
        """Give what waited."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken
