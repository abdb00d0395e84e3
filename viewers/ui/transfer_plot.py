"""The curve of a transfer function over the volume's histogram, with control points to drag."""

import uuid

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from render.transfer_function import ControlPoint, TransferFunction
from viewers.histogram import Histogram
from viewers.transfer_editing import add_point, move_point, remove_point

_MARGIN = 12
_REACH = 9.0
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class TransferPlot(QWidget):
    """Opacity over value; `edited(function, stroke)`, `selected(index)` and `colour_wanted(index)`.

    A click on free space adds a point, a drag moves one, a right click or Delete removes one, a double click
    asks for its colour. Arrows move the selected point (Shift: finer), Page Up and Page Down select another,
    Insert adds one. The wheel zooms into the values.
    """

    edited = Signal(object, str)
    selected = Signal(int)
    colour_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transfer: TransferFunction | None = None
        self._histogram: Histogram | None = None
        self._low, self._high = 0.0, 1.0
        self._index = 0
        self._stroke = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 140)

    def sizeHint(self) -> QSize:
        return QSize(520, 240)

    @property
    def index(self) -> int:
        """Index of the selected point."""
        return self._index

    def set_transfer(self, transfer: TransferFunction) -> None:
        """Show a function; the selected point stays selected where it can."""
        first = self._transfer is None
        self._transfer = transfer
        self._index = min(self._index, len(transfer.points) - 1)
        if first:
            self.show_all()
        self.selected.emit(self._index)
        self.update()

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show how often each value occurs."""
        self._histogram = histogram
        self.show_all()

    def has_histogram(self) -> bool:
        """Tell whether the histogram is there."""
        return self._histogram is not None

    def show_all(self) -> None:
        """Zoom so that all points and all values are seen."""
        values = [point.value for point in self._transfer.points] if self._transfer else [0.0, 1.0]
        if self._histogram is not None:
            values += [self._histogram.low, self._histogram.high]
        self._low, self._high = min(values), max(max(values), min(values) + 1e-6)
        self.update()

    def select(self, index: int) -> None:
        """Select a point."""
        if self._transfer is not None and 0 <= index < len(self._transfer.points):
            self._index = index
            self.selected.emit(index)
            self.update()

    # Geometry

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(
            _MARGIN, _MARGIN, -_MARGIN, -_MARGIN - self.fontMetrics().height()
        )

    def _pixel(self, value: float, opacity: float) -> QPointF:
        area = self._area()
        x = area.left() + (value - self._low) / (self._high - self._low) * area.width()
        return QPointF(x, area.bottom() - opacity * area.height())

    def _place(self, pixel: QPointF) -> tuple[float, float]:
        area = self._area()
        value = self._low + (pixel.x() - area.left()) / area.width() * (self._high - self._low)
        return value, (area.bottom() - pixel.y()) / area.height()

    def _point_at(self, pixel: QPointF) -> int | None:
        points = self._transfer.points if self._transfer else ()
        distances = [(self._pixel(p.value, p.opacity) - pixel).manhattanLength() for p in points]
        nearest = int(np.argmin(distances)) if distances else 0
        return nearest if distances and distances[nearest] <= 1.5 * _REACH else None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, area = self.palette(), self._area()
        painter.fillRect(area, palette.color(QPalette.ColorRole.Base))
        painter.setClipRect(area.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        self._paint_histogram(painter, area)
        if self._transfer is not None:
            self._paint_curve(painter, area, self._transfer)
            for index, point in enumerate(self._transfer.points):
                self._paint_point(painter, point, chosen=index == self._index)
        painter.setClipping(False)
        role = QPalette.ColorRole.Accent if self.hasFocus() else QPalette.ColorRole.Mid
        painter.setPen(palette.color(role))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        self._paint_scale(painter, area)

    def _paint_histogram(self, painter: QPainter, area: QRectF) -> None:
        if self._histogram is None:
            return
        heights = self._histogram.heights()
        edges = np.linspace(self._histogram.low, self._histogram.high, len(heights) + 1)
        outline = [QPointF(self._pixel(edges[0], 0))]
        for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True):
            outline += [self._pixel(left, height * 0.95), self._pixel(right, height * 0.95)]
        outline.append(self._pixel(edges[-1], 0))
        colour = QColor(self.palette().color(QPalette.ColorRole.Text))
        colour.setAlpha(45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.save()
        painter.setClipRect(area)
        painter.drawPolygon(QPolygonF(outline))
        painter.restore()

    def _paint_curve(self, painter: QPainter, area: QRectF, transfer: TransferFunction) -> None:
        points = transfer.points
        line = [QPointF(area.left(), self._pixel(0, points[0].opacity).y())]
        line += [self._pixel(point.value, point.opacity) for point in points]
        line.append(QPointF(area.right(), self._pixel(0, points[-1].opacity).y()))
        gradient = QLinearGradient(area.left(), 0, area.right(), 0)
        for point in points:
            place = (point.value - self._low) / (self._high - self._low)
            colour = _colour(point)
            colour.setAlpha(150)
            gradient.setColorAt(min(max(place, 0.0), 1.0), colour)
        painter.save()
        painter.setClipRect(area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawPolygon(
            QPolygonF([QPointF(line[0].x(), area.bottom()), *line, QPointF(line[-1].x(), area.bottom())])
        )
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 1.5))
        painter.drawPolyline(QPolygonF(line))
        painter.restore()

    def _paint_point(self, painter: QPainter, point: ControlPoint, *, chosen: bool) -> None:
        role = QPalette.ColorRole.Accent if chosen else QPalette.ColorRole.Text
        painter.setPen(QPen(self.palette().color(role), 2.5 if chosen else 1.2))
        painter.setBrush(_colour(point))
        radius = 7.0 if chosen else 5.0
        painter.drawEllipse(self._pixel(point.value, point.opacity), radius, radius)

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        below = QRectF(area.left(), area.bottom() + 3, area.width(), self.fontMetrics().height() + 2)
        middle, right = Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight
        places = ((self._low, Qt.AlignmentFlag.AlignLeft), (self._middle(), middle), (self._high, right))
        for value, place in places:
            painter.drawText(below, place, self.locale().toString(float(value), "g", 4))

    def _middle(self) -> float:
        return (self._low + self._high) / 2

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._transfer is None:
            return
        under = self._point_at(event.position())
        self._stroke = uuid.uuid4().hex
        if event.button() == Qt.MouseButton.RightButton:
            if under is not None:
                self._remove(under)
            return
        if under is None and event.button() == Qt.MouseButton.LeftButton:
            value, opacity = self._place(event.position())
            transfer, under = add_point(self._transfer, value, opacity)
            self.edited.emit(transfer, self._stroke)
        if under is not None:
            self.select(under)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._transfer is not None:
            value, opacity = self._place(event.position())
            self.edited.emit(move_point(self._transfer, self._index, value, opacity), self._stroke)
        else:
            over = self._point_at(event.position()) is not None
            self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._point_at(event.position()) is not None:
            self.colour_wanted.emit(self._index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        value, _ = self._place(event.position())
        factor = 0.999 ** event.angleDelta().y()
        self._low, self._high = value + (self._low - value) * factor, value + (self._high - value) * factor
        if self._high - self._low < 1e-6 or (factor > 1 and self._sees_everything()):
            self.show_all()
        self.update()
        event.accept()

    def _sees_everything(self) -> bool:
        low, high = self._low, self._high
        return self._histogram is not None and low <= self._histogram.low and high >= self._histogram.high

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._transfer is None:
            return
        key = event.key()
        if key in _KEYS:
            self._nudge(*_KEYS[key], fine=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(self._index)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self.select((self._index + step) % len(self._transfer.points))
        elif key == Qt.Key.Key_Insert:
            self._insert()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.colour_wanted.emit(self._index)
        else:
            super().keyPressEvent(event)

    def _nudge(self, right: int, up: int, *, fine: bool) -> None:
        assert self._transfer is not None
        share = 0.002 if fine else 0.01
        point = self._transfer.points[self._index]
        value = point.value + right * share * (self._high - self._low)
        moved = move_point(self._transfer, self._index, value, point.opacity + up * share)
        self.edited.emit(moved, f"key-{self._index}")

    def _insert(self) -> None:
        assert self._transfer is not None
        points = self._transfer.points
        first = points[min(self._index, len(points) - 2)]
        second = points[min(self._index, len(points) - 2) + 1]
        middle, opacity = (first.value + second.value) / 2, (first.opacity + second.opacity) / 2
        transfer, index = add_point(self._transfer, middle, opacity)
        self.edited.emit(transfer, uuid.uuid4().hex)
        self.select(index)

    def _remove(self, index: int) -> None:
        assert self._transfer is not None
        transfer = remove_point(self._transfer, index)
        if transfer is not self._transfer:
            self.edited.emit(transfer, uuid.uuid4().hex)


def _colour(point: ControlPoint) -> QColor:
    return QColor.fromRgbF(point.red, point.green, point.blue)
