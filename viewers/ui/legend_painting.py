"""Drawing what the colours over a slice mean."""

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from core.message import Message
from viewers.object_layer import Legend
from viewers.ui.slice_painting import MARGIN, draw_text

_TEXT = QColor("#d8dde3")
_WIDTH = 12.0
_GAP = 5.0
# Beside the orientation letter at the middle of the edge.
_FROM_EDGE = 30.0
_SHARE = 0.36
_SMALLEST = QRectF(0, 0, 320, 300)
_TICKS = 5


def draw_legends(
    painter: QPainter, area: QRectF, legends: Iterable[Legend], translate: Callable[[Message], str]
) -> None:
    """Draw colour bars at the right edge of `area`, side by side; none in a small view."""
    if area.width() < _SMALLEST.width() or area.height() < _SMALLEST.height():
        return
    right = area.right() - MARGIN - _FROM_EDGE
    for legend in legends:
        right = _draw(painter, QPointF(right, area.center().y()), area.height() * _SHARE, legend, translate)


def _draw(
    painter: QPainter, middle: QPointF, height: float, legend: Legend, translate: Callable[[Message], str]
) -> float:
    """Draw one bar with its right edge at `middle` and give where the next one may end."""
    metrics = QFontMetricsF(painter.font(), painter.device())
    bar = QRectF(middle.x() - _WIDTH, middle.y() - height / 2, _WIDTH, height)
    gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
    for number, colour in enumerate(legend.colours):
        gradient.setColorAt(number / max(len(legend.colours) - 1, 1), QColor(*colour))
    painter.fillRect(bar.adjusted(-1, -1, 1, 1), QColor(0, 0, 0, 235))
    painter.fillRect(bar, gradient)
    widest = 0.0
    decimals = _decimals(legend.high - legend.low)
    for number in range(_TICKS):
        share = number / (_TICKS - 1)
        text = f"{legend.low + share * (legend.high - legend.low):.{decimals}f}"
        y = bar.bottom() - share * height
        width = metrics.horizontalAdvance(text)
        baseline = y + (metrics.ascent() - metrics.descent()) / 2
        draw_text(painter, QPointF(bar.left() - _GAP - width, baseline), text, _TEXT)
        widest = max(widest, width)
    title = "  ".join(filter(None, (translate(legend.title), legend.unit)))
    width = metrics.horizontalAdvance(title)
    draw_text(painter, QPointF(bar.right() - width, bar.top() - metrics.height() / 2 - 4), title, _TEXT)
    return bar.left() - max(widest + 3 * _GAP, width - _WIDTH + _GAP)


def _decimals(extent: float) -> int:
    """Give how many decimals tell values apart over an extent: three figures of it."""
    return max(0, 2 - math.floor(math.log10(extent))) if extent > 0 else 2
