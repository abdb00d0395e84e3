"""What is de-identified, where to, and what may stay."""

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from imaging.deidentification.profile import ProfileOption

_EXCLUDING = (ProfileOption.RETAIN_DATES, ProfileOption.RETAIN_FULL_DATES)


class DeidentifyOptionsPage(QWidget):
    """Emits `changed` when what is chosen has changed."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[list[Path]] = []
        self.inputs = QListWidget()
        self.inputs.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.add_files, self.add_folder, self.remove = (QPushButton(autoDefault=False) for _ in range(3))
        self.output, self.key = QLineEdit(), QLineEdit()
        self._browse = [QPushButton(autoDefault=False) for _ in range(2)]
        self._labels = [QLabel() for _ in range(4)]
        self.boxes = {option: QCheckBox() for option in ProfileOption if option is not ProfileOption.BASIC}
        self._explanations = {option: QLabel(wordWrap=True) for option in self.boxes}
        self._lay_out()
        self._connect()
        self.retranslate()

    # What is chosen.

    @property
    def paths(self) -> list[Path]:
        """Files and folders to be de-identified."""
        return [path for entry in self._entries for path in entry]

    @property
    def options(self) -> frozenset[ProfileOption]:
        """What is chosen beside the Basic Profile."""
        return frozenset(option for option, box in self.boxes.items() if box.isChecked())

    def add_entry(self, title: str, paths: list[Path]) -> None:
        """List several files as one line."""
        if paths:
            self._entries.append(paths)
            self.inputs.addItem(self.tr("{title}, images: {count}").format(title=title, count=len(paths)))
            self.changed.emit()

    def add_paths(self, paths: list[Path]) -> None:
        """Take files and folders in; those that are there already are left out."""
        new = [path for path in dict.fromkeys(paths) if [path] not in self._entries]
        self._entries += [[path] for path in new]
        self.inputs.addItems([str(path) for path in new])
        self.changed.emit()

    # The widgets.

    def _lay_out(self) -> None:
        buttons = QVBoxLayout()
        for button in (self.add_files, self.add_folder, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        inputs = QHBoxLayout()
        inputs.addWidget(self.inputs, 1)
        inputs.addLayout(buttons)
        form = QGridLayout()
        for row, (edit, button) in enumerate(zip((self.output, self.key), self._browse, strict=True)):
            self._labels[row + 1].setBuddy(edit)
            form.addWidget(self._labels[row + 1], row, 0)
            form.addWidget(edit, row, 1)
            form.addWidget(button, row, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._labels[0])
        layout.addLayout(inputs, 2)
        layout.addLayout(form)
        layout.addWidget(self._labels[3])
        layout.addWidget(self._options_area(), 5)

    def _options_area(self) -> QScrollArea:
        content = QWidget()
        grid = QGridLayout(content)
        for number, (option, box) in enumerate(self.boxes.items()):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            explanation = self._explanations[option]
            explanation.setProperty("dim", True)
            explanation.setContentsMargins(24, 0, 0, 6)
            cell.addWidget(box)
            cell.addWidget(explanation)
            cell.addStretch(1)
            grid.addLayout(cell, number // 2, number % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(content)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _connect(self) -> None:
        self.add_files.clicked.connect(self._ask_for_files)
        self.add_folder.clicked.connect(self._ask_for_folder)
        self.remove.clicked.connect(self._remove_selected)
        self._browse[0].clicked.connect(self._ask_for_output)
        self._browse[1].clicked.connect(self._ask_for_key)
        self.output.textChanged.connect(self.changed)
        for option, box in self.boxes.items():
            box.toggled.connect(lambda on, chosen=option: self._toggled(chosen, on))

    def _toggled(self, option: ProfileOption, on: bool) -> None:
        if on and option in _EXCLUDING:
            other = _EXCLUDING[1 - _EXCLUDING.index(option)]
            self.boxes[other].setChecked(False)
        self.changed.emit()

    def _remove_selected(self) -> None:
        for row in sorted((self.inputs.row(item) for item in self.inputs.selectedItems()), reverse=True):
            self.inputs.takeItem(row)
            del self._entries[row]
        self.changed.emit()

    def _ask_for_files(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, self.tr("Add files"))
        self.add_paths([Path(name) for name in names])

    def _ask_for_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Add folder"))
        self.add_paths([Path(name)] if name else [])

    def _ask_for_output(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for the copies"))
        if name:
            self.output.setText(str(Path(name) / "deidentified"))

    def _ask_for_key(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("File with a secret"))
        if name:
            self.key.setText(name)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        texts = (
            self.tr("Files and folders"),
            self.tr("New folder for the copies"),
            self.tr("File with a secret"),
            self.tr(
                "All that may tell who the patient is goes (Basic Profile of DICOM PS3.15). Beside that:"
            ),
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self.key.setPlaceholderText(self.tr("None: replacements cannot be repeated"))
        self.add_files.setText(self.tr("Add files…"))
        self.add_folder.setText(self.tr("Add folder…"))
        self.remove.setText(self.tr("Remove"))
        for button in self._browse:
            button.setText(self.tr("Browse…"))
        for option, (title, explanation) in self._option_texts().items():
            self.boxes[option].setText(title)
            self._explanations[option].setText(explanation)

    def _option_texts(self) -> dict[ProfileOption, tuple[str, str]]:
        return {
            ProfileOption.CLEAN_PIXEL: (
                self.tr("Blank text in pictures"),
                self.tr("Ultrasound, screen captures and the like; you see every box before."),
            ),
            ProfileOption.DEFACE: (
                self.tr("Cut faces off heads"),
                self.tr("CT and MR, by a plane before the brain (Quickshear, classical)."),
            ),
            ProfileOption.CLEAN_DESCRIPTORS: (
                self.tr("Keep descriptions"),
                self.tr("Names, numbers and dates are taken out of their text."),
            ),
            ProfileOption.CLEAN_STRUCTURED_CONTENT: (
                self.tr("Keep structured reports"),
                self.tr("Names, numbers and dates are taken out of their text."),
            ),
            ProfileOption.CLEAN_GRAPHICS: (
                self.tr("Keep overlays and annotations"),
                self.tr("Text in them goes, drawings stay."),
            ),
            ProfileOption.RETAIN_DATES: (
                self.tr("Keep the time between dates"),
                self.tr("All dates of a patient move by the same number of days."),
            ),
            ProfileOption.RETAIN_FULL_DATES: (self.tr("Keep dates"), self.tr("As they are.")),
            ProfileOption.RETAIN_CHARACTERISTICS: (
                self.tr("Keep characteristics of the patient"),
                self.tr("Age up to 89, sex, size, weight, allergies and the like."),
            ),
            ProfileOption.RETAIN_DEVICE: (
                self.tr("Keep the device"),
                self.tr("Station name, serial numbers and the like."),
            ),
            ProfileOption.RETAIN_INSTITUTION: (self.tr("Keep the institution"), self.tr("Name and address.")),
            ProfileOption.RETAIN_UIDS: (
                self.tr("Keep UIDs"),
                self.tr("The copies can then be matched with the originals."),
            ),
            ProfileOption.RETAIN_SAFE_PRIVATE: (
                self.tr("Keep safe private attributes"),
                self.tr("Those that the standard lists, such as b-values."),
            ),
        }

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
