"""A small plot of values: along a line, or over time."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewers.annotation_texts import number_text
from viewers.value_curves import ValueCurve

_MARGIN = 8.0
_HEIGHT = 130
_INK = QColor(42, 168, 146)  # seen on dark and on light ground


class ValueCurvePlot(QWidget):
    """Draws one curve with the ends of its axes; the pointer tells the value under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: ValueCurve | None = None
        self._title = ""
        self._pointer: QPointF | None = None
        self.setMouseTracking(True)
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def show_curve(self, curve: ValueCurve | None, title: str) -> None:
        """Show another curve; None shows nothing."""
        self._curve, self._title = curve, title
        self.setVisible(curve is not None)
        self.setAccessibleName(title)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        curve = self._curve
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        line = painter.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN + line, -_MARGIN, -_MARGIN - line)
        known = np.zeros(0, int) if curve is None else np.flatnonzero(np.isfinite(curve.values))
        if curve is None or not len(known):
            return
        low, high = float(curve.values[known].min()), float(curve.values[known].max())
        first, last = float(curve.places[0]), float(curve.places[-1])
        self._write(painter, area, line, (low, high, first, last), curve)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
        painter.drawRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_INK, 1.5))
        x = area.left() + area.width() * _shares(curve.places, first, last)
        y = area.bottom() - area.height() * _shares(curve.values, low, high)
        painter.drawPolyline(QPolygonF([QPointF(float(x[i]), float(y[i])) for i in known]))
        if self._pointer is not None:
            nearest = known[int(np.argmin(np.abs(x[known] - self._pointer.x())))]
            painter.setBrush(_INK)
            painter.drawEllipse(QPointF(float(x[nearest]), float(y[nearest])), 3, 3)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        line: int,
        ends: tuple[float, float, float, float],
        curve: ValueCurve,
    ) -> None:
        low, high, first, last = ends
        above = QRectF(area.left(), area.top() - line - 1, area.width(), line)
        below = QRectF(area.left(), area.bottom() + 1, area.width(), line)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        told = self._told(curve) or f"{number_text(low)} – {number_text(high)} {curve.value_unit}".strip()
        room = area.width() - painter.fontMetrics().horizontalAdvance(told) - _MARGIN
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(above, left, title)
        painter.drawText(above, right, told)
        painter.drawText(below, left, f"{number_text(first)} {curve.place_unit}".strip())
        painter.drawText(below, right, f"{number_text(last)} {curve.place_unit}".strip())

    def _told(self, curve: ValueCurve) -> str:
        """Give place and value under the pointer."""
        if self._pointer is None or not np.isfinite(curve.values).any():
            return ""
        width = self.width() - 2 * _MARGIN
        wanted = curve.places[0] + (self._pointer.x() - _MARGIN) / width * (
            curve.places[-1] - curve.places[0]
        )
        distances = np.where(np.isfinite(curve.values), np.abs(curve.places - wanted), np.inf)
        index = int(np.argmin(distances))
        place = f"{number_text(float(curve.places[index]))} {curve.place_unit}".strip()
        return f"{place}: {number_text(float(curve.values[index]))} {curve.value_unit}".strip()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()


def _shares(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Give where values lie between two ends, 0 to 1; in the middle where these are the same."""
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
