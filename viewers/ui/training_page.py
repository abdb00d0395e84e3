"""The Training page: images, labels and minutes in; live curves and a model in the store out."""

import math
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from core.errors import SenseError
from core.job import Job
from core.services import Services
from models.store import ModelStore
from models.training.engine_process import TrainingEvent
from models.training.engine_python import VARIABLE, engine_is_there
from viewers.training_commands import TrainReport
from viewers.ui.training_form import TrainingForm
from viewers.ui.training_plot import TrainingPlot
from viewers.ui.training_result import TrainingResult
from viewers.ui.training_sample import TrainingSample
from viewers.ui.training_work import TrainingWork

_LICENCE_OF_OWN = "LicenseRef-own"
_FORM_WIDTH = 380


class TrainingPage(QWidget):
    """The Training workspace.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._report: TrainReport | None = None
        self._job: Job | None = None
        self.work = TrainingWork(services, self)
        self.form, self.plot, self.sample = TrainingForm(), TrainingPlot(), TrainingSample()
        self._title, self._heading = QLabel(), QLabel()
        font = self._title.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        self._title.setFont(font)
        font = self._heading.font()
        font.setBold(True)
        self._heading.setFont(font)
        self.engine = QLabel(wordWrap=True, objectName="jobError")
        self.start, self.resume, self.cancel, self.show_models = (QPushButton() for _ in range(4))
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.status = QLabel(wordWrap=True)
        self.result = TrainingResult(services)
        self.setAcceptDrops(True)
        self._lay_out()
        self._connect()
        self.retranslate()

    def close_workspace(self) -> bool:
        """End a training that runs; it can be gone on with."""
        self.work.close()
        return True

    def begin(self, *, resume: bool = False) -> None:
        """Train what the form says, or go on with what was cancelled under its name."""
        folder = self.work.folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._report = None
        self.plot.clear()
        self.sample.clear()
        self.result.clear()
        self._tell(self.tr("Reading and preparing the images…"))
        self.work.train(self.form.options(folder, resume=resume))
        self.refresh()

    # What the jobs tell.

    def _heard(self, event: TrainingEvent) -> None:
        if event.kind == "step":
            values = event.values
            self.plot.add(event.part, float(values["fraction"]), float(values["loss"]), values["score"])
        elif event.kind == "sample":
            self.sample.show_sample(event.pictures)

    def _progressed(self, job: Job) -> None:
        self._job = None if job.state.ended else job
        self.bar.setValue(round(1000 * job.fraction))
        if job.message is not None and not job.state.ended:
            parts = [self._services.translate(job.message)]
            if job.seconds_left is not None:
                minutes = max(1, math.ceil(job.seconds_left / 60.0))
                parts.append(self.tr("about {minutes} min left").format(minutes=minutes))
            self._tell(" · ".join(parts))
        self.refresh()

    def _trained(self, report: TrainReport) -> None:
        self._report = report
        for made in report.trained.paths:
            for path in (made, made.with_suffix(".card.json")):
                path.unlink(missing_ok=True)  # it is in the store now
        self._tell_stored(report)
        self.result.show_report(report)
        self._offer_bases()
        self.refresh()

    def _tell_stored(self, report: TrainReport) -> None:
        card = report.trained.card
        text = self.tr("{name} {version} is in the store.")
        self._tell(text.format(name=card.id, version=card.version))

    def _failed(self, error: SenseError) -> None:
        hint = f" {self._services.translate(error.hint)}" if error.hint else ""
        self._tell(self._services.translate(error.message) + hint, error=True)
        if self._job is None and not self.form.ready:
            self.form.found.setText(self._services.translate(error.message))
        self.refresh()

    def _was_cancelled(self) -> None:
        self._tell(self.tr("Cancelled. What was learnt is kept: go on when you like."))
        self.refresh()

    def _tell(self, text: str, *, error: bool = False) -> None:
        self.status.setObjectName("jobError" if error else "dim")
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)

    # What the page shows.

    def refresh(self) -> None:
        """Enable what can be done now."""
        running, there = self._job is not None, engine_is_there()
        self.engine.setVisible(not there)
        self.form.setEnabled(not running)
        self.start.setVisible(not running)
        self.start.setEnabled(there and self.form.ready)
        named = bool(self.form.name.text().strip())
        can_resume = named and self.work.can_resume(self.form.output(self.work.folder()))
        self.resume.setVisible(not running and can_resume)
        self.resume.setEnabled(there)
        self.cancel.setVisible(running)
        self.bar.setVisible(running)
        self.show_models.setVisible(self._report is not None and not running)
        self.result.setVisible(bool(self.result.text()))

    def _offer_bases(self) -> None:
        models = ModelStore(self._services.library.models_folder).models()
        own = [model.card for model in models if model.card.licence == _LICENCE_OF_OWN]
        self.form.set_bases([(f"{card.id}@{card.version}", f"{card.title} {card.version}") for card in own])

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._title.setText(self.tr("Training"))
        self._heading.setText(self.tr("3 · Training"))
        self.engine.setText(
            self.tr(
                "Training needs PyTorch and MONAI. Install them with dev.py setup --extra train, or name a "
                "Python that has them in {variable}."
            ).format(variable=VARIABLE)
        )
        self.start.setText(self.tr("Train"))
        self.resume.setText(self.tr("Go on"))
        self.resume.setToolTip(self.tr("Goes on with the training of this name that was cancelled"))
        self.cancel.setText(self.tr("Cancel"))
        self.show_models.setText(self.tr("Show models"))
        empty = self.tr("The curves of the training appear here while the model learns.")
        self.plot.set_texts(self.tr("Loss"), self.tr("Score"), empty)
        self.plot.setAccessibleName(self.tr("Curves of the training"))
        self.sample.set_texts(self.tr("Your labels"), self.tr("The model now"))
        self.sample.setAccessibleName(self.tr("A sample of the training"))
        if self._report is not None and self._job is None:
            self._tell_stored(self._report)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offer_bases()
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped_folder(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        if folder := self._dropped_folder(event):
            self.form.set_folder(folder[0])

    def _dropped_folder(self, event: QDropEvent) -> list[Path]:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        return [path for path in paths if path.is_dir()] if self._job is None else []

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 12, 0)
        column.addWidget(self.form, 1)
        column.addWidget(self.engine)
        row = QHBoxLayout()
        for button in (self.start, self.resume, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self.start.setProperty("primary", True)
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self._heading)
        column.addWidget(self.plot, 3)
        column.addWidget(self.sample, 4)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addWidget(self.result)
        below = QHBoxLayout()
        below.addWidget(self.show_models)
        below.addStretch(1)
        column.addLayout(below)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.addWidget(left)
        self.splitter.addWidget(right)
        left.setMinimumWidth(_FORM_WIDTH)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 14)
        layout.addWidget(self._title)
        layout.addWidget(self.splitter, 1)
        self.setFocusProxy(self.form.choose_folder)

    def _connect(self) -> None:
        self.form.data_chosen.connect(lambda: self.work.read_data(self.form.data_options()))
        self.form.changed.connect(self.refresh)
        self.start.clicked.connect(lambda: self.begin())
        self.resume.clicked.connect(lambda: self.begin(resume=True))
        self.cancel.clicked.connect(self.work.cancel)
        self.show_models.clicked.connect(lambda: self._services.run_command("models.show"))
        self.work.read.connect(self.form.show_summary)
        self.work.training_event.connect(self._heard)
        self.work.trained.connect(self._trained)
        self.work.failed.connect(self._failed)
        self.work.cancelled.connect(self._was_cancelled)
        self.work.progressed.connect(self._progressed)
