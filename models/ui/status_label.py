"""One line that tells what came of what the user did."""

from PySide6.QtWidgets import QLabel, QWidget

from core.errors import SenseError
from core.services import Services


class StatusLabel(QLabel):
    """Says what was done, or in the colour of errors what could not be.

    Parameters
    ----------
    services : Services
        Whose language messages are told in.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setWordWrap(True)
        self.setObjectName("dim")

    def tell(self, text: str, *, error: bool = False) -> None:
        """Show a sentence."""
        self.setObjectName("jobError" if error else "dim")
        self.style().unpolish(self)
        self.style().polish(self)
        self.setText(text)

    def refuse(self, error: SenseError) -> None:
        """Show what could not be done, and what to do about it."""
        hint = f" {self._services.translate(error.hint)}" if error.hint else ""
        self.tell(self._services.translate(error.message) + hint, error=True)
