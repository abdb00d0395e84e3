"""Opens a volume file in the views, as a job; the library does not take it in."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import Cancelled, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from imaging.file_series import FileSeries, read_file_series
from viewers.ui.series_opener import SeriesOpener
from viewers.viewer_document import ViewerDocument

_GROUP = "care.open-series"


class _Relay(QObject):
    """Lives as long as the job that tells by it."""

    read = Signal(object, object)
    failed = Signal(object, object)


class VolumeFileOpener(QObject):
    """Opens one file at a time; a newer one, or a series, supersedes it.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Where it is shown.
    opener : SeriesOpener
        Gives up what it loads.
    """

    opened = Signal()

    def __init__(
        self,
        services: Services,
        document: ViewerDocument,
        opener: SeriesOpener,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._opener = opener
        self._wanted: Path | None = None
        self._relay = _Relay()
        queued = Qt.ConnectionType.QueuedConnection
        self._relay.read.connect(self._take, queued)
        self._relay.failed.connect(self._fail, queued)

    def open(self, paths: list[Path]) -> None:
        """Read the first of some files and show it, and say so of the others; loading is given up."""
        for other in paths[1:]:
            text = QT_TRANSLATE_NOOP("Message", "{path} was not opened: one volume file is shown at a time.")
            self._services.report_error(SenseError(message(text, path=str(other))))
        self._wanted = path = paths[0]
        self._opener.forget()
        title = message(QT_TRANSLATE_NOOP("Message", "Open volume file"))
        self._services.runner.submit(title, _read, path, self._services.library, self._relay, group=_GROUP)

    def forget(self) -> None:
        """Show nothing of what is still being read: a series is opened."""
        self._wanted = None

    def _take(self, path: Path, found: FileSeries) -> None:
        if path == self._wanted:
            self._wanted = None
            self._document.open(found.volume, found.series, None, found.warnings)
            self._document.slices_filled([(0, found.volume.shape_ijk[2] - 1)])
            self._document.loaded(found.series, found.warnings)
            self.opened.emit()

    def _fail(self, path: Path, error: SenseError) -> None:
        if path == self._wanted:
            self._wanted = None
            self._services.report_error(error)


def _read(path: Path, library: Library, relay: _Relay, *, progress: Progress = SILENT) -> None:
    """Read in a working thread."""
    try:
        found = read_file_series(path)
        progress.check()
        library.audit.append("care.open-file")
        relay.read.emit(path, found)
    except SenseError as error:
        relay.failed.emit(path, error)
        raise
    except Cancelled:
        raise
    except Exception as error:
        # The job says so, too, and logs the cause; here it ends the waiting.
        text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
        relay.failed.emit(path, SenseError(message(text, kind=type(error).__name__)))
        raise
