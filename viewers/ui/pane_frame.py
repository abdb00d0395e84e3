"""The frame around a cell of the grid; its colour says which cell the keys act on."""

from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

_QUIET = QColor("#23272c")


class PaneFrame(QFrame):
    """A border one pixel wide, in the colour of the plane while the cell is active."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._active = False
        self._colour = QColor("#9aa4af")

    def set_colour(self, colour: QColor) -> None:
        """Choose the colour of the active frame."""
        self._colour = colour
        self.update()

    def set_active(self, active: bool) -> None:
        """Mark the cell that keys and menus act on."""
        if active != self._active:
            self._active = active
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(QPen(self._colour if self._active else _QUIET, 1.0))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
