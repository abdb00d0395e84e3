"""The options of `sense reconstruct` beyond quality and stages, in a dialog that is made from them."""

import enum
from collections.abc import Callable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reconstruction.reconstruct_options import ReconstructOptions
from reconstruction.stage import Holes, Stage

_WIDTH = 520


class MoreOptions(QDialog):
    """Asks for every option that has a title; what is left empty keeps its default.

    Parameters
    ----------
    chosen : dict
        What was chosen before, by the names of the options.
    """

    def __init__(self, chosen: dict[str, Any], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: dict[str, _Choice | _Entry] = {}
        self._labels: list[tuple[QLabel, str]] = []
        buttons = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(buttons.Ok | buttons.Cancel | buttons.RestoreDefaults)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(buttons.RestoreDefaults).clicked.connect(lambda: self._show({}))
        self.wrong = QLabel(wordWrap=True, objectName="dim")
        self._form = QFormLayout()
        kinds = get_type_hints(ReconstructOptions)
        for field in fields(ReconstructOptions):
            if "title" in field.metadata:
                self._add(field, kinds[field.name])
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addWidget(self.wrong)
        column.addWidget(self.buttons)
        self.setMinimumWidth(_WIDTH)
        self._show(chosen)
        self.retranslate()

    @property
    def chosen(self) -> dict[str, Any]:
        """The options that differ from their defaults, by their names."""
        values = {name: row.value() for name, row in self.rows.items()}
        defaults = {field.name: field.default for field in fields(ReconstructOptions)}
        return {name: value for name, value in values.items() if value not in (None, defaults[name])}

    def _add(self, field: Field[Any], kind: Any) -> None:
        one = next((part for part in get_args(kind) if part is not type(None)), kind)
        if isinstance(one, type) and issubclass(one, enum.Enum):
            row: _Choice | _Entry = _Choice(one, field.default)
        else:
            row = _Entry(one, field.metadata, self._follow)
        label = QLabel()
        label.setBuddy(row.focus)
        self.rows[field.name] = row
        self._labels.append((label, field.metadata["title"]))
        self._form.addRow(label, row)

    def _show(self, chosen: dict[str, Any]) -> None:
        for name, row in self.rows.items():
            row.show_value(chosen.get(name))
        self._follow()

    def _follow(self) -> None:
        """Accept nothing that cannot be read."""
        wrong = next((row.wrong for row in self.rows.values() if row.wrong), "")
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not wrong)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("More options"))
        for label, title in self._labels:
            label.setText(QCoreApplication.translate("Command", title))
        for row in self.rows.values():
            row.retranslate()
        self._follow()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class _Choice(QComboBox):
    """One of the members of an enum, or none where that is the default."""

    wrong = ""

    def __init__(self, kind: type[enum.Enum], default: Any) -> None:
        super().__init__()
        self.focus = self
        self._members = [*([] if default is not None else [None]), *kind]
        self._default = default
        self.addItems([""] * len(self._members))

    def value(self) -> Any:
        """Give the chosen member."""
        return self._members[self.currentIndex()]

    def show_value(self, value: Any) -> None:
        """Choose a member, the default for None."""
        self.setCurrentIndex(self._members.index(self._default if value is None else value))

    def retranslate(self) -> None:
        """Write the names of the members."""
        names = {
            None: self.tr("What has changed"),
            Holes.KEEP: self.tr("None"),
            Holes.SMALL: self.tr("Small ones"),
            Holes.ALL: self.tr("All"),
            Stage.CAMERAS: self.tr("Cameras"),
            Stage.DENSE: self.tr("Dense points"),
            Stage.MESH: self.tr("Mesh"),
            Stage.TEXTURE: self.tr("Texture"),
        }
        for index, member in enumerate(self._members):
            self.setItemText(index, names[member])


class _Entry(QWidget):
    """A text that is read as an option: a number, a box, a file or a folder."""

    def __init__(self, kind: Any, metadata: Any, follow: Callable[[], None]) -> None:
        super().__init__()
        self.wrong = ""
        self._read: Callable[[str], Any] = metadata.get("parse", kind)
        self._metavar, self._follow = metadata.get("metavar", ""), follow
        self.focus = QLineEdit()
        self.focus.textChanged.connect(self._check)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.focus, 1)
        self.browse = QPushButton(autoDefault=False)
        self.browse.setVisible(kind is Path)
        self.browse.clicked.connect(self._choose)
        if kind is Path:
            row.addWidget(self.browse)
            self._read = _existing
        else:
            self.focus.setPlaceholderText(self._metavar)

    def value(self) -> Any:
        """Give what was written; None for nothing, or what cannot be read."""
        text = self.focus.text().strip()
        return self._read(text) if text and not self.wrong else None

    def show_value(self, value: Any) -> None:
        """Write a value that was chosen before."""
        self.focus.setText("" if value is None else str(value))

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.browse.setText(self.tr("Browse…"))
        self._check()

    def _check(self) -> None:
        self.wrong, text = "", self.focus.text().strip()
        if text:
            try:
                self._read(text)
            except FileNotFoundError:
                self.wrong = self.tr("{path} is not there.").format(path=text)
            except ValueError:
                self.wrong = self.tr("“{text}” cannot be used as {form}.").format(
                    text=text, form=self._metavar
                )
        self._follow()

    def _choose(self) -> None:
        before = self.focus.text()
        if self._metavar == "DIR":
            path = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder"), before)
        else:
            path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file"), before)
        if path:
            self.focus.setText(path)


def _existing(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.exists():
        raise FileNotFoundError(text)
    return path
