"""Live curves of a training: the loss falls, the score of the batches rises."""

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

_LEFT, _TOP, _RIGHT, _GAP = 40, 10, 40, 8
_SMOOTHING = 0.85
_MOST_POINTS = 800


@dataclass
class Curve:
    """Smoothed values over the fraction of one model's training."""

    places: list[float] = field(default_factory=list[float])
    values: list[float] = field(default_factory=list[float])

    def add(self, place: float, value: float) -> None:
        """Add a value, smoothed with those before; every other is dropped when there are too many."""
        last = self.values[-1] if self.values else value
        self.places.append(place)
        self.values.append(_SMOOTHING * last + (1.0 - _SMOOTHING) * value)
        if len(self.places) > _MOST_POINTS:
            self.places, self.values = self.places[::2], self.values[::2]


class TrainingPlot(QWidget):
    """Loss (left axis) and score (right axis, 0 to 1) of every model that is trained, the newest one bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: dict[str, Curve] = {}
        self._scores: dict[str, Curve] = {}
        self._texts = ("", "", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 150)

    def sizeHint(self) -> QSize:
        return QSize(560, 260)

    def clear(self) -> None:
        """Forget everything."""
        self._losses, self._scores = {}, {}
        self.update()

    def set_texts(self, loss: str, score: str, empty: str) -> None:
        """Say what the axes are, and what is shown without curves."""
        self._texts = (loss, score, empty)
        self.update()

    def add(self, part: str, place: float, loss: float, score: float | None) -> None:
        """Add what one model tells at `place` (0 to 1) of its training."""
        self._losses.setdefault(part, Curve()).add(place, loss)
        if score is not None:
            self._scores.setdefault(part, Curve()).add(place, score)
        self.update()

    @property
    def parts(self) -> tuple[str, ...]:
        """The models that have curves."""
        return tuple(self._losses)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        palette = self.palette()
        painter.fillRect(area, palette.color(QPalette.ColorRole.Base))
        if not self._losses:
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area, flags, self._texts[2])
            return
        highest = max(max(curve.values) for curve in self._losses.values()) * 1.05
        self._draw_axes(painter, area, highest)
        for curves, top, colour in (
            (self._losses, highest, palette.color(QPalette.ColorRole.BrightText)),
            (self._scores, 1.0, palette.color(QPalette.ColorRole.Accent)),
        ):
            for number, curve in enumerate(curves.values()):
                newest = number == len(curves) - 1
                colour.setAlphaF(1.0 if newest else 0.35)
                painter.setPen(QPen(colour, 2.2 if newest else 1.2))
                painter.drawPolyline(_polygon(curve, area, top))

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(self.rect()).adjusted(_LEFT, _TOP + line, -_RIGHT, -_GAP)

    def _draw_axes(self, painter: QPainter, area: QRectF, highest: float) -> None:
        palette, line = self.palette(), self.fontMetrics().height()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1.0))
        for quarter in range(5):
            y = area.bottom() - area.height() * quarter / 4.0
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for quarter in range(5):
            y = area.bottom() - area.height() * quarter / 4.0 - line / 2.0
            painter.setPen(palette.color(QPalette.ColorRole.BrightText))
            painter.drawText(QRectF(0, y, _LEFT - 5, line), right, f"{highest * quarter / 4.0:.1f}")
            painter.setPen(palette.color(QPalette.ColorRole.Accent))
            painter.drawText(QRectF(area.right() + 5, y, _RIGHT, line), left, f"{quarter / 4.0:.2f}")
        painter.setPen(palette.color(QPalette.ColorRole.BrightText))
        painter.drawText(QRectF(area.left(), 0, area.width() / 2, line), left, self._texts[0])
        painter.setPen(palette.color(QPalette.ColorRole.Accent))
        painter.drawText(QRectF(area.center().x(), 0, area.width() / 2, line), right, self._texts[1])


def _polygon(curve: Curve, area: QRectF, top: float) -> QPolygonF:
    return QPolygonF(
        [
            QPointF(area.left() + place * area.width(), area.bottom() - min(value / top, 1.0) * area.height())
            for place, value in zip(curve.places, curve.values, strict=True)
        ]
    )
