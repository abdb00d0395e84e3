"""A dialog made from the options of a command; it runs the command as a job and shows what came of it."""

import enum
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
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

from app.argument_parser import option_fields, type_of_one
from app.translator import translate_message, translate_title
from app.ui.result_dialog import ResultDialog, TableDialog
from core.command import Command, resolve
from core.context import Context
from core.library import Library
from core.message import Message
from core.progress import Progress
from imaging.volume_access import DiskVolumes

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_WIDTH = 560


class CommandDialog(QDialog):
    """Asks for every option that has a title; the others keep their defaults.

    Parameters
    ----------
    command : Command
        Whose options they are.
    window : MainWindow
        Runs it.
    """

    def __init__(self, command: Command, window: "MainWindow") -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._command, self._window = command, window
        self._labels: list[tuple[QLabel, str]] = []
        self._browse: list[QPushButton] = []
        self.widgets: dict[str, QWidget] = {}
        self._enums: dict[str, type[enum.Enum]] = {}
        self._choices: list[tuple[QComboBox, dict[str, str]]] = []
        buttons = QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        self.buttons = QDialogButtonBox(buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._form = QFormLayout()
        self._required: list[QLineEdit] = []
        for field, field_type in option_fields(command):
            if "title" in field.metadata:
                self._add(field, type_of_one(field_type)[0])
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(_WIDTH)
        self.retranslate()
        self._refresh()

    def accept(self) -> None:
        values = {name: _value(widget) for name, widget in self.widgets.items()}
        # Qt gives back an enum of texts as a text.
        values |= {name: kind(values[name]) for name, kind in self._enums.items() if values[name] is not None}
        given = {name: value for name, value in values.items() if value is not None}
        options = resolve(str(self._command.options))(**given)
        title, window = self.windowTitle(), self._window
        window.start_job(
            Message("{title}", {"title": title}),
            _run,
            self._command,
            window.library,
            options,
            done=lambda result: _show(result, title, window),
        )
        super().accept()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(translate_title(self._command.title).rstrip("…"))
        for label, title in self._labels:
            label.setText(translate_title(title))
        for choice, labels in self._choices:
            for at in range(choice.count()):
                member = choice.itemData(at)
                if member is not None and str(member) in labels:
                    choice.setItemText(at, translate_title(labels[str(member)]))
        for button in self._browse:
            button.setText(self.tr("Browse…"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def _add(self, field: Any, kind: Any) -> None:
        label = QLabel()
        self._labels.append((label, field.metadata["title"]))
        row: QWidget | QHBoxLayout
        if kind is bool:
            widget = row = QCheckBox()
        elif isinstance(kind, type) and issubclass(kind, enum.Enum):
            widget = row = QComboBox()
            self._enums[field.name] = kind
            if not isinstance(field.default, kind):
                widget.addItem("-", None)
            labels = field.metadata.get("labels", {})
            self._choices.append((widget, labels))
            for member in kind:
                widget.addItem(labels.get(member.value, member.value), member)
                if member is field.default:
                    widget.setCurrentIndex(widget.count() - 1)
        else:
            widget = QLineEdit()
            widget.setProperty("path", kind is Path)
            widget.setText(str(getattr(self._window.stack.front, field.metadata.get("starts_as", ""), "")))
            widget.textChanged.connect(self._refresh)
            if _is_required(field):
                self._required.append(widget)
            row = self._with_browse(
                widget, field.metadata.get("written"), field.metadata.get("folder", False)
            )
        self.widgets[field.name] = widget
        label.setBuddy(widget)
        self._form.addRow(label, row)

    def _with_browse(self, edit: QLineEdit, written: bool | None, folder: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(edit, 1)
        if written is not None:
            button = QPushButton(autoDefault=False)
            button.clicked.connect(lambda: self._choose(edit, written=written, folder=folder))
            self._browse.append(button)
            row.addWidget(button)
        return row

    def _choose(self, edit: QLineEdit, *, written: bool, folder: bool) -> None:
        if folder and not written:
            name = QFileDialog.getExistingDirectory(self, self.windowTitle(), edit.text())
            if name:
                edit.setText(name)
            return
        ask = QFileDialog.getSaveFileName if written else QFileDialog.getOpenFileName
        name, _ = ask(self, self.windowTitle(), edit.text())
        if name:
            edit.setText(name)

    def _refresh(self) -> None:
        ready = all(edit.text().strip() for edit in self._required)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)


def _is_required(field: Any) -> bool:
    from dataclasses import MISSING

    return field.default is MISSING and field.default_factory is MISSING


def _value(widget: QWidget) -> Any:
    """Give what was chosen; None for the default."""
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QComboBox):
        return widget.currentData()
    assert isinstance(widget, QLineEdit)
    text = widget.text().strip()
    if not text:
        return None
    return Path(text).expanduser() if widget.property("path") else text


def _run(command: Command, library: Library, options: Any, *, progress: Progress) -> Any:
    return resolve(command.run)(Context(library, progress, volumes=DiskVolumes()), options)


def _show(result: Any, title: str, window: "MainWindow") -> None:
    lines = [*map(translate_message, getattr(result, "notes", ()))]
    lines += [translate_message(item.reason) for item in getattr(result, "rejected", ())]
    table = getattr(result, "table", None)
    if table is None:
        ResultDialog(title, "\n".join(filter(None, [str(result), *lines])), window).show()
    else:
        dialog = TableDialog(
            title,
            table,
            "\n".join(lines),
            window.notices.report,
            window,
            curves=getattr(result, "curves", None),
        )
        show = _shower(result, window)
        if show is not None:
            dialog.offer(show)
        dialog.show()


def _shower(result: Any, window: "MainWindow") -> Callable[[], None] | None:
    """Give what shows more of a result than its table does."""
    paths, workspace = getattr(result, "opens", ()), getattr(result, "shown_by", None)
    if workspace is not None:

        def show() -> None:
            window.stack.show_workspace(workspace)
            window.stack.when_ready(workspace, lambda page: page.show_result(result))

        return show
    return (lambda: window.open_paths(list(paths))) if paths else None
