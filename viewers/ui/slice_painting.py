"""Drawing over a slice picture: letters, texts, crosshair, scale bar."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from viewers.orientation import EdgeLetters, Orientation
from viewers.overlay import CrosshairMark, ScaleBar

MARGIN = 8.0
_HOLE = 14.0
_TEXT = QColor("#d8dde3")
_LETTER = QColor("#ffd479")
_SHADOW = QColor(0, 0, 0, 235)
_OUTLINE = tuple(QPointF(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)

PLANE_COLOURS = {
    Orientation.AXIAL: QColor("#ef6a5a"),
    Orientation.CORONAL: QColor("#5fc46e"),
    Orientation.SAGITTAL: QColor("#5aa9f0"),
    Orientation.ACQUIRED: QColor("#c79bf2"),
}
IMAGE_BACKGROUND = QColor("#050607")


@dataclass(frozen=True)
class TextLine:
    """A line of text in a corner; `colour` None is the usual one."""

    text: str
    colour: QColor | None = None


def draw_text(painter: QPainter, point: QPointF, text: str, colour: QColor) -> None:
    """Draw text with its baseline at `point`, readable on any grey."""
    painter.setPen(_SHADOW)
    for offset in _OUTLINE:
        painter.drawText(point + offset, text)
    painter.setPen(colour)
    painter.drawText(point, text)


def draw_corner(painter: QPainter, area: QRectF, corner: Qt.Corner, lines: list[TextLine]) -> None:
    """Draw lines of text into a corner of `area`, each shortened to half its width."""
    metrics = QFontMetricsF(painter.font(), painter.device())
    left = corner in (Qt.Corner.TopLeftCorner, Qt.Corner.BottomLeftCorner)
    top = corner in (Qt.Corner.TopLeftCorner, Qt.Corner.TopRightCorner)
    room = area.width() / 2 - 24
    y = area.top() if top else area.bottom() - metrics.height() * len(lines)
    for line in lines:
        text = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room)
        x = area.left() if left else area.right() - metrics.horizontalAdvance(text)
        draw_text(painter, QPointF(x, y + metrics.ascent()), text, line.colour or _TEXT)
        y += metrics.height()


def draw_letters(painter: QPainter, area: QRectF, letters: EdgeLetters) -> None:
    """Draw the orientation letters at the middle of the edges."""
    painter.save()
    font = QFont(painter.font())
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * 1.25)
    painter.setFont(font)
    metrics = QFontMetricsF(font, painter.device())
    middle_y = area.center().y() + (metrics.ascent() - metrics.descent()) / 2

    def centred(text: str) -> float:
        return area.center().x() - metrics.horizontalAdvance(text) / 2

    right = area.right() - metrics.horizontalAdvance(letters.right)
    for text, point in (
        (letters.left, QPointF(area.left(), middle_y)),
        (letters.right, QPointF(right, middle_y)),
        (letters.top, QPointF(centred(letters.top), area.top() + metrics.ascent())),
        (letters.bottom, QPointF(centred(letters.bottom), area.bottom() - metrics.descent())),
    ):
        draw_text(painter, point, text, _LETTER)
    painter.restore()


def draw_crosshair(painter: QPainter, area: QRectF, mark: CrosshairMark, pixel_ratio: float) -> None:
    """Draw the lines where the other planes cut, each in its plane's colour, with a hole in the middle."""
    middle = QPointF((mark.x + 0.5) / pixel_ratio, (mark.y + 0.5) / pixel_ratio)
    for line in mark.lines:
        dx, dy = float(line.direction[0]), float(line.direction[1])
        colour = PLANE_COLOURS[line.orientation]
        for sign in (-1.0, 1.0):
            reach = _reach(area, middle, sign * dx, sign * dy)
            if reach > _HOLE:
                direction = QPointF(sign * dx, sign * dy)
                _draw_line(painter, middle + direction * _HOLE, middle + direction * reach, colour)


def _draw_line(painter: QPainter, start: QPointF, end: QPointF, colour: QColor) -> None:
    """Draw a line one pixel wide; straight ones as rectangles, which is far quicker than a stroke."""
    dx, dy = end.x() - start.x(), end.y() - start.y()
    if abs(dx) < 1e-3:
        painter.fillRect(QRectF(round(start.x() - 0.5), min(start.y(), end.y()), 1, abs(dy)), colour)
    elif abs(dy) < 1e-3:
        painter.fillRect(QRectF(min(start.x(), end.x()), round(start.y() - 0.5), abs(dx), 1), colour)
    else:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(QPen(colour, 0))
        painter.drawLine(start, end)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _reach(area: QRectF, start: QPointF, dx: float, dy: float) -> float:
    """Give how far one can go from `start` until `area` is left for good."""
    across = (area.right() if dx > 0 else area.left()) - start.x()
    along = (area.bottom() if dy > 0 else area.top()) - start.y()
    limits = [room / step for room, step in ((across, dx), (along, dy)) if abs(step) > 1e-6]
    return max(min(limits), 0.0)


def draw_scale_bar(painter: QPainter, area: QRectF, bar: ScaleBar, pixel_ratio: float) -> None:
    """Draw the scale bar with its length above it into the lower right corner of `area`."""
    length = bar.pixels / pixel_ratio
    right, y = area.right(), round(area.bottom()) - 3
    left = right - length
    ticks = [QRectF(x - 0.5, y - 5, 1.5, 6) for x in (left, left + length / 2, right - 0.5)]
    bars = [QRectF(left, y, length, 1.5), *ticks]
    for rect in bars:
        painter.fillRect(rect.adjusted(-1, -1, 1, 1), _SHADOW)
    for rect in bars:
        painter.fillRect(rect, _TEXT)
    metrics = QFontMetricsF(painter.font(), painter.device())
    x = right - metrics.horizontalAdvance(bar.text)
    draw_text(painter, QPointF(x, y - 8), bar.text, _TEXT)
