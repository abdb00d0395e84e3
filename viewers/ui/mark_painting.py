"""Drawing the lines, areas and texts of derived objects over a slice picture."""

from collections.abc import Iterable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from viewers.object_layer import Mark, Points
from viewers.ui.slice_painting import draw_text

_CROSS = 5.0
_TEXT_GAP = 6.0


def draw_marks(painter: QPainter, marks: Iterable[Mark], widget_from_picture: QTransform) -> None:
    """Draw marks, whose points are pixels of a picture, where that picture lies on the widget."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        rings = [_placed(ring, widget_from_picture) for ring in mark.rings]
        path = _path(rings, closed=mark.closed)
        colour = QColor(*mark.colour)
        if mark.fill > 0:
            area = QColor(colour)
            area.setAlphaF(mark.fill)
            painter.fillPath(path, area)
        if mark.width > 0:
            style = Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine
            painter.strokePath(path, QPen(colour, mark.width, style))
        if mark.text:
            _draw_text(painter, mark, rings, widget_from_picture)
    painter.restore()


def _placed(ring: Points, transform: QTransform) -> QPolygonF:
    return transform.map(QPolygonF([QPointF(x, y) for x, y in ring.tolist()]))


def _path(rings: list[QPolygonF], *, closed: bool) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in rings:
        if ring.size() == 1:
            _add_cross(path, ring.at(0))
        else:
            path.addPolygon(ring)
            if closed:
                path.closeSubpath()
    return path


def _add_cross(path: QPainterPath, point: QPointF) -> None:
    for step in (QPointF(_CROSS, 0), QPointF(0, _CROSS)):
        path.moveTo(point - step)
        path.lineTo(point + step)


def _draw_text(painter: QPainter, mark: Mark, rings: list[QPolygonF], transform: QTransform) -> None:
    if mark.text_at is not None:
        point = transform.map(QPointF(*mark.text_at))
    elif rings and rings[0].size():
        point = rings[0].at(rings[0].size() - 1) + QPointF(_TEXT_GAP, 0)
    else:
        return
    metrics = QFontMetricsF(painter.font(), painter.device())
    lines = mark.text.split("\n")
    top = point.y() - metrics.height() * len(lines) / 2 + metrics.ascent()
    for number, line in enumerate(lines):
        baseline = QPointF(point.x(), top + number * metrics.height())
        draw_text(painter, baseline, line, QColor(*mark.colour))
