"""Drawing the lines, areas and texts of derived objects over a slice picture."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from viewers.object_layer import Mark
from viewers.ui.slice_painting import draw_text

# Half the size of the cross for a single point.
_CROSS = 5.0
_TEXT_GAP = 6.0


@dataclass(frozen=True, eq=False)
class PreparedMark:
    """A mark with its lines as Qt has them, in pixels of the picture.

    Parameters
    ----------
    mark : Mark
        What is drawn.
    path : QPainterPath
        Its rings of several points.
    points : QPolygonF
        Its single points.
    """

    mark: Mark
    path: QPainterPath
    points: QPolygonF


def prepared(marks: Iterable[Mark]) -> tuple[PreparedMark, ...]:
    """Make what takes long, away from the main thread."""
    return tuple(PreparedMark(mark, _path(mark), _points(mark)) for mark in marks)


def draw_marks(
    painter: QPainter, marks: Iterable[PreparedMark], widget_from_picture: QTransform, *, texts: bool = True
) -> None:
    """Draw marks of a picture where that picture lies on the widget, with their texts or without."""
    painter.save()
    for one in marks:
        _draw(painter, one, widget_from_picture)
        if texts and one.mark.text:
            _draw_text(painter, one.mark, widget_from_picture)
    painter.restore()


def _path(mark: Mark) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for ring in mark.rings:
        if len(ring) == 2:
            (x0, y0), (x1, y1) = ring.tolist()
            path.moveTo(x0, y0)
            path.lineTo(x1, y1)
        elif len(ring) > 2:
            path.addPolygon(QPolygonF([QPointF(x, y) for x, y in ring.tolist()]))
            if mark.closed:
                path.closeSubpath()
    return path


def _points(mark: Mark) -> QPolygonF:
    return QPolygonF([QPointF(*ring[0].tolist()) for ring in mark.rings if len(ring) == 1])


def _draw(painter: QPainter, one: PreparedMark, transform: QTransform) -> None:
    mark, colour = one.mark, QColor(*one.mark.colour)
    path, points = transform.map(one.path), transform.map(one.points)
    if mark.fill > 0:
        area = QColor(colour)
        area.setAlphaF(mark.fill)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, mark.smooth)
        painter.fillPath(path, area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark.width > 0:
        for point in points.toList():
            _add_cross(path, point)
        style = Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine
        # Round ends would take two hundred times as long where a line has thousands of pieces.
        ends = Qt.PenCapStyle.FlatCap if mark.dashed else Qt.PenCapStyle.SquareCap
        painter.strokePath(path, QPen(colour, mark.width, style, ends, Qt.PenJoinStyle.BevelJoin))


def _add_cross(path: QPainterPath, point: QPointF) -> None:
    for step in (QPointF(_CROSS, 0), QPointF(0, _CROSS)):
        path.moveTo(point - step)
        path.lineTo(point + step)


def _draw_text(painter: QPainter, mark: Mark, transform: QTransform) -> None:
    if mark.text_at is not None:
        point = transform.map(QPointF(*mark.text_at))
    elif mark.rings and len(mark.rings[0]):
        point = transform.map(QPointF(*mark.rings[0][-1].tolist())) + QPointF(_TEXT_GAP, 0)
    else:
        return
    metrics = QFontMetricsF(painter.font(), painter.device())
    lines = mark.text.split("\n")
    top = point.y() - metrics.height() * len(lines) / 2 + metrics.ascent()
    for number, line in enumerate(lines):
        baseline = QPointF(point.x(), top + number * metrics.height())
        draw_text(painter, baseline, line, QColor(*mark.colour))
