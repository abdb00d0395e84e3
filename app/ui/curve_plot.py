"""Curves of a result, drawn with axes."""

from itertools import groupby
from math import ceil, floor, isfinite, log10

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.translator import translate_message
from core.result_curves import ResultCurve, ResultCurves

_LEFT, _RIGHT, _TICKS = 64, 16, 5
_COLOURS = (QColor(95, 190, 255), QColor(255, 180, 80), QColor(150, 210, 120))


class CurvePlot(QWidget):
    """Shows curves; the vertical axis begins at 0 where all values are above."""

    def __init__(self, curves: ResultCurves, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curves = curves
        self._x = _bounds([value for one in curves.curves for value in one.x])
        values = [value for one in curves.curves for value in one.y if isfinite(value)]
        self._y = _bounds([*values, 0.0] if all(value >= 0 for value in values) else values)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)

    def sizeHint(self) -> QSize:
        return QSize(900, 280)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        area = QRectF(self.rect()).adjusted(_LEFT, 2.0 * line, -_RIGHT, -2.4 * line)
        painter.fillRect(area, self.palette().color(QPalette.ColorRole.Base))
        self._draw_axes(painter, area, line)
        for number, curve in reversed(list(enumerate(self._curves.curves))):
            painter.setPen(QPen(_COLOURS[number % len(_COLOURS)], 1.8))
            for run in _runs(curve):
                painter.drawPolyline(QPolygonF([self._place(area, x, y) for x, y in run]))
        self._draw_titles(painter, area, line)

    def _place(self, area: QRectF, x: float, y: float) -> QPointF:
        across = (x - self._x[0]) / (self._x[1] - self._x[0])
        up = (y - self._y[0]) / (self._y[1] - self._y[0])
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _draw_axes(self, painter: QPainter, area: QRectF, line: int) -> None:
        weak = self.palette().color(QPalette.ColorRole.Mid)
        ink = self.palette().color(QPalette.ColorRole.Text)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in _ticks(*self._y):
            at = self._place(area, self._x[0], value)
            painter.setPen(QPen(weak, 1.0))
            painter.drawLine(at, QPointF(area.right(), at.y()))
            painter.setPen(ink)
            painter.drawText(QRectF(0, at.y() - line / 2, _LEFT - 6, line), right, text)
        for value, text in _ticks(*self._x):
            at = self._place(area, value, self._y[0])
            painter.setPen(QPen(weak, 1.0))
            painter.drawLine(at, QPointF(at.x(), at.y() + 4))
            painter.setPen(ink)
            where = QRectF(at.x() - 60, at.y() + 4, 120, line)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_titles(self, painter: QPainter, area: QRectF, line: int) -> None:
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(QRectF(0, 2, area.width(), line), left, self._curves.y.heading(translate_message))
        below = QRectF(area.left(), area.bottom() + 1.3 * line, area.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self._curves.x.heading(translate_message))
        across = area.right()
        for number, curve in reversed(list(enumerate(self._curves.curves))):
            title = translate_message(curve.title)
            across -= self.fontMetrics().horizontalAdvance(title) + 16
            painter.setPen(_COLOURS[number % len(_COLOURS)])
            painter.drawText(QRectF(across, 2, area.width(), line), left, title)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)


def _bounds(values: list[float]) -> tuple[float, float]:
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _runs(curve: ResultCurve) -> list[list[tuple[float, float]]]:
    points = zip(curve.x, curve.y, strict=True)
    return [list(run) for known, run in groupby(points, lambda point: isfinite(point[1])) if known]


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Give round values between two, and how they are written."""
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    digits = max(0, -floor(log10(step)))
    return [(n * step, f"{n * step:.{digits}f}") for n in range(ceil(low / step), floor(high / step) + 1)]
