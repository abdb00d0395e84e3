"""What happens to running jobs when the window is closed."""

from enum import Enum, auto

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
        self.setWindowTitle(self.tr("Jobs are running"))
        self.setText(self.tr("Jobs still running: {count}. Quit when they are done?").format(count=count))
        self.wait = self._button(self.tr("Quit when done"), QMessageBox.ButtonRole.AcceptRole)
        self.cancel = self._button(self.tr("Cancel jobs and quit"), QMessageBox.ButtonRole.DestructiveRole)
        self.stay = self._button(self.tr("Keep working"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.wait)
        self.setEscapeButton(self.stay)

    def choice(self) -> ClosingChoice:
        """Give what was clicked."""
        chosen = {self.wait: ClosingChoice.WAIT, self.cancel: ClosingChoice.QUIT}
        return chosen.get(self.clickedButton(), ClosingChoice.STAY)  # type: ignore[call-overload]

    def _button(self, text: str, role: QMessageBox.ButtonRole) -> QPushButton:
        return self.addButton(text, role)


def ask_about_jobs(window: QWidget, running: int) -> ClosingChoice:
    """Ask when jobs run; without any there is nothing to ask."""
    if not running:
        return ClosingChoice.QUIT
    question = ClosingQuestion(running, window)
    question.exec()
    choice = question.choice()
    question.deleteLater()
    return choice
