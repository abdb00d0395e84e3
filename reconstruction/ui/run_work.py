"""The jobs of the Reconstruction page, told in the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import SenseError
from core.job import Job, JobState
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from reconstruction.edited_scene import EditedScene
from reconstruction.photograph_list import list_photographs
from reconstruction.result_edits import ResultEdits
from reconstruction.result_export import export_result
from reconstruction.shown_result import read_result
from reconstruction.workspace_run import RunSettings, run


class _Relay(QObject):
    """Lives as long as the jobs that tell by it, which may be longer than the page."""

    listed = Signal(object)
    shown = Signal(object)
    finished = Signal(object)
    seen = Signal(object)


class RunWork(QObject):
    """Runs what the page asks for.

    Signals: `listed(ListedPhotograph)` for every photograph that was looked at; `list_ended`;
    `shown(ShownResult)` after every stage, `finished(ShownResult)` when it is stored or was read;
    `run_seen(Job)` for what becomes of a run, `failed(SenseError)` where a list or a folder cannot be read or
    a file cannot be written; `exported` when it is.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    listed = Signal(object)
    list_ended = Signal()
    shown = Signal(object)
    finished = Signal(object)
    run_seen = Signal(object)
    failed = Signal(object)
    exported = Signal()

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._run_id = self._list_id = self._open_id = self._export_id = 0
        self._relay = relay = _Relay()
        queued = Qt.ConnectionType.QueuedConnection
        relay.listed.connect(self.listed, queued)
        relay.shown.connect(self.shown, queued)
        relay.finished.connect(self.finished, queued)
        relay.seen.connect(self._see, queued)
        services.runner.listen(relay.seen.emit)

    @property
    def running(self) -> bool:
        """Whether photographs are being reconstructed."""
        return self._is_active(self._run_id)

    @property
    def listing(self) -> bool:
        """Whether photographs are being looked at."""
        return self._is_active(self._list_id)

    def _is_active(self, job_id: int) -> bool:
        return any(job.id == job_id for job in self._services.runner.active())

    def list(self, paths: list[Path], taken: list[str]) -> None:
        """Look at photographs."""
        title = message(QT_TRANSLATE_NOOP("Message", "Look at photographs"))
        self._list_id = self._services.runner.submit(title, _list, paths, taken, self._relay).id

    def run(self, settings: RunSettings, *, is_film: bool) -> None:
        """Reconstruct."""
        title = message(QT_TRANSLATE_NOOP("Message", "Reconstruct from photographs"))
        self._run_id = self._services.runner.submit(title, _run, settings, is_film, self._relay).id

    def open(self, folder: Path) -> None:
        """Read a reconstruction's folder."""
        title = message(QT_TRANSLATE_NOOP("Message", "Read the reconstruction"))
        self._open_id = self._services.runner.submit(title, _open, folder, self._relay).id

    def export(self, path: Path, edited: EditedScene, edits: ResultEdits) -> None:
        """Write the mesh as it is shown."""
        title = message(QT_TRANSLATE_NOOP("Message", "Export the reconstruction"))
        self._export_id = self._services.runner.submit(title, _export, path, edited, edits).id

    def cancel(self) -> None:
        """End the run; what its stages gave is kept."""
        self._services.runner.cancel(self._run_id)

    def close(self) -> None:
        """End everything and tell nothing any more."""
        for job_id in (self._run_id, self._list_id, self._open_id, self._export_id):
            self._services.runner.cancel(job_id)
        self._relay.disconnect(self)

    def _see(self, job: Job) -> None:
        if job.id == self._run_id:
            self.run_seen.emit(job)
        elif job.id in (self._list_id, self._open_id, self._export_id) and job.state.ended:
            if job.state is JobState.FAILED and job.error is not None:
                self.failed.emit(SenseError(job.error, job.hint))
            if job.id == self._list_id:
                self.list_ended.emit()
            if job.id == self._export_id and job.state is JobState.DONE:
                self.exported.emit()


def _list(paths: list[Path], taken: list[str], relay: _Relay, *, progress: Progress = SILENT) -> None:
    list_photographs(paths, taken, progress=progress, on_listed=relay.listed.emit)


def _run(settings: RunSettings, is_film: bool, relay: _Relay, *, progress: Progress = SILENT) -> None:
    relay.finished.emit(run(settings, is_film, on_shown=relay.shown.emit, progress=progress))


def _export(path: Path, edited: EditedScene, edits: ResultEdits, *, progress: Progress = SILENT) -> None:
    export_result(path, edited, edits, progress=progress)


def _open(folder: Path, relay: _Relay, *, progress: Progress = SILENT) -> None:
    relay.finished.emit(read_result(folder, progress=progress))
