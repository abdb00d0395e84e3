"""The picture with what was found drawn over it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from capture.canonical_face import canonical_face
from capture.found import Body, Face, Found, Hand
from capture.live import Moment
from capture.skeleton import BODY_BONES, FACE_LINES, HAND_BONES

_MESH, _OUTLINE, _IRIS = QColor(120, 220, 255, 70), QColor(235, 245, 255, 215), QColor(255, 210, 90, 235)
_BODY, _LEFT, _RIGHT = QColor(250, 190, 80, 230), QColor(90, 220, 150, 235), QColor(255, 125, 150, 235)
_LOOK = QColor(255, 230, 120, 235)
_MASK = (64, 140, 255)
_LEAST_VISIBLE = 0.5
_HAND_JOINTS = slice(17, 23)
_LOOK_M = 0.10


class CaptureCanvas(QWidget):
    """Shows a moment, as large as fits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._picture: QImage | None = None
        self._tint: QImage | None = None
        self._found: Found | None = None
        self.mirrored = False
        self.shows_mesh = True

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def show_moment(self, moment: Moment) -> None:
        """Show a picture and what was found in it."""
        height, width = moment.shot.picture.shape[:2]
        pixels = np.ascontiguousarray(moment.shot.picture)
        self._picture = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self._tint = None if moment.found.mask is None else _tint(moment.found.mask)
        self._found = moment.found
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._picture = self._found = self._tint = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._picture is None or self._found is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setTransform(self._widget_from_picture(), True)
        area = QRectF(0, 0, self._picture.width(), self._picture.height())
        painter.drawImage(area, self._picture)
        if self._tint is not None:
            painter.drawImage(area, self._tint)
        for body in self._found.bodies:
            _draw_body(painter, body, with_hands=not self._found.hands)
        for face in self._found.faces:
            self._draw_face(painter, face)
        for hand in self._found.hands:
            _draw_hand(painter, hand)

    def _widget_from_picture(self) -> QTransform:
        assert self._picture is not None
        width, height = self._picture.width(), self._picture.height()
        scale = min(self.width() / width, self.height() / height)
        place = QTransform.fromTranslate(
            (self.width() - scale * width) / 2, (self.height() - scale * height) / 2
        )
        place.scale(scale, scale)
        if self.mirrored:
            place.translate(width, 0)
            place.scale(-1, 1)
        return place

    def _draw_face(self, painter: QPainter, face: Face) -> None:
        points = [QPointF(x, y) for x, y in face.points[:, :2]]
        if self.shows_mesh:
            painter.setPen(_pen(_MESH, 0.8))
            ends = [points[number] for pair in canonical_face().edges.tolist() for number in pair]
            painter.drawLines(ends)
        painter.setPen(_pen(_OUTLINE, 1.4))
        for line in FACE_LINES:
            painter.drawPolyline(QPolygonF([points[number] for number in line]))
        painter.setPen(_pen(_IRIS, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for first in (468, 473):
            radius = float(np.linalg.norm(face.points[first + 1, :2] - face.points[first + 3, :2])) / 2
            painter.drawEllipse(points[first], radius, radius)
        _draw_gaze(painter, face)


def _draw_gaze(painter: QPainter, face: Face) -> None:
    """Draw ten centimetres of the way that each eye looks, as the camera sees it."""
    if face.gaze is None or face.pose is None or face.points_m is None:
        return
    painter.setPen(_pen(_LOOK, 2.2))
    turn = face.pose.camera_from_head[:3, :3]
    for iris, direction in ((468, face.gaze.right), (473, face.gaze.left)):
        start = face.points_m[iris]
        end = start + turn @ direction * _LOOK_M
        if end[2] <= 0.01:
            continue
        # Near the iris the lens is linear enough to need no intrinsics here.
        pixels = face.points[iris, :2]
        scale = _pixels_per_ray(face)
        shift = (end[:2] / end[2] - start[:2] / start[2]) * scale
        painter.drawLine(QPointF(*pixels), QPointF(*(pixels + shift)))


def _pixels_per_ray(face: Face) -> float:
    """Give the focal length in pixels, from landmarks that are known in both."""
    assert face.points_m is not None
    rays = face.points_m[:, :2] / face.points_m[:, 2:]
    return float(np.ptp(face.points[:, 0]) / max(np.ptp(rays[:, 0]), 1e-9))


def _draw_body(painter: QPainter, body: Body, *, with_hands: bool) -> None:
    seen = body.visibility > _LEAST_VISIBLE
    if not with_hands:
        seen[_HAND_JOINTS] = False
    _draw_bones(painter, body.points[:, :2], BODY_BONES, _BODY, seen)


def _draw_hand(painter: QPainter, hand: Hand) -> None:
    colour = _LEFT if hand.side == "left" else _RIGHT
    _draw_bones(painter, hand.points[:, :2], HAND_BONES, colour, np.ones(len(hand.points), bool))


def _draw_bones(
    painter: QPainter,
    points: np.ndarray,
    bones: tuple[tuple[int, int], ...],
    colour: QColor,
    seen: np.ndarray,
) -> None:
    places = [QPointF(x, y) for x, y in points]
    painter.setPen(_pen(colour, 2.6))
    painter.drawLines(
        [places[number] for start, end in bones if seen[start] and seen[end] for number in (start, end)]
    )
    painter.setPen(_pen(colour, 7.0))
    painter.drawPoints([place for place, there in zip(places, seen, strict=True) if there])


def _pen(colour: QColor, width: float) -> QPen:
    """Give a pen of the same width on the screen, however large the picture is."""
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    pen.setCosmetic(True)
    return pen


def _tint(mask: np.ndarray) -> QImage:
    """Make a picture that colours the person."""
    height, width = mask.shape
    pixels = np.empty((height, width, 4), np.uint8)
    pixels[..., :3] = _MASK
    pixels[..., 3] = (mask * 110).astype(np.uint8)
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
