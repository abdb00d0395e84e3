"""A question whose texts follow the language while it is open."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class Question(QMessageBox):
    """Asks whether to do something that cannot be undone; Cancel is the default.

    Parameters
    ----------
    parent : QWidget
        Over which it stands.
    write : callable
        `write(question)` sets its texts in the current language, that of the button `verb` among them.
    act : callable
        Called when the user agrees.
    """

    def __init__(
        self, parent: QWidget, write: Callable[["Question"], None], act: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._write = write
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.verb: QPushButton = self.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        self.verb.clicked.connect(act)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
        write(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._write(self)
