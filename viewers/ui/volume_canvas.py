"""The picture of the 3D view with its orientation cube and crop handles, and the mouse and keys on it."""

import uuid
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.volume import Volume
from viewers.camera_projection import CameraProjection
from viewers.crop_box import CropBox, drag_voxels, edge_lines, handle_at, handle_pixels
from viewers.orientation_cube import CubeFace, face_at, visible_faces
from viewers.ui.cube_painter import draw_cube
from viewers.volume_scene import Background, VolumeScene, VolumeTool, dragged

_CUBE_SIDE, _CUBE_MARGIN = 34.0, 44.0
_HANDLE = QColor(255, 190, 60)
_STILL_PIXELS = 3


@dataclass
class _Drag:
    """A button held down: what it does, from where, and what the scene was then."""

    start: QPointF
    last: QPointF
    scene: VolumeScene
    stroke: str
    button: Qt.MouseButton
    tool: VolumeTool | None = None
    face: int | None = None
    moved: bool = False


class VolumeCanvas(QWidget):
    """Shows the newest picture and turns what the user does into changes of the scene.

    Signals: `camera_changed(scene)` and `look_changed(scene, stroke)` while dragging, `face_clicked(letter)`
    on the cube, `maximise_requested`, `menu_requested(point)` in global pixels, `key_pressed(event)` for
    keys with a meaning of the owner's, `resized`.
    """

    camera_changed = Signal(object)
    look_changed = Signal(object, str)
    face_clicked = Signal(str)
    maximise_requested = Signal()
    menu_requested = Signal(QPoint)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.volume: Volume | None = None
        self.scene: VolumeScene | None = None
        self.tool = VolumeTool.ROTATE
        self.crop_shown = False
        self.crop_face = 0
        self._image: QImage | None = None
        self._note = ""
        self._drag: _Drag | None = None
        self._hovered_letter: str | None = None
        self._hovered_face: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    def sizeHint(self) -> QSize:
        return QSize(480, 400)

    # What is shown

    def set_image(self, image: QImage | None) -> None:
        """Show a picture of the volume, stretched over the view."""
        self._image = image
        self.update()

    def set_note(self, note: str) -> None:
        """Show a sentence instead of a picture; "" for none."""
        self._note = note
        self.update()

    def note(self) -> str:
        """Give the sentence that stands in for a picture."""
        return self._note

    def picture(self) -> QImage:
        """Give what is on the screen without handles and hints, in screen resolution."""
        ratio = self.devicePixelRatioF()
        image = QImage(self.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        with QPainter(image) as painter:
            self._paint_picture(painter)
        return image

    def projection(self) -> CameraProjection | None:
        """Give where points of the patient are in this view."""
        if self.scene is None or self.width() < 1 or self.height() < 1:
            return None
        return CameraProjection(self.scene.camera, (self.width(), self.height()))

    def crop_box(self) -> CropBox | None:
        """Give the box that is being edited, if any."""
        if self.volume is None or self.scene is None or not self.crop_shown:
            return None
        return CropBox.of(self.scene.look, self.volume)

    def select_crop_face(self, face: int) -> None:
        """Choose the face that the keyboard moves."""
        self.crop_face = face % 6
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint_picture(painter)
            self._paint_crop(painter)
            if self.hasFocus():
                painter.setPen(QPen(self.palette().highlight().color(), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_picture(self, painter: QPainter) -> None:
        self._paint_background(painter)
        if self._note:
            painter.setPen(QColor(190, 190, 190))
            box = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
            return
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
        draw_cube(painter, self.faces(), self._hovered_letter)

    def _paint_background(self, painter: QPainter) -> None:
        background = self.scene.background if self.scene is not None else Background.BLACK
        if background is Background.GRADIENT:
            gradient = QLinearGradient(0, 0, 0, self.height())
            gradient.setColorAt(0, QColor(70, 84, 104))
            gradient.setColorAt(1, QColor(12, 14, 18))
            painter.fillRect(self.rect(), gradient)
        else:
            white = background is Background.WHITE and not self._note
            painter.fillRect(self.rect(), QColor(Qt.GlobalColor.white if white else Qt.GlobalColor.black))

    def _paint_crop(self, painter: QPainter) -> None:
        box, projection = self.crop_box(), self.projection()
        if box is None or projection is None or self.volume is None or self._note:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(255, 190, 60, 150), 1))
        for start, end in edge_lines(box, self.volume, projection):
            if np.isfinite([start, end]).all():
                painter.drawLine(QPointF(*start), QPointF(*end))
        for face, (x, y) in enumerate(handle_pixels(box, self.volume, projection)):
            if np.isfinite([x, y]).all():
                self._paint_handle(painter, QPointF(x, y), face)

    def _paint_handle(self, painter: QPainter, place: QPointF, face: int) -> None:
        lit = face == self._hovered_face or (self._hovered_face is None and face == self.crop_face)
        painter.setPen(QPen(QColor(20, 20, 20), 1.5))
        painter.setBrush(QColor(255, 240, 200) if lit else _HANDLE)
        radius = 7.0 if lit else 5.5
        painter.drawEllipse(place, radius, radius)

    def faces(self) -> list[CubeFace]:
        """Give the visible faces of the orientation cube; none where the patient's axes are unknown."""
        projection = self.projection()
        if projection is None or self.volume is None or not self.volume.lps_known:
            return []
        centre = (self.width() - _CUBE_MARGIN, self.height() - _CUBE_MARGIN)
        return visible_faces(projection, centre, _CUBE_SIDE)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.scene is None or self._note:
            return
        place, left = event.position(), event.button() == Qt.MouseButton.LeftButton
        letter = face_at(self.faces(), place.x(), place.y())
        if left and letter is not None:
            self.face_clicked.emit(letter)
            return
        face = self._handle_under(place) if left else None
        tool = None if face is not None else self._tool_of(event)
        self._drag = _Drag(place, place, self.scene, uuid.uuid4().hex, event.button(), tool, face)
        if face is not None:
            self.crop_face = face

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._drag is None or self.scene is None:
            self._hover(place)
            return
        drag = self._drag
        if not drag.moved and (place - drag.start).manhattanLength() < _STILL_PIXELS:
            return
        drag.moved = True
        self._drag_to(drag, place)
        drag.last = place

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and not drag.moved and drag.button == Qt.MouseButton.RightButton:
            self.menu_requested.emit(event.globalPosition().toPoint())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        on_cube = face_at(self.faces(), event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and on_cube is None:
            self._drag = None
            self.maximise_requested.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.scene is not None:
            factor = 1.0015 ** event.angleDelta().y()
            self.camera_changed.emit(replace(self.scene, camera=self.scene.camera.zoom(factor)))
            event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered_letter = self._hovered_face = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized.emit()

    def _drag_to(self, drag: _Drag, place: QPointF) -> None:
        assert self.scene is not None
        if drag.face is not None:
            self._drag_face(drag, place)
            return
        delta, size = place - drag.last, (self.width(), self.height())
        tool = drag.tool or self.tool
        scene = dragged(self.scene, tool, (delta.x(), delta.y()), size)
        if tool is VolumeTool.WINDOW:
            self.look_changed.emit(scene, drag.stroke)
        else:
            self.camera_changed.emit(scene)

    def _drag_face(self, drag: _Drag, place: QPointF) -> None:
        projection = self.projection()
        if projection is None or self.volume is None or drag.face is None:
            return
        box = CropBox.of(drag.scene.look, self.volume)
        delta = place - drag.start
        voxels = drag_voxels(box, drag.face, self.volume, projection, (delta.x(), delta.y()))
        self._crop(box.with_face(drag.face, box.face_value(drag.face) + voxels, self.volume), drag.stroke)

    def _crop(self, box: CropBox, stroke: str) -> None:
        assert self.scene is not None
        assert self.volume is not None
        self.look_changed.emit(replace(self.scene, look=box.applied(self.scene.look, self.volume)), stroke)

    def _tool_of(self, event: QMouseEvent) -> VolumeTool:
        if event.button() == Qt.MouseButton.MiddleButton:
            return VolumeTool.PAN
        if event.button() == Qt.MouseButton.RightButton:
            return VolumeTool.ZOOM
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return VolumeTool.PAN
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return VolumeTool.WINDOW
        return self.tool

    def _handle_under(self, place: QPointF) -> int | None:
        box, projection = self.crop_box(), self.projection()
        if box is None or projection is None or self.volume is None:
            return None
        return handle_at(handle_pixels(box, self.volume, projection), place.x(), place.y())

    def _hover(self, place: QPointF) -> None:
        letter = face_at(self.faces(), place.x(), place.y())
        face = self._handle_under(place)
        if (letter, face) != (self._hovered_letter, self._hovered_face):
            self._hovered_letter, self._hovered_face = letter, face
            pointing = letter is not None or face is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor)
            self.update()
