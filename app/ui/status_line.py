"""The status bar: a passing message, the notice, and the jobs at work."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from app.icons import set_icon
from core.job import Job, JobState


class StatusLine(QStatusBar):
    """Emits `jobs_chosen` when the jobs are clicked."""

    jobs_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._notice = QLabel(self)
        self._notice.setObjectName("notForDiagnosis")
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(110)
        self._bar.hide()
        self._jobs_button = QToolButton(self)
        self._jobs_button.setAutoRaise(True)
        self._jobs_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_icon(self._jobs_button, "jobs")
        self._jobs_button.clicked.connect(self.jobs_chosen)
        for widget in (self._notice, self._bar, self._jobs_button):
            self.addPermanentWidget(widget)
        self._jobs: dict[int, Job] = {}
        self.retranslate()

    def show_job(self, job: Job) -> None:
        """Count a job, or show its newer snapshot."""
        self._jobs[job.id] = job
        active = self._active()
        if not active and job.state is not JobState.FAILED:
            self._jobs = {key: other for key, other in self._jobs.items() if other.state is JobState.FAILED}
        self._bar.setVisible(bool(active))
        if active:
            self._bar.setValue(round(1000 * sum(other.fraction for other in active) / len(active)))
        self.retranslate()

    def forget_failed(self) -> None:
        """Stop counting failed jobs: the user has seen them."""
        self._jobs = {job.id: job for job in self._active()}
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text."""
        self._notice.setText(self.tr("Not a medical device · not for diagnosis"))
        active = len(self._active())
        failed = sum(job.state is JobState.FAILED for job in self._jobs.values())
        if active:
            text = self.tr("Jobs: {count}").format(count=active)
        elif failed:
            text = self.tr("Failed jobs: {count}").format(count=failed)
        else:
            text = self.tr("Jobs")
        self._jobs_button.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _active(self) -> list[Job]:
        return [job for job in self._jobs.values() if not job.state.ended]
