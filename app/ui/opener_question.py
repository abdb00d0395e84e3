"""The question which workspace shall open a file that several can open."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from app.translator import translate_title
from core.command import Workspace


class OpenerQuestion(QMessageBox):
    """Asks without holding the window up, and tells the id of the workspace that was chosen.

    Parameters
    ----------
    paths : list of Path
        What is to be opened.
    able : sequence of Workspace
        Those that can.
    chosen : callable
        `chosen(workspace_id)`; not called where nothing was chosen.
    """

    def __init__(
        self,
        paths: list[Path],
        able: Sequence[Workspace],
        chosen: Callable[[str], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self._paths = paths
        self._cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        self.choices: dict[str, QPushButton] = {}
        self._titles = {workspace.id: workspace.title for workspace in able}
        for workspace in able:
            button = self.addButton("", QMessageBox.ButtonRole.AcceptRole)
            button.clicked.connect(lambda _=False, chosen_id=workspace.id: chosen(chosen_id))
            self.choices[workspace.id] = button
        self.setEscapeButton(self._cancel)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Open with"))
        first, more = self._paths[0].name, len(self._paths) - 1
        names = self.tr("{name} and {count} more").format(name=first, count=more) if more else first
        self.setText(self.tr("Where is {name} to be opened?").format(name=names))
        for workspace_id, button in self.choices.items():
            button.setText(translate_title(self._titles[workspace_id]))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
