"""How far the work on the store is, how long it will take, and a button that ends it."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.job import Job
from core.services import Services
from models.ui.store_work import StoreWork


class WorkStrip(QWidget):
    """Visible only while jobs of the store run.

    Parameters
    ----------
    services : Services
        The program around it.
    work : StoreWork
        Whose jobs are shown.
    """

    def __init__(self, services: Services, work: StoreWork, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._jobs: dict[int, Job] = {}
        self._text = QLabel()
        self._bar = QProgressBar(maximum=1000, textVisible=False)
        self.cancel = QPushButton()
        self.cancel.clicked.connect(self._cancel_all)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        row.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._bar)
        work.job_seen.connect(self._job_seen)
        for job in work.active():
            self._job_seen(job)
        self.retranslate()
        self._show_jobs()

    def _job_seen(self, job: Job) -> None:
        if job.state.ended:
            self._jobs.pop(job.id, None)
        else:
            self._jobs[job.id] = job
        self._show_jobs()

    def _show_jobs(self) -> None:
        self.setVisible(bool(self._jobs))
        if not self._jobs:
            return
        newest = self._jobs[max(self._jobs)]
        parts = [self._services.translate(newest.title)]
        if newest.message is not None:
            parts.append(self._services.translate(newest.message))
        if newest.seconds_left is not None:
            parts.append(self._time_left(newest.seconds_left))
        self._text.setText(" · ".join(parts))
        fraction = sum(job.fraction for job in self._jobs.values()) / len(self._jobs)
        self._bar.setRange(0, 1000 if fraction > 0 else 0)
        self._bar.setValue(round(1000 * fraction))

    def _time_left(self, seconds: float) -> str:
        if seconds < 90:
            return self.tr("{seconds} s left").format(seconds=max(1, round(seconds)))
        return self.tr("{minutes} min left").format(minutes=round(seconds / 60))

    def _cancel_all(self) -> None:
        for job_id in self._jobs:
            self._services.runner.cancel(job_id)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop; the store stays as it was"))
        self._bar.setAccessibleName(self.tr("Progress of the model store"))
        self._show_jobs()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
