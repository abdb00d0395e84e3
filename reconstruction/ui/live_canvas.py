"""The picture of a followed camera, with the points it is followed by and what was put into the scene."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from reconstruction.slam.anchor import Anchor, seen_faces
from reconstruction.slam.live_moment import Moment, TrackingState

_NEAR, _FAR, _NEW = QColor(255, 190, 80), QColor(80, 170, 255), QColor(230, 230, 230, 130)
_OBJECT = QColor(255, 150, 60)
_FRAME = {
    TrackingState.STARTING: QColor(230, 190, 80),
    TrackingState.TRACKING: QColor(90, 200, 120),
    TrackingState.LOST: QColor(235, 90, 80),
}
_RADIUS = 2.2


class LiveCanvas(QWidget):
    """Shows a moment, as large as fits.

    Signals: `tapped(x, y)` in pixels of the picture.
    """

    tapped = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self._picture: QImage | None = None
        self.moment: Moment | None = None
        self.anchors: tuple[Anchor, ...] = ()
        self.shows_tracks = True
        self.hint = ""

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def show_moment(self, moment: Moment | None) -> None:
        """Show a picture and what is known in it."""
        self.moment = moment
        self._picture = None if moment is None else _image(moment.frame.picture)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._picture is None or self.moment is None:
            painter.setPen(_NEW)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.hint)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._widget_from_picture()
        painter.setTransform(place, True)
        area = QRectF(-0.5, -0.5, self._picture.width(), self._picture.height())
        painter.drawImage(area, self._picture)
        painter.setClipRect(area)  # what stands beside the picture is not seen
        if self.shows_tracks:
            _draw_tracks(painter, self.moment, place.m11())
        self._draw_anchors(painter)
        painter.setPen(QPen(_FRAME[self.moment.tracked.state], 3.0 / place.m11()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)

    def _draw_anchors(self, painter: QPainter) -> None:
        camera = None if self.moment is None else self.moment.camera
        if camera is None:
            return
        away = [float(np.linalg.norm(anchor.place - camera.pose[1])) for anchor in self.anchors]
        painter.setPen(Qt.PenStyle.NoPen)
        for at in np.argsort(away)[::-1]:
            for corners, brightness in seen_faces(self.anchors[at], camera):
                shade = (
                    round(brightness * value) for value in (_OBJECT.red(), _OBJECT.green(), _OBJECT.blue())
                )
                painter.setBrush(QColor(*shade))
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))

    def _widget_from_picture(self) -> QTransform:
        assert self._picture is not None
        width, height = self._picture.width(), self._picture.height()
        scale = min(self.width() / width, self.height() / height)
        left, top = (self.width() - scale * width) / 2, (self.height() - scale * height) / 2
        place = QTransform.fromTranslate(left, top)
        place.scale(scale, scale)
        return place.translate(0.5, 0.5)  # the middle of the first pixel is at (0, 0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._picture is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        place = self._widget_from_picture().inverted()[0].map(event.position())
        if -0.5 <= place.x() < self._picture.width() and -0.5 <= place.y() < self._picture.height():
            self.tapped.emit(place.x(), place.y())


def _image(picture: np.ndarray) -> QImage:
    height, width = picture.shape[:2]
    pixels = np.ascontiguousarray(picture)
    if picture.ndim == 2:
        return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _draw_tracks(painter: QPainter, moment: Moment, scale: float) -> None:
    """Draw the points, near ones warm and far ones cold; those of unknown distance are pale."""
    tracked, camera = moment.tracked, moment.camera
    depths = np.full(len(tracked.pixels), np.nan)
    if camera is not None and len(tracked.pixels):
        depths = (tracked.places.astype(float) - camera.pose[1]) @ camera.pose[0][:, 2]
    known = np.isfinite(depths) & (depths > 0)
    low, high = np.percentile(np.log(depths[known]), (5, 95)) if known.any() else (0.0, 1.0)
    share = np.clip((np.log(np.where(known, depths, 1.0)) - low) / max(high - low, 1e-6), 0, 1)
    painter.setPen(Qt.PenStyle.NoPen)
    for (x, y), far, there in zip(tracked.pixels.tolist(), share.tolist(), known.tolist(), strict=True):
        painter.setBrush(_mixed(far) if there else _NEW)
        painter.drawEllipse(QPointF(x, y), _RADIUS / scale, _RADIUS / scale)


def _mixed(far: float) -> QColor:
    ends = ((_NEAR.red(), _FAR.red()), (_NEAR.green(), _FAR.green()), (_NEAR.blue(), _FAR.blue()))
    return QColor(*(round((1 - far) * near + far * other) for near, other in ends))
