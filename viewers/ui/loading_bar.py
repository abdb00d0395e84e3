"""A thin line that grows while a series loads."""

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

_HEIGHT = 3


class LoadingBar(QWidget):
    """Shows a fraction as a line along its width; nothing at 0.

    A `QProgressBar` would paint at once in `setValue`, in the middle of whatever else is going on.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction = 0.0
        self.setFixedHeight(_HEIGHT)

    @property
    def fraction(self) -> float:
        """What is shown, 0 to 1."""
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        """Show how much has come, 0 to 1."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        width = round(self.width() * self._fraction)
        with QPainter(self) as painter:
            painter.fillRect(0, 0, width, _HEIGHT, self.palette().color(QPalette.ColorRole.Accent))
