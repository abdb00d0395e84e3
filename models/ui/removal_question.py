"""Asks before models are removed."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class RemovalQuestion(QMessageBox):
    """Asks whether a model or a pack shall be removed; Cancel is the default.

    Parameters
    ----------
    title : str
        What would be removed, as the page calls it.
    size : str
        How much room that gives; "" where it is not known.
    agreed : callable
        Called when the user agrees.
    """

    def __init__(self, title: str, size: str, agreed: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._size = title, size
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.remove: QPushButton = self.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        self.remove.clicked.connect(agreed)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Remove models"))
        text = self.tr("Remove “{title}” from this computer?")
        if self._size:
            text = self.tr("Remove “{title}” ({size}) from this computer?")
        self.setText(text.format(title=self._title, size=self._size))
        self.remove.setText(self.tr("Remove"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
