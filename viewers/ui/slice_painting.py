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
_SHADOW = QColor(0, 0, 0, 200)

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
    for offset in (QPointF(1, 1), QPointF(-1, 0), QPointF(0, -1)):
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
    reach = area.width() + area.height() + abs(middle.x()) + abs(middle.y())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    for line in mark.lines:
        direction = QPointF(float(line.direction[0]), float(line.direction[1]))
        colour = QColor(PLANE_COLOURS[line.orientation])
        colour.setAlpha(200)
        painter.setPen(QPen(colour, 1.0))
        for sign in (-1.0, 1.0):
            painter.drawLine(middle + direction * (sign * _HOLE), middle + direction * (sign * reach))
    painter.restore()


def draw_scale_bar(painter: QPainter, area: QRectF, bar: ScaleBar, pixel_ratio: float) -> None:
    """Draw the scale bar with its length above it into the lower right corner of `area`."""
    right, y = area.right(), area.bottom() - 2
    left = right - bar.pixels / pixel_ratio
    for colour, width in ((_SHADOW, 3.0), (_TEXT, 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        for x in (left, (left + right) / 2, right):
            painter.drawLine(QPointF(x, y - 5), QPointF(x, y))
    metrics = QFontMetricsF(painter.font(), painter.device())
    x = right - metrics.horizontalAdvance(bar.text)
    draw_text(painter, QPointF(x, y - 8), bar.text, _TEXT)
