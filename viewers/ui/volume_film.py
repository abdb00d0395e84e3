"""Steps and plays through the volumes of the open series, in the place of one another."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.services import Services
from viewers.cine import Cine
from viewers.ui.sequence_loader import SequenceLoader
from viewers.ui.series_opener import SeriesOpener
from viewers.viewer_document import ViewerDocument
from viewers.volume_sequence import SequenceVolume

_FIRST_RATE = 8.0


class VolumeFilm(QObject):
    """Shows the volumes of a sequence one after the other; position, window and layout stay.

    A volume that has not been loaded yet is waited for.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Where the volumes are shown.
    opener : SeriesOpener
        Loads the first of them.
    """

    changed = Signal()

    def __init__(
        self,
        services: Services,
        document: ViewerDocument,
        opener: SeriesOpener,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._opener = opener
        self._waits_for: int | None = None
        self.cine = Cine(_FIRST_RATE)
        self.loader = SequenceLoader(services.library, services.report_error, self)
        self.loader.listed.connect(self.changed)
        self.loader.came.connect(self._came)
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._next)

    @property
    def count(self) -> int:
        """How many volumes play together; 0 where there is only one."""
        return len(self.loader.parts.sequence)

    @property
    def index(self) -> int:
        """Which of them is shown, or will be as soon as it is loaded; -1 for none."""
        if self._waits_for is not None:
            return self._waits_for
        return self.loader.parts.index_of(self._document.series)

    @property
    def waiting(self) -> bool:
        """Whether the volume of `index` is still being loaded."""
        return self._waits_for is not None

    @property
    def playing(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Look for what plays together with the series that is open now, complete."""
        series, volume = self._document.listed_series, self._document.volume
        if series is not None and volume is not None and self._opener.settled:
            self.loader.find(SequenceVolume(volume, series, self._document.warnings))

    def forget(self) -> None:
        """Stop, and let go of all volumes."""
        self._timer.stop()
        self._waits_for = None
        self.loader.forget()

    def toggle(self) -> None:
        """Play the volumes, or stop."""
        if self.playing:
            self._timer.stop()
        elif self.count:
            self._start_timer()
        self.changed.emit()

    def stop(self) -> None:
        """Stop playing."""
        if self.playing:
            self.toggle()

    def set_rate(self, volumes_per_second: float) -> None:
        """Play faster or slower, 1 to 60 volumes a second."""
        self.cine = self.cine.at_rate(volumes_per_second)
        if self.playing:
            self._start_timer()
        self.changed.emit()

    def step(self, steps: int) -> None:
        """Show a later volume, or an earlier one."""
        if self.count:
            self.show(self.index + steps, 1 if steps > 0 else -1)

    def show(self, index: int, direction: int = 1) -> None:
        """Show a volume, as soon as it is loaded; after the last comes the first."""
        if not self.count:
            return
        index %= self.count
        self.loader.want(index, direction)
        if index == self.loader.parts.index_of(self._document.series):
            self._waits_for = None
        elif index in self.loader.volumes:
            self._exchange(index)
        else:
            self._waits_for = index if self.loader.can_come(index) else None
        self.changed.emit()

    def close(self) -> None:
        """End the work in the background."""
        self._timer.stop()
        self.loader.close()

    def _start_timer(self) -> None:
        self._timer.start(round(1000 / self.cine.frames_per_second))

    def _next(self) -> None:
        if self._waits_for is not None and self.loader.can_come(self._waits_for):
            return
        later = (self.index + step for step in range(1, self.count))
        readable = (index for index in later if self.loader.can_come(index % self.count))
        self.show(next(readable, self.index))

    def _came(self, index: int) -> None:
        if index == self._waits_for:
            self._exchange(index)
        self.changed.emit()

    def _exchange(self, index: int) -> None:
        self._waits_for = None
        found = self.loader.volumes[index]
        self._opener.follow(found.series)
        self._document.exchange(found.volume, found.series, found.warnings)
