"""How photographs are reconstructed, and how far it is."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.job import Job, JobState
from core.message import Message
from core.services import Services
from reconstruction.reconstruct_options import ReconstructOptions
from reconstruction.stage import Stage
from reconstruction.ui.more_options import MoreOptions
from reconstruction.workspace_run import QUALITIES


class RunPanel(QWidget):
    """Quality and last stage, a button that begins, and a bar while it runs.

    Signals: `start_asked`, `cancel_asked`, `settings_changed`.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    start_asked = Signal()
    cancel_asked = Signal()
    settings_changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._job: Job | None = None
        self._guess: Message | None = None
        self._ready = self._has_result = False
        self.quality, self.last = QComboBox(), QComboBox()
        self._labels = QLabel(), QLabel()
        self.each = QCheckBox()
        self.more = QPushButton()
        self._chosen: dict[str, Any] = {}
        self.stages = {stage: QComboBox() for stage in Stage}
        self._stage_labels = {stage: QLabel() for stage in Stage}
        self.start, self.cancel = QPushButton(), QPushButton()
        self.start.setProperty("primary", True)
        services.set_icon(self.start, "play")
        services.set_icon(self.cancel, "cancel")
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.status = QLabel(wordWrap=True, objectName="dim")
        self.start.clicked.connect(self.start_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.more.clicked.connect(self.ask_for_more)
        for box in (self.quality, self.last, *self.stages.values()):
            box.activated.connect(self._choose)
        self.each.toggled.connect(self._choose)
        form = QFormLayout()
        for label, box in zip(self._labels, (self.quality, self.last), strict=True):
            label.setBuddy(box)
            form.addRow(label, box)
        form.addRow(self.each)
        for stage, box in self.stages.items():
            self._stage_labels[stage].setBuddy(box)
            form.addRow(self._stage_labels[stage], box)
        form.addRow(self.more)
        row = QHBoxLayout()
        row.addWidget(self.start, 1)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addLayout(row)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        self.retranslate()
        for box in (self.quality, *self.stages.values()):
            box.setCurrentIndex(QUALITIES.index("normal"))
        self.last.setCurrentIndex(len(Stage) - 1)

    @property
    def chosen_qualities(self) -> dict[Stage, str]:
        """One of QUALITIES for every stage."""
        boxes = {stage: box if self.each.isChecked() else self.quality for stage, box in self.stages.items()}
        return {stage: QUALITIES[box.currentIndex()] for stage, box in boxes.items()}

    def _choose(self) -> None:
        if not self.each.isChecked():
            for box in self.stages.values():
                box.setCurrentIndex(self.quality.currentIndex())
        self._follow()
        self.settings_changed.emit()

    @property
    def chosen_last(self) -> Stage:
        """The last stage to run."""
        return list(Stage)[self.last.currentIndex()]

    def options(self, images: Path, output: Path) -> ReconstructOptions:
        """Give the options of the command, as they are chosen; each stage has its quality besides."""
        return ReconstructOptions(images, output, stages=self.chosen_last, **self._chosen)

    def ask_for_more(self) -> None:
        """Ask for the options that few need."""
        dialog = MoreOptions(self._chosen, self)
        dialog.accepted.connect(lambda: self.set_chosen(dialog.chosen))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def set_chosen(self, chosen: dict[str, Any]) -> None:
        """Take options by their names; those that are missing have their defaults."""
        self._chosen = chosen
        self._follow()
        self.settings_changed.emit()

    def begun(self) -> None:
        """Forget what is asked of one run only."""
        self.set_chosen({name: value for name, value in self._chosen.items() if name != "restart"})

    def set_ready(self, ready: bool, has_result: bool) -> None:
        """Tell whether there is something to reconstruct, and whether it was reconstructed before."""
        self._ready, self._has_result = ready, has_result
        self._follow()

    def set_guess(self, guess: Message | None) -> None:
        """Tell what a run will take; None where that is not known."""
        self._guess = guess
        self._follow()

    def show_job(self, job: Job | None) -> None:
        """Show how far a run is, or how it ended; None where there was none."""
        self._job = job
        self._follow()

    def _follow(self) -> None:
        job = self._job
        runs = job is not None and not job.state.ended
        self.start.setEnabled(self._ready and not runs)
        self.cancel.setVisible(runs)
        self.bar.setVisible(runs)
        each = self.each.isChecked()
        count, texts = len(self._chosen), (self.tr("More options…"), self.tr("More options ({count})…"))
        self.more.setText(texts[1].format(count=count) if count else texts[0])
        for widget in (self.last, self.each, self.more, *self.stages.values()):
            widget.setEnabled(not runs)
        self.quality.setEnabled(not runs and not each)
        for stage, box in self.stages.items():
            included = each and not stage.comes_after(self.chosen_last)
            box.setVisible(included)
            self._stage_labels[stage].setVisible(included)
        again = job is not None and job.state in (JobState.CANCELLED, JobState.FAILED)
        texts = self.tr("Resume"), self.tr("Run again"), self.tr("Reconstruct")
        self.start.setText(texts[0] if again else texts[1] if self._has_result else texts[2])
        if runs:
            self.bar.setRange(0, 1000 if job.fraction > 0 else 0)
            self.bar.setValue(round(1000 * job.fraction))
        self.status.setText(self._sentence(job))
        self.status.setVisible(bool(self.status.text()))

    def _sentence(self, job: Job | None) -> str:
        if job is None or job.state is JobState.DONE:
            return "" if self._guess is None else self._services.translate(self._guess)
        if job.state is JobState.CANCELLED:
            return self.tr("Ended. What was done is kept: Resume goes on from there.")
        if job.error is not None:
            notes = [note for note in (job.error, job.hint) if note is not None]
            return " ".join(self._services.translate(note) for note in notes)
        parts = [self._services.translate(job.message)] if job.message is not None else []
        if job.seconds_left is not None:
            parts.append(self._time_left(job.seconds_left))
        return "  ·  ".join(parts) or self.tr("Waiting…")

    def _time_left(self, seconds: float) -> str:
        if seconds < 90:
            return self.tr("about {seconds} s left").format(seconds=max(1, round(seconds)))
        return self.tr("about {minutes} min left").format(minutes=round(seconds / 60))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._labels[0].setText(self.tr("Quality"))
        self._labels[1].setText(self.tr("Up to"))
        for box in (self.quality, *self.stages.values()):
            _refill(box, [self.tr("Draft"), self.tr("Normal"), self.tr("High")])
        self.each.setText(self.tr("A quality for each stage"))
        self.each.setToolTip(self.tr("What a change does not touch is not computed again"))
        stages = [self.tr("Cameras"), self.tr("Dense points"), self.tr("Mesh"), self.tr("Textured mesh")]
        _refill(self.last, stages)
        for label, text in zip(self._stage_labels.values(), stages, strict=True):
            label.setText(text)
        self.cancel.setText(self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stop; what is done is kept"))
        self.bar.setAccessibleName(self.tr("Progress of the reconstruction"))
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


def _refill(box: QComboBox, texts: list[str]) -> None:
    chosen = max(0, box.currentIndex())
    box.clear()
    box.addItems(texts)
    box.setCurrentIndex(chosen)
