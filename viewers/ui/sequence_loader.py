"""Loads the volumes of the open series' sequence in the background, those first that are shown next."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from core.errors import SenseError
from core.library import Library
from core.progress import CancelToken, SilentProgress
from viewers.ui.background_calls import BackgroundCalls
from viewers.volume_sequence import (
    SequenceVolume,
    SeriesParts,
    find_parts,
    load_volume,
    volumes_in_memory,
    wanted_volumes,
)


class SequenceLoader(QObject):
    """Holds as many volumes of a sequence as the memory allows.

    Parameters
    ----------
    library : Library
        Where the series is.
    on_error : callable
        Given the `SenseError` of a volume that cannot be loaded.
    """

    listed = Signal()
    came = Signal(int)

    def __init__(
        self, library: Library, on_error: Callable[[SenseError], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._on_error = on_error
        self._calls = BackgroundCalls(on_error)
        self._stop = CancelToken()
        self._loading: int | None = None
        self._current, self._direction, self._most = 0, 1, 2
        self._unreadable: set[int] = set()
        self.parts = SeriesParts()
        self.volumes: dict[int, SequenceVolume] = {}

    def forget(self) -> None:
        """Let go of everything: another series is being opened."""
        self._interrupt()
        self.volumes.clear()
        self._unreadable.clear()
        if self.parts.shown:
            self.parts = SeriesParts()
            self.listed.emit()

    def find(self, shown: SequenceVolume) -> None:
        """Look for the other parts of a series that was opened, and load those of its grid."""

        def found(parts: SeriesParts) -> None:
            if stop.cancelled:
                return
            if parts.contents != self.parts.contents:
                self.volumes.clear()
                self._unreadable.clear()
            self.parts = parts
            index = parts.index_of(shown.series)
            if index >= 0:
                self._most = volumes_in_memory(shown.volume.voxels.nbytes)
                self.volumes[index] = shown
                self.want(index)
            self.listed.emit()

        self._interrupt()
        stop = self._stop
        self._calls.call("volumes", lambda: find_parts(self._library, shown.series), found)

    def want(self, index: int, direction: int = 1) -> None:
        """Hold this volume and those after it in the direction of the film."""
        self._current, self._direction = index, direction
        if self._loading is not None and self._loading not in self._wanted():
            self._interrupt()
        self._load_next()

    def can_come(self, index: int) -> bool:
        """Whether waiting for a volume makes sense: it is not known to be unreadable."""
        return index not in self._unreadable

    def close(self) -> None:
        """End the work in the background."""
        self._interrupt()
        self._calls.close()

    def _wanted(self) -> list[int]:
        return wanted_volumes(self._current, len(self.parts.sequence), self._most, self._direction)

    def _interrupt(self) -> None:
        self._stop.cancel()
        self._stop = CancelToken()
        self._loading = None

    def _load_next(self) -> None:
        wanted = self._wanted()
        for index in [index for index in self.volumes if index not in wanted]:
            del self.volumes[index]
        missing = [i for i in wanted if i not in self.volumes and i not in self._unreadable]
        if not missing:
            return
        # The one that is shown next is not made to wait for one that is only held ready.
        if self._loading is not None and (missing[0] != self._current or self._loading == self._current):
            return
        self._interrupt()
        self._load(missing[0])

    def _load(self, index: int) -> None:
        self._loading = index
        library, parts, part, stop = self._library, self.parts, self.parts.sequence[index], self._stop

        def work() -> tuple[SequenceVolume | None, SenseError | None]:
            # An error is handed over, since it concerns this volume only while it is still wanted.
            try:
                return load_volume(library, parts, part, progress=SilentProgress(stop)), None
            except SenseError as error:
                return None, error

        def done(outcome: tuple[SequenceVolume | None, SenseError | None]) -> None:
            if not stop.cancelled:
                self._take(index, *outcome)

        self._calls.call("volumes", work, done)

    def _take(self, index: int, volume: SequenceVolume | None, error: SenseError | None) -> None:
        self._loading = None
        if error is not None:
            self._unreadable.add(index)
            self._on_error(error)
        elif volume is not None:
            self.volumes[index] = volume
            self.came.emit(index)
        self._load_next()
