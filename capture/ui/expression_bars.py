"""The coefficients of an expression as bars."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from capture.expressions import EXPRESSIONS
from capture.region import Floats

# The first stands for no expression at all.
_SHOWN = tuple(range(1, len(EXPRESSIONS)))
_MARGIN, _GAP = 8, 8


class ExpressionBars(QWidget):
    """One row for every coefficient, by its name in ARKit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: Floats | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        names = max(self.fontMetrics().horizontalAdvance(EXPRESSIONS[number]) for number in _SHOWN)
        return QSize(names + 130, self._row() * len(_SHOWN) + _GAP)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def show_values(self, values: Floats | None) -> None:
        """Show coefficients, (52,), or none."""
        self._values = values
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, row = self.palette(), self._row()
        names = max(self.fontMetrics().horizontalAdvance(EXPRESSIONS[number]) for number in _SHOWN)
        left = _MARGIN + names + _GAP
        length = max(self.width() - left - _MARGIN, 20)
        for place, number in enumerate(_SHOWN):
            top = place * row
            value = 0.0 if self._values is None else float(self._values[number])
            role = QPalette.ColorRole.Text if value > 0.05 else QPalette.ColorRole.PlaceholderText
            painter.setPen(palette.color(role))
            baseline = QPointF(_MARGIN, top + (row + self.fontMetrics().ascent()) / 2 - 1)
            painter.drawText(baseline, EXPRESSIONS[number])
            painter.setPen(Qt.PenStyle.NoPen)
            track = QRectF(left, top + row / 2 - 3, length, 6)
            painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
            painter.drawRoundedRect(track, 3, 3)
            if value > 0.005:
                track.setWidth(max(length * min(value, 1.0), 6.0))
                painter.setBrush(palette.color(QPalette.ColorRole.Accent))
                painter.drawRoundedRect(track, 3, 3)

    def _row(self) -> int:
        return self.fontMetrics().height() + 3
