"""What the user says before a training: images, what is learnt, for how long, under which name."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from models.training.card import identifier
from models.training.distillation import SUFFIX
from models.training.plan import TrainingTask
from models.variants import Precision
from viewers.training_commands import TrainOptions
from viewers.training_summary import DataSummary, FoundLabel, labels_option

_LONGEST_MINUTES = 24 * 60
_FEW = 5
_SERIES_HEIGHT = 130
_TABLE_STRETCH = 1000  # where the table is there, it takes all room


class TrainingForm(QWidget):
    """Gives the options of a training; `data_chosen` and `changed` tell what the user did."""

    data_chosen = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._from_library = False
        self._table: Path | None = None
        self._summary: DataSummary | None = None
        self.choose_folder, self.use_library, self.choose_table = QPushButton(), QPushButton(), QPushButton()
        self.task = QComboBox()
        for task in TrainingTask:
            self.task.addItem("", task)
        self.found = QLabel(wordWrap=True)
        self.warning = QLabel(wordWrap=True, objectName="jobError", visible=False)
        self.series = QListWidget(visible=False)
        self.series.setMaximumHeight(_SERIES_HEIGHT)
        self.labels = QTableWidget(0, 3)
        self.labels.verticalHeader().hide()
        self.labels.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.labels.setMinimumHeight(120)
        self.name = QLineEdit()
        self.minutes = QSpinBox(minimum=1, maximum=_LONGEST_MINUTES, value=20)
        self.validate = QCheckBox(checked=True)
        self.variant = QComboBox()
        for smaller in (None, *Precision, SUFFIX):
            self.variant.addItem("", smaller)
        self.base = QComboBox()
        self.base.addItem("", None)
        self._headings = [QLabel(), QLabel()]
        for heading in self._headings:
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
        self._row_names = [QLabel() for _ in range(5)]
        self._lay_out()
        self._connect()
        self.retranslate()

    # What the page asks.

    @property
    def has_data(self) -> bool:
        """Tell whether images were chosen."""
        return self._from_library or self._folder is not None or self._table is not None

    @property
    def ready(self) -> bool:
        """Tell whether a training can begin."""
        return self._summary is not None and bool(self.name.text().strip()) and self._learns_something()

    @property
    def chosen_task(self) -> TrainingTask:
        """What kind of model it shall be."""
        return TrainingTask(self.task.currentData())  # Qt gives back a plain string

    def data_options(self) -> TrainOptions:
        """Give what says which images there are."""
        series = ("all",) if self._from_library else ()
        return TrainOptions(task=self.chosen_task, data=self._folder, series=series, classes=self._table)

    def options(self, folder: Path, *, resume: bool = False) -> TrainOptions:
        """Give the whole request; the model is made in `folder`."""
        data = self.data_options()
        chosen, smaller = self._chosen(), self.variant.currentData()
        return TrainOptions(
            task=data.task,
            data=data.data,
            series=self._chosen_series() or data.series,
            classes=data.classes,
            output=self.output(folder),
            labels=labels_option(chosen) if chosen else None,
            minutes=float(self.minutes.value()),
            folds=None if self.validate.isChecked() else 0,
            base=self.base.currentData(),
            variants=(Precision(smaller),) if smaller and smaller != SUFFIX else (),
            distil=smaller == SUFFIX,
            resume=resume,
            add=True,
            force=True,
        )

    def output(self, folder: Path) -> Path:
        """Give the file that the model is made in."""
        return folder / f"{identifier(self.name.text())}.onnx"

    # What the page tells.

    def set_folder(self, folder: Path) -> None:
        """Learn from a folder."""
        self._folder, self._from_library, self._table = folder, False, None
        if not self.name.text():
            self.name.setText(folder.name)
        self._forget()

    def set_library(self) -> None:
        """Learn from the studies of the library that have segmentations."""
        self._folder, self._from_library, self._table = None, True, None
        self._forget()

    def set_table(self, table: Path) -> None:
        """Learn from the series and files that a table names, with their classes."""
        self._folder, self._from_library, self._table = None, False, table
        if not self.name.text():
            self.name.setText(table.stem)
        self._forget()

    def set_bases(self, models: list[tuple[str, str]]) -> None:
        """Offer models (name, title) that can be tuned further."""
        chosen = self.base.currentData()
        while self.base.count() > 1:
            self.base.removeItem(1)
        for name, title in models:
            self.base.addItem(title, name)
        self.base.setCurrentIndex(max(0, self.base.findData(chosen)))
        self._row_names[-1].setVisible(bool(models))
        self.base.setVisible(bool(models))

    def show_summary(self, summary: DataSummary | None) -> None:
        """Show what there is to learn from; None where it could not be read."""
        self._summary = summary
        labels = summary.labels if summary else ()
        self.labels.blockSignals(True)
        self.labels.setRowCount(len(labels))
        for row, label in enumerate(labels):
            name = QTableWidgetItem(label.name)
            name.setCheckState(Qt.CheckState.Checked)
            self.labels.setItem(row, 0, name)
            for column, number in ((1, label.value), (2, label.images)):
                item = QTableWidgetItem(str(number))
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.labels.setItem(row, column, item)
        self.labels.blockSignals(False)
        self.labels.setVisible(bool(labels))
        self._list_series()
        self._tell()
        self.changed.emit()

    # Inside.

    def _forget(self) -> None:
        self.show_summary(None)
        self.data_chosen.emit()

    def _ask_for_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Choose labelled images"))
        if folder:
            self.set_folder(Path(folder))

    def _ask_for_table(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, self.tr("Choose a table of classes"), "", self.tr("Tables (*.csv)")
        )
        if name:
            self.set_table(Path(name))

    def _task_changed(self) -> None:
        """Offer what the task can learn from, and forget what it cannot."""
        classes = self.chosen_task is TrainingTask.CLASSIFICATION
        self.choose_table.setVisible(classes)
        self.use_library.setVisible(not classes)
        had_data = self.has_data
        if classes:
            self._from_library = False
        else:
            self._table = None
        if had_data:
            self.show_summary(None)
        if self.has_data:
            self.data_chosen.emit()

    def _list_series(self) -> None:
        sources = self._summary.sources if self._summary else ()
        self.series.blockSignals(True)
        self.series.clear()
        for source in sources:
            item = QListWidgetItem(source.title or source.series_uid, self.series)
            item.setData(Qt.ItemDataRole.UserRole, source.series_uid)
            item.setCheckState(Qt.CheckState.Checked)
        self.series.blockSignals(False)
        self.series.setVisible(bool(sources))

    def _chosen_series(self) -> tuple[str, ...]:
        items = [self.series.item(row) for row in range(self.series.count())]
        chosen = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        return tuple(dict.fromkeys(str(item.data(Qt.ItemDataRole.UserRole)) for item in chosen))

    def _chosen(self) -> tuple[FoundLabel, ...]:
        labels = self._summary.labels if self._summary else ()
        found: list[FoundLabel] = []
        for row, label in enumerate(labels):
            item = self.labels.item(row, 0)
            if item is not None and item.checkState() is Qt.CheckState.Checked:
                found.append(FoundLabel(label.value, item.text().strip() or label.name, label.images))
        return tuple(found)

    def _learns_something(self) -> bool:
        assert self._summary is not None
        if self._summary.sources and not self._chosen_series():
            return False
        needed = 2 if self.chosen_task is TrainingTask.CLASSIFICATION else 1
        return not self._summary.labels or len(self._chosen()) >= needed

    def _tell(self) -> None:
        source = self._folder or self._table
        where = self.tr("the library") if self._from_library else source.name if source else ""
        summary = self._summary
        if summary is None:
            self.found.setText(self.tr("Reading {name}…").format(name=where) if where else self._how_to())
            self.warning.hide()
            return
        kind = self.tr("Volumes: {count}") if summary.volumes else self.tr("Pictures: {count}")
        parts = [where, kind.format(count=summary.images)]
        if summary.objects:
            parts.append(self.tr("objects: {count}").format(count=summary.objects))
        if summary.modality:
            parts.append(summary.modality)
        if summary.rejected:
            parts.append(self.tr("left out: {count}").format(count=len(summary.rejected)))
        self.found.setText(" · ".join(parts))
        self.warning.setText(
            self.tr("These are few images: the model may fail on others that look different.")
        )
        self.warning.setVisible(summary.images < _FEW)

    def _how_to(self) -> str:
        return self.tr(
            "A folder holds images/ and labels/ with files of the same names, or a folder of images for"
            " every class. The library gives the studies that have segmentations. A table has a series or a"
            " file and its class in every line."
        )

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self._headings[0].setText(self.tr("1 · Images"))
        self._headings[1].setText(self.tr("2 · What is learnt"))
        self.choose_folder.setText(self.tr("Choose folder…"))
        self.use_library.setText(self.tr("From the library"))
        self.choose_table.setText(self.tr("Choose table…"))
        self.choose_table.setToolTip(
            self.tr("A series of the library, or a file, and its class in every line")
        )
        for index, text in enumerate(
            (self.tr("Structures in images"), self.tr("Objects that touch"), self.tr("Classes of images"))
        ):
            self.task.setItemText(index, text)
        self.labels.setHorizontalHeaderLabels([self.tr("Label"), self.tr("Value"), self.tr("Images")])
        self.labels.setAccessibleName(self.tr("Labels that are learnt"))
        self.series.setAccessibleName(self.tr("Series that are learnt from"))
        self.validate.setText(self.tr("Cross-validation"))
        self.validate.setToolTip(self.tr("Spends a part of the time on measuring how good the model is"))
        self.minutes.setSuffix(" " + self.tr("min"))
        self.base.setItemText(0, self.tr("Nothing, from the start"))
        for index, text in enumerate(
            (
                self.tr("No smaller network"),
                self.tr("16-bit weights"),
                self.tr("8-bit weights"),
                self.tr("Network of half the width"),
            )
        ):
            self.variant.setItemText(index, text)
        self.variant.setToolTip(
            self.tr(
                "Fewer bits are kept only where they lose no more than the card of the model allows; half the"
                " width learns from the model, and is measured as it is"
            )
        )
        for label, text in zip(
            self._row_names,
            (
                self.tr("Task"),
                self.tr("Name"),
                self.tr("Time"),
                self.tr("Also make"),
                self.tr("Tune further"),
            ),
            strict=True,
        ):
            label.setText(text)
        for label, widget in zip(
            self._row_names, (self.task, self.name, self.minutes, self.variant, self.base), strict=True
        ):
            label.setBuddy(widget)
        self._tell()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        sources = QHBoxLayout()
        for button in (self.choose_folder, self.use_library, self.choose_table):
            sources.addWidget(button)
        sources.addStretch(1)
        first, rows = QFormLayout(), QFormLayout()
        first.addRow(self._row_names[0], self.task)
        time = QHBoxLayout()
        time.addWidget(self.minutes)
        time.addWidget(self.validate)
        time.addStretch(1)
        rows.addRow(self._row_names[1], self.name)
        rows.addRow(self._row_names[2], time)
        rows.addRow(self._row_names[3], self.variant)
        rows.addRow(self._row_names[4], self.base)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._headings[0])
        layout.addLayout(first)
        layout.addLayout(sources)
        layout.addWidget(self.found)
        layout.addWidget(self.warning)
        layout.addWidget(self.series)
        layout.addWidget(self._headings[1])
        layout.addWidget(self.labels, _TABLE_STRETCH)
        layout.addLayout(rows)
        layout.addStretch(1)
        self.labels.hide()
        self.choose_table.hide()
        self.set_bases([])

    def _connect(self) -> None:
        self.choose_folder.clicked.connect(self._ask_for_folder)
        self.use_library.clicked.connect(self.set_library)
        self.choose_table.clicked.connect(self._ask_for_table)
        self.task.currentIndexChanged.connect(lambda _index: self._task_changed())
        self.series.itemChanged.connect(lambda _item: self.changed.emit())
        self.labels.itemChanged.connect(lambda _item: self.changed.emit())
        self.name.textChanged.connect(lambda _text: self.changed.emit())
