"""The jobs: progress, time left, cancel, the error with its cause."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import set_icon
from app.translator import translate_message
from app.ui.translated import TranslatedFrame, TranslatedWidget
from core.job import Job, JobRunner, JobState

_STEPS = 1000
_MOST_LINES = 6


class JobRow(TranslatedFrame):
    """One job; where its result has `rejected` items, also the reason for each of them."""

    def __init__(self, job: Job, runner: JobRunner, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("jobRow")
        self._runner = runner
        self.job = job
        self._title, self._state, self._error = QLabel(self), QLabel(self), QLabel(self)
        self._error.setObjectName("jobError")
        self._state.setProperty("dim", True)
        for label in (self._title, self._state, self._error):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.reasons = QPlainTextEdit(self, readOnly=True)
        self.reasons.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.reasons.hide()
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self.cancel_button = QToolButton(self)
        self.cancel_button.setAutoRaise(True)
        set_icon(self.cancel_button, "cancel")
        self.cancel_button.clicked.connect(self._cancel)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 10, 10)
        layout.setSpacing(5)
        layout.addLayout(top)
        for widget in (self._bar, self._state, self._error, self.reasons):
            layout.addWidget(widget)
        self.show_job(job)

    def show_job(self, job: Job) -> None:
        """Show a newer snapshot."""
        changed = job.state is not self.job.state
        self.job = job
        self._bar.setValue(round(job.fraction * _STEPS))
        self._bar.setVisible(not job.state.ended)
        self.cancel_button.setVisible(not job.state.ended)
        self._error.setVisible(job.error is not None)
        self.setProperty("state", job.state.value)
        if changed:
            self.style().polish(self)
        self.retranslate()

    def retranslate(self) -> None:
        job = self.job
        self._title.setText(translate_message(job.title))
        self._state.setText(self._state_text(job))
        parts = [translate_message(part) for part in (job.error, job.hint) if part]
        self._error.setText(" ".join(parts))
        self._show_rejected(self._rejected())
        self.cancel_button.setToolTip(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel"))

    def _rejected(self) -> tuple[Any, ...]:
        return tuple(getattr(self.job.result, "rejected", ()))

    def _show_rejected(self, rejected: tuple[Any, ...]) -> None:
        self.reasons.setVisible(bool(rejected))
        if rejected:
            self.reasons.setPlainText("\n".join(translate_message(item.reason) for item in rejected))
            self.reasons.setAccessibleName(self.tr("Not imported"))
            lines = min(len(rejected), _MOST_LINES) + 2  # one for the scroll bar
            self.reasons.setFixedHeight(lines * self.reasons.fontMetrics().lineSpacing())

    def _state_text(self, job: Job) -> str:
        if job.state is JobState.RUNNING:
            parts = [self.tr("{percent} %").format(percent=round(job.fraction * 100))]
            if job.seconds_left is not None:
                parts.append(self._time_left(job.seconds_left))
            if job.message:
                parts.append(translate_message(job.message))
            return " · ".join(parts)
        if job.state is JobState.DONE:
            parts = [self.tr("Done in {seconds} s").format(seconds=f"{job.elapsed_s:.1f}")]
            if self._rejected():
                parts.append(self.tr("Files not imported: {count}").format(count=len(self._rejected())))
            return " · ".join(parts)
        return {
            JobState.WAITING: self.tr("Waiting"),
            JobState.FAILED: self.tr("Failed"),
            JobState.CANCELLED: self.tr("Cancelled"),
        }[job.state]

    def _time_left(self, seconds: float) -> str:
        if seconds < 60:
            return self.tr("{seconds} s left").format(seconds=max(1, round(seconds)))
        return self.tr("{minutes} min left").format(minutes=round(seconds / 60))

    def _cancel(self) -> None:
        self._runner.cancel(self.job.id)
        self.cancel_button.setEnabled(False)


class JobsPanel(TranslatedWidget):
    """All jobs, newest first, and a button that clears those that have ended."""

    def __init__(self, runner: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self.rows: dict[int, JobRow] = {}
        self._empty = QLabel(self)
        self._empty.setProperty("dim", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(20, 0, 20, 0)
        self.clear_button = QPushButton(self)
        set_icon(self.clear_button, "clear")
        self.clear_button.clicked.connect(self.clear_ended)
        content = QWidget(self)
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(8, 8, 8, 8)
        self._list.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(content)
        self._scroll = scroll
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.clear_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setMinimumWidth(260)
        self._update_empty()
        self.retranslate()

    def show_job(self, job: Job) -> None:
        """Add a job, or show its newer snapshot."""
        row = self.rows.get(job.id)
        if row is None:
            row = self.rows[job.id] = JobRow(job, self._runner, self)
            self._list.insertWidget(0, row)
        else:
            row.show_job(job)
        self._update_empty()

    def clear_ended(self) -> None:
        """Take the jobs away that have ended."""
        self._runner.forget_ended()
        for job_id, row in list(self.rows.items()):
            if row.job.state.ended:
                self.rows.pop(job_id).deleteLater()
        self._update_empty()

    def retranslate(self) -> None:
        self._empty.setText(self.tr("No jobs. Imports and other long work show up here."))
        self.clear_button.setText(self.tr("Clear finished"))

    def _update_empty(self) -> None:
        self._empty.setVisible(not self.rows)
        self._scroll.setVisible(bool(self.rows))
        self.clear_button.setVisible(any(row.job.state.ended for row in self.rows.values()))
