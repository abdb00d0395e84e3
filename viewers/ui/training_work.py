"""The work of the training page: reading the data and training, each as a job."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from core.context import Context
from core.errors import Cancelled, SenseError
from core.job import Job
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.services import Services
from imaging.volume_access import DiskVolumes
from models.training.engine_process import TrainingEvent
from viewers.training_commands import TrainOptions, run_folder_of, train
from viewers.training_summary import summarise

READING, TRAINING = "training-read", "training"


class TrainingWork(QObject):
    """Tells what becomes of the jobs in the thread of the window.

    `read(DataSummary)`, `training_event(TrainingEvent)`, `trained(TrainReport)`, `failed(SenseError)`,
    `cancelled()`.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    read = Signal(object)
    training_event = Signal(object)
    trained = Signal(object)
    failed = Signal(object)
    cancelled = Signal()
    progressed = Signal(object)
    _told = Signal(str, object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._job: Job | None = None
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        alive = [self]  # jobs tell from their threads, also after this object has gone
        self._alive = alive
        services.runner.listen(lambda job: [one._see(job) for one in list(alive)])

    def close(self) -> None:
        """Hear nothing any more; a training that runs is cancelled, and can be gone on with."""
        self._alive.clear()
        self.cancel()

    @property
    def running(self) -> bool:
        """Tell whether a training runs."""
        return any(job.group == TRAINING for job in self._services.runner.active())

    def folder(self) -> Path:
        """Give where models are made before they enter the store."""
        return self._services.library.folder / "training"

    def can_resume(self, output: Path) -> bool:
        """Tell whether a training of this name was cancelled."""
        return (run_folder_of(output) / "plan.json").is_file()

    def read_data(self, options: TrainOptions) -> None:
        """Look at the data."""
        title = message(QT_TRANSLATE_NOOP("Message", "Read labelled images"))
        self._submit(title, READING, "read", lambda context: summarise(context, options))

    def train(self, options: TrainOptions) -> None:
        """Train, and add the model to the store."""
        assert options.output is not None
        title = message(QT_TRANSLATE_NOOP("Message", "Train {name}"), name=options.output.stem)

        def tell(event: TrainingEvent) -> None:
            self._told.emit("training_event", event)

        self._job = self._submit(title, TRAINING, "trained", lambda context: train(context, options, tell))

    def cancel(self) -> None:
        """End the training; what it learnt so far is kept."""
        if self._job is not None:
            self._services.runner.cancel(self._job.id)

    def _submit(self, title: Message, group: str, kind: str, work: Callable[[Context], Any]) -> Job:
        def run(*, progress: Progress) -> Any:
            context = Context(self._services.library, progress, volumes=DiskVolumes())
            try:
                result = work(context)
            except SenseError as error:
                self._told.emit("failed", error)
                raise
            except Cancelled:
                if group == TRAINING:
                    self._told.emit("cancelled", None)
                raise
            self._told.emit(kind, result)
            return result

        return self._services.runner.submit(title, run, group=group)

    def _see(self, job: Job) -> None:
        if job.group == TRAINING:
            self._told.emit("progressed", job)

    def _tell(self, kind: str, value: object) -> None:
        if kind == "cancelled":
            self.cancelled.emit()
        else:
            getattr(self, kind).emit(value)
