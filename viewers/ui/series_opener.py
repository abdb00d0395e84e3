"""Opens a series as a job and brings what it loads to the document, on the main thread."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from core.services import Services
from core.study import Study
from viewers.series_loading import FilledSlices, LoadingEvents, open_series
from viewers.viewer_document import ViewerDocument

_GROUP = "care.open-series"
# Slices that come are shown at most this often: drawing must not slow the loading down.
_SHOW_INTERVAL_MS = 60
# While files are still being found, the series is loaded again when it has grown by this factor.
_WORTH_LOADING = 1.5


class SeriesOpener(QObject):
    """Loads one series at a time; a newer one supersedes it.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        What is filled.
    """

    opened = Signal()
    filled = Signal()
    ended = Signal()
    failed = Signal()
    _started = Signal(int, object, object)
    _slices = Signal(int)
    _finished = Signal(int, object)
    _failed = Signal(int, object)

    def __init__(self, services: Services, document: ViewerDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._opening = 0
        self._job: int | None = None
        self._quiet = False
        self._shown = False
        self._importing = False
        self._began_importing = False
        self._has_holes = False
        self._known: Series | None = None
        self._loaded_instances = 0
        self._waiting = FilledSlices(lambda: None)
        self._timer = QTimer(self, singleShot=True, interval=_SHOW_INTERVAL_MS)
        self._timer.timeout.connect(self._take_slices)
        queued = Qt.ConnectionType.QueuedConnection
        self._started.connect(self._start, queued)
        self._slices.connect(self._slices_wait, queued)
        self._finished.connect(self._finish, queued)
        self._failed.connect(self._fail, queued)

    @property
    def loading(self) -> bool:
        """Whether a series is being loaded."""
        return self._job is not None

    @property
    def settled(self) -> bool:
        """Whether nothing is being loaded, and no files are being found that may add to it."""
        return self._job is None and not self._importing

    def open(self, series: Series) -> None:
        """Load a series into the document; what was being loaded is given up."""
        self._known = series
        self._loaded_instances = 0
        self._submit(series, quiet=False)

    def grow(self, series: Series) -> None:
        """Tell how many files a series now has; the open one is loaded again when it has grown by half.

        The larger volume then takes the place of what is shown.
        """
        if self._known is not None and _same(series, self._known):
            self._known = series
            self._follow()

    def follow(self, series: Series) -> None:
        """Tell that another part of the open series is shown, complete."""
        self._known, self._loaded_instances, self._has_holes = series, series.instances, False

    def set_importing(self, importing: bool) -> None:
        """Tell whether files are still being found; when not, also a little growth is worth loading."""
        self._importing = importing
        self._follow()

    def _follow(self) -> None:
        if self.loading or self._known is None:
            return
        if self._has_holes and not self._importing:
            self._submit(self._known, quiet=self._loaded_instances > 0)
            return
        if not self._loaded_instances:
            return
        enough = self._loaded_instances * _WORTH_LOADING if self._importing else self._loaded_instances + 1
        if self._known.instances >= enough:
            self._submit(self._known, quiet=True)

    def _submit(self, series: Series, *, quiet: bool) -> None:
        self._quiet = quiet
        self._shown = self._has_holes = False
        # Files that were moved are not all known at their new place before the import has ended.
        self._began_importing = self._importing
        self._opening += 1
        self._timer.stop()
        opening = self._opening
        self._waiting = FilledSlices(lambda: self._slices.emit(opening))
        title = message(QT_TRANSLATE_NOOP("Message", "Open series"))
        job = self._services.runner.submit(title, self._load, series, opening, self._waiting, group=_GROUP)
        self._job = job.id

    def cancel(self) -> None:
        """Give up what is being loaded."""
        self._opening += 1
        self._timer.stop()
        if self._job is not None:
            self._services.runner.cancel(self._job)
            self._job = None

    def forget(self) -> None:
        """Give up what is being loaded, and follow no series: something else is shown."""
        self.cancel()
        self._known, self._loaded_instances, self._has_holes = None, 0, False

    def _load(
        self, series: Series, opening: int, waiting: FilledSlices, *, progress: Progress = SILENT
    ) -> None:
        # In a working thread.
        def started(loaded: object, study: Study | None) -> None:
            self._started.emit(opening, loaded, study)

        try:
            events = LoadingEvents(started, waiting.add)
            loaded = open_series(self._services.library, series, events, progress=progress)
        except SenseError as error:
            self._failed.emit(opening, error)
            raise
        self._finished.emit(opening, loaded)

    def _start(self, opening: int, loaded: object, study: Study | None) -> None:
        if opening == self._opening and not self._quiet:
            self._shown = True
            self._document.open(loaded.volume, loaded.series, study, loaded.warnings)
            self.opened.emit()

    def _slices_wait(self, opening: int) -> None:
        if opening != self._opening or self._quiet:
            return
        if self._document.filled_fraction == 0.0:
            # The first picture is shown at once.
            self._take_slices()
        elif not self._timer.isActive():
            self._timer.start()

    def _take_slices(self) -> None:
        ranges = self._waiting.take()
        if ranges:
            self._document.slices_filled(ranges)
            self.filled.emit()

    def _finish(self, opening: int, loaded: object) -> None:
        if opening == self._opening:
            self._timer.stop()
            self._job = None
            self._loaded_instances = len(loaded.part.instances)
            self._has_holes = self._began_importing and not loaded.filled.all()
            if self._quiet:
                self._document.grow(loaded.volume, loaded.listed, loaded.warnings)
            else:
                self._document.slices_filled(self._waiting.take())
                self._document.loaded(loaded.listed, loaded.warnings)
            self.filled.emit()
            self.ended.emit()
            self._follow()

    def _fail(self, opening: int, error: SenseError) -> None:
        if opening == self._opening:
            self._job = None
            if self._shown:
                self._document.close()
            self._has_holes = self._began_importing
            if not self._has_holes:
                self._services.report_error(error)
                self.failed.emit()
            self.ended.emit()
            self._follow()


def _same(series: Series, other: Series) -> bool:
    return (series.series_uid, series.part) == (other.series_uid, other.part)
