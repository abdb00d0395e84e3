"""Sentences at the foot of a picture: what of the objects it does not show."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from render.ui.viewport_overlay import ViewportOverlay

_MARGIN, _CUBE = 10.0, 96.0  # the cube stands in the right corner
_INK, _SHADOW = QColor(255, 200, 110), QColor(0, 0, 0, 170)


class NotesOverlay(ViewportOverlay):
    """Stands in saved pictures, too: who sees these must know what is left out.

    Parameters
    ----------
    pane : QWidget
        What the picture fills.
    """

    def __init__(self, pane: QWidget) -> None:
        self._pane = pane
        self.notes: tuple[str, ...] = ()

    def set_notes(self, notes: tuple[str, ...]) -> None:
        """Show other sentences, each once."""
        self.notes = tuple(dict.fromkeys(notes))
        self._pane.update()

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        if not self.notes:
            return
        room = QRectF(self._pane.rect()).adjusted(_MARGIN, _MARGIN, -_CUBE, -_MARGIN)
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        text = "\n".join(self.notes)
        for ink, shift in ((_SHADOW, 1.0), (_INK, 0.0)):
            painter.setPen(ink)
            painter.drawText(room.translated(shift, shift), flags, text)
