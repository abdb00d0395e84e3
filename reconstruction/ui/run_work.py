"""The jobs of the Reconstruction page, told in the window's thread."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import SenseError
from core.job import Job, JobState
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from reconstruction.edited_scene import EditedScene
from reconstruction.photograph_list import ListedPhotograph, list_photographs
from reconstruction.result_edits import ResultEdits
from reconstruction.result_export import export_result
from reconstruction.shown_result import ShownResult, read_result
from reconstruction.workspace_run import RunSettings, run


class _Relay(QObject):
    """Lives as long as the jobs that tell by it, which may be longer than the page."""

    listed = Signal(int, object)
    shown = Signal(int, object)
    finished = Signal(int, object)
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
        self._run_id = self._list_id = self._open_id = self._export_id = self._turn = 0
        self._relay = relay = _Relay()
        queued = Qt.ConnectionType.QueuedConnection
        relay.listed.connect(self._pass_listed, queued)
        relay.shown.connect(self._pass_shown, queued)
        relay.finished.connect(self._pass_finished, queued)
        relay.seen.connect(self._see, queued)
        services.runner.listen(relay.seen.emit)

    # Methods, not lambdas: only for these does Qt know in which thread they are to be called.

    def _pass_listed(self, turn: int, listed: ListedPhotograph) -> None:
        if turn == self._turn:
            self.listed.emit(listed)

    def _pass_shown(self, turn: int, result: ShownResult) -> None:
        if turn == self._turn:
            self.shown.emit(result)

    def _pass_finished(self, turn: int, result: ShownResult) -> None:
        if turn == self._turn:
            self.finished.emit(result)

    @property
    def opening(self) -> bool:
        """Whether a result is being read."""
        return self._is_active(self._open_id)

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
        self._list_id = self._services.runner.submit(title, _list, paths, taken, self._turn, self._relay).id

    def run(self, settings: RunSettings, *, is_film: bool) -> None:
        """Reconstruct."""
        title = message(QT_TRANSLATE_NOOP("Message", "Reconstruct from photographs"))
        call = (_run, settings, is_film, self._turn, self._relay)
        self._run_id = self._services.runner.submit(title, *call).id

    def open(self, folder: Path) -> None:
        """Read a reconstruction's folder."""
        title = message(QT_TRANSLATE_NOOP("Message", "Read the reconstruction"))
        self._open_id = self._services.runner.submit(title, _open, folder, self._turn, self._relay).id

    def export(self, path: Path, edited: EditedScene, edits: ResultEdits) -> None:
        """Write the mesh as it is shown."""
        title = message(QT_TRANSLATE_NOOP("Message", "Export the reconstruction"))
        self._export_id = self._services.runner.submit(title, _export, path, edited, edits).id

    def cancel(self) -> None:
        """End the run; what its stages gave is kept."""
        self._services.runner.cancel(self._run_id)

    def forget(self) -> None:
        """End what is being read, and tell nothing of it any more."""
        self._turn += 1
        for job_id in (self._list_id, self._open_id):
            self._services.runner.cancel(job_id)
        self._list_id = self._open_id = 0

    def close(self) -> None:
        """End everything and tell nothing any more."""
        for job_id in (self._run_id, self._list_id, self._open_id, self._export_id):
            self._services.runner.cancel(job_id)
        self._turn = -1
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


def _list(
    paths: list[Path], taken: list[str], turn: int, relay: _Relay, *, progress: Progress = SILENT
) -> None:
    list_photographs(paths, taken, progress=progress, on_listed=lambda one: relay.listed.emit(turn, one))


def _run(
    settings: RunSettings, is_film: bool, turn: int, relay: _Relay, *, progress: Progress = SILENT
) -> None:
    made = run(settings, is_film, on_shown=lambda one: relay.shown.emit(turn, one), progress=progress)
    relay.finished.emit(turn, made)


def _export(path: Path, edited: EditedScene, edits: ResultEdits, *, progress: Progress = SILENT) -> None:
    export_result(path, edited, edits, progress=progress)


def _open(folder: Path, turn: int, relay: _Relay, *, progress: Progress = SILENT) -> None:
    relay.finished.emit(turn, read_result(folder, progress=progress))
