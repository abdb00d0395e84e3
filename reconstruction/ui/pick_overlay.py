"""The points that were picked on a reconstruction, with the lengths between them."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from reconstruction.measuring import lengths
from render.ui.viewport_overlay import ViewportOverlay

if TYPE_CHECKING:
    from reconstruction.ui.result_tools import ResultTools

_INK, _PAPER = QColor(255, 214, 90), QColor(15, 18, 20, 210)


class PickOverlay(ViewportOverlay):
    """Draws picked points; Backspace takes the last one back.

    Parameters
    ----------
    tools : ResultTools
        Has the points.
    """

    def __init__(self, tools: "ResultTools") -> None:
        self._tools = tools

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        view, points = self._tools.view_pinhole, self._tools.picked
        if view is None or not len(points):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = view.project(points)
        closed = self._tools.tool == "area" and len(points) >= 3
        if closed:
            points, places = (np.concatenate((rows, rows[:1])) for rows in (points, places))
            if np.isfinite(places).all():
                veil = QColor(_INK)
                veil.setAlpha(50)
                painter.setBrush(veil)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in places]))
        self._paint_lines(painter, places, [self._tools.length_text(one) for one in lengths(points)])
        for place in places:
            if np.isfinite(place).all():
                painter.setPen(QPen(QColor(20, 20, 20), 1.5))
                painter.setBrush(_INK)
                painter.drawEllipse(QPointF(*place), 4.5, 4.5)

    def _paint_lines(self, painter: QPainter, places: np.ndarray, texts: list[str]) -> None:
        for start, end, text in zip(places, places[1:], texts, strict=False):
            if not np.isfinite([start, end]).all() or np.abs([start, end]).max() > 1e5:
                continue
            painter.setPen(QPen(_INK, 2))
            painter.drawLine(QPointF(*start), QPointF(*end))
            width = painter.fontMetrics().horizontalAdvance(text) + 10
            x, y = (start + end) / 2
            box = QRectF(x - width / 2, y - 24, width, 19)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_PAPER)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(_INK)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def answers(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Backspace and len(self._tools.picked) > 0

    def key(self, event: QKeyEvent) -> None:
        self._tools.drop_last()
