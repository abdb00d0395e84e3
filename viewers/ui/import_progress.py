"""A thin bar that shows how far the running imports are."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QVBoxLayout, QWidget

from core.job import Job
from core.services import Services

IMPORT_GROUP = "import"


class _JobRelay(QObject):
    seen = Signal(object)


class ImportProgress(QWidget):
    """Visible only while jobs of the import group run; `imported` comes when one has ended."""

    GROUP = IMPORT_GROUP

    imported = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._jobs: dict[int, Job] = {}
        self._text = QLabel()
        self._bar = QProgressBar(maximum=1000, textVisible=False)
        self._bar.setFixedHeight(6)
        self._cancel = QToolButton(autoRaise=True)
        self._cancel.clicked.connect(self._cancel_all)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        row.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self._bar)
        self.retranslate()
        self.hide()
        self._listen(services)

    def _listen(self, services: Services) -> None:
        relay = _JobRelay()
        relay.seen.connect(self._job_seen)
        alive = [relay]  # jobs tell from their threads, also after this widget has gone
        self.destroyed.connect(lambda: alive.clear())
        group = self.GROUP
        services.runner.listen(lambda job: [one.seen.emit(job) for one in list(alive) if _is_of(group, job)])
        for job in services.runner.active():
            if _is_of(group, job):
                self._job_seen(job)

    def _job_seen(self, job: Job) -> None:
        known = job.id in self._jobs
        if job.state.ended:
            self._jobs.pop(job.id, None)
        else:
            self._jobs[job.id] = job
        self._show_jobs()
        if job.state.ended and known:
            self.imported.emit()

    def _show_jobs(self) -> None:
        self.setVisible(bool(self._jobs))
        if not self._jobs:
            self._text.clear()
            return
        newest = self._jobs[max(self._jobs)]
        self._text.setText(self._services.translate(newest.message or newest.title))
        fraction = sum(job.fraction for job in self._jobs.values()) / len(self._jobs)
        self._bar.setRange(0, 1000 if fraction > 0 else 0)
        self._bar.setValue(round(1000 * fraction))

    def _cancel_all(self) -> None:
        for job_id in self._jobs:
            self._services.runner.cancel(job_id)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._cancel.setText(self.tr("Cancel"))
        self._cancel.setToolTip(self.tr("Stop importing; what is imported already stays"))
        self._bar.setAccessibleName(self.tr("Import progress"))
        self._show_jobs()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _is_of(group: str, job: Job) -> bool:
    return job.group is not None and job.group.split(":")[0] == group
