"""Draws the orientation cube."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF, QTransform

from viewers.orientation_cube import CubeFace

_SIDE = 100.0  # of the square that a letter is drawn in before it is laid on its face
# One hue an axis, as the eye looks for them: left-right red, front-back green, head-feet blue.
_HUES = {"L": 2, "R": 2, "A": 130, "P": 130, "S": 215, "I": 215}


def draw_cube(painter: QPainter, faces: list[CubeFace], hovered: str | None) -> None:
    """Draw the visible faces with their letters; the one under the mouse is brighter."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for face in faces:
        _draw_face(painter, face, lit=face.letter == hovered)
    painter.restore()


def _draw_face(painter: QPainter, face: CubeFace, *, lit: bool) -> None:
    value = int((150 if lit else 95) + 75 * face.facing)
    colour = QColor.fromHsv(_HUES[face.letter], 120, min(value, 255), 235)
    painter.setPen(QPen(QColor(20, 20, 20, 200), 1.2))
    painter.setBrush(colour)
    outline = QPolygonF([QPointF(x, y) for x, y in face.corners])
    painter.drawPolygon(outline)
    if face.facing < 0.25:
        return
    painter.save()
    painter.setTransform(_on_face(face.corners), True)
    font = QFont(painter.font())
    font.setPixelSize(62)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255, int(255 * min(1.0, face.facing + 0.2))))
    painter.drawText(QRectF(0, 0, _SIDE, _SIDE), Qt.AlignmentFlag.AlignCenter, face.letter)
    painter.restore()


def _on_face(corners: np.ndarray) -> QTransform:
    """Map the square of a letter to the parallelogram of its face."""
    origin = corners[0]
    across, down = (corners[1] - origin) / _SIDE, (corners[3] - origin) / _SIDE
    return QTransform(across[0], across[1], down[0], down[1], origin[0], origin[1])
