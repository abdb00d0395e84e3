"""Questions before something in the store is lost."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class StoreQuestion(QMessageBox):
    """Asks, and does it only when the user agrees; Cancel is the default.

    Parameters
    ----------
    agreed : callable
        Called when the user agrees.
    """

    def __init__(self, agreed: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.verb: QPushButton = self.addButton("", QMessageBox.ButtonRole.DestructiveRole)
        self.verb.clicked.connect(agreed)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


class RemovalQuestion(StoreQuestion):
    """Asks whether a model or a pack shall be removed.

    Parameters
    ----------
    title : str
        What would be removed, as the page calls it.
    size : str
        How much room that gives; "" where it is not known.
    """

    def __init__(self, title: str, size: str, agreed: Callable[[], object], parent: QWidget) -> None:
        self._title, self._size = title, size
        super().__init__(agreed, parent)

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Remove models"))
        text = self.tr("Remove “{title}” from this computer?")
        if self._size:
            text = self.tr("Remove “{title}” ({size}) from this computer?")
        self.setText(text.format(title=self._title, size=self._size))
        self.verb.setText(self.tr("Remove"))


class ReplacementQuestion(StoreQuestion):
    """Asks whether a model that is there in the same version shall be replaced.

    Parameters
    ----------
    name : str
        `ID@VERSION`.
    """

    def __init__(self, name: str, agreed: Callable[[], object], parent: QWidget) -> None:
        self._name = name
        super().__init__(agreed, parent)

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Add model"))
        text = self.tr("{name} is in the store already. Replace it?")
        self.setText(text.format(name=self._name))
        self.verb.setText(self.tr("Replace"))
