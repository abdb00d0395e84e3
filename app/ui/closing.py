"""What happens to running jobs when the window is closed."""

from enum import Enum, auto

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget


class ClosingChoice(Enum):
    """The answers of the user."""

    QUIT = auto()
    WAIT = auto()
    STAY = auto()


class ClosingQuestion(QMessageBox):
    """Asks whether to wait for the jobs, to cancel them, or to stay."""

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setIcon(QMessageBox.Icon.Question)
        self._count = count
        self.wait = self._button(QMessageBox.ButtonRole.AcceptRole)
        self.cancel = self._button(QMessageBox.ButtonRole.DestructiveRole)
        self.stay = self._button(QMessageBox.ButtonRole.RejectRole)
        self.retranslate()
        self.setDefaultButton(self.wait)
        self.setEscapeButton(self.stay)

    def choice(self) -> ClosingChoice:
        """Give what was clicked."""
        chosen = {self.wait: ClosingChoice.WAIT, self.cancel: ClosingChoice.QUIT}
        return chosen.get(self.clickedButton(), ClosingChoice.STAY)  # type: ignore[call-overload]

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setWindowTitle(self.tr("Jobs are running"))
        text = self.tr("Jobs still running: {count}. Quit when they are done?")
        self.setText(text.format(count=self._count))
        self.wait.setText(self.tr("Quit when done"))
        self.cancel.setText(self.tr("Cancel jobs and quit"))
        self.stay.setText(self.tr("Keep working"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _button(self, role: QMessageBox.ButtonRole) -> QPushButton:
        return self.addButton("", role)


def ask_about_jobs(window: QWidget, running: int) -> ClosingChoice:
    """Ask when jobs run; without any there is nothing to ask."""
    if not running:
        return ClosingChoice.QUIT
    question = ClosingQuestion(running, window)
    question.exec()
    choice = question.choice()
    question.deleteLater()
    return choice
