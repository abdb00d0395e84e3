"""What the Live page does in the background besides following a camera: maps are read and written."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import SenseError
from core.job import Job, JobState
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from core.services import Services
from core.visual_map import VisualMap
from reconstruction.slam.map_source import open_map


class LiveJobs(QObject):
    """Reads and writes maps in jobs; errors are told by the window.

    Signals: `saved(folder)`, and `was_read(path, VisualMap)`.
    """

    saved = Signal(object)
    was_read = Signal(object, object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._save, self._read = (0, Path()), (0, Path())
        self._relay = _Relay()  # jobs may live longer than the page
        self._relay.seen.connect(self._see, Qt.ConnectionType.QueuedConnection)
        services.runner.listen(self._relay.seen.emit)

    def save(self, write: Callable[..., None], folder: Path) -> None:
        """Let a map be written into a new folder."""
        title = message(QT_TRANSLATE_NOOP("Message", "Save the map"))
        self._save = self._services.runner.submit(title, write, folder).id, folder

    def read(self, path: Path) -> None:
        """Read a map; one that is still being read is given up."""
        self._services.runner.cancel(self._read[0])
        title = message(QT_TRANSLATE_NOOP("Message", "Open the map"))
        self._read = self._services.runner.submit(title, _read_map, path).id, path

    def close(self) -> None:
        """End all of them."""
        for number, _ in (self._save, self._read):
            self._services.runner.cancel(number)
        self._relay.disconnect(self)

    def _see(self, job: Job) -> None:
        if job.id not in (self._save[0], self._read[0]) or not job.state.ended:
            return
        if job.state is not JobState.DONE:
            if job.error is not None:
                self._services.report_error(SenseError(job.error, job.hint))
        elif job.id == self._save[0]:
            self.saved.emit(self._save[1])
        else:
            self.was_read.emit(self._read[1], job.result)


class _Relay(QObject):
    seen = Signal(object)


def _read_map(path: Path, *, progress: Progress) -> VisualMap:
    progress.check()
    return open_map(path)
