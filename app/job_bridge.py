"""From the working threads of the job runner to the window's thread."""

from PySide6.QtCore import QObject, Signal

from core.job import Job, JobRunner


class JobBridge(QObject):
    """Emits `changed(job)` for every snapshot of the runner.

    Connect slots of widgets to it: Qt queues the signal into the thread that they live in.
    """

    changed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        runner.listen(self._pass_on)

    def _pass_on(self, job: Job) -> None:
        self.changed.emit(job)
