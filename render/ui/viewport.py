"""The widget that shows something rendered: mouse, touch and keys move the camera, and nothing blocks."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from render.camera import Camera
from render.camera_motion import Motion
from render.drawing_pace import DrawingPaces
from render.ui import viewport_keys
from render.ui.picture_worker import DrawnPicture, PictureSource
from render.ui.progressive_drawing import ProgressiveDrawing
from render.ui.viewport_overlay import ViewportOverlay
from render.ui.viewport_pointer import ViewportPointer

_TOUCHES = (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel)


class Viewport(QWidget):
    """Shows pictures of a source from its camera, drawn in a thread: quick ones first, then a good one.

    The left button does what `tool` says, the middle one (or Shift) moves, the right one and the wheel zoom,
    Ctrl gives the drag to the owner. One finger is the left button; two move, pinch and turn. Arrows turn,
    + and - zoom.

    Signals: `camera_changed(camera)` after the user moved it; `owner_dragged(delta, stroke)` for drags that
    are the owner's; `side_requested(letter)` and `home_requested` for the keys A, P, L, R, S, I and Home;
    `clicked(place)` and `pointed(place)` where no overlay is, `double_clicked`, `menu_requested(point)` in
    global pixels; `picture_drawn(DrawnPicture)`, `drawing_failed(kind)`.

    Parameters
    ----------
    paces : DrawingPaces, optional
        How large quick pictures may be; what is learnt is kept when the viewport closes.
    """

    camera_changed = Signal(object)
    owner_dragged = Signal(object, str)
    side_requested = Signal(str)
    home_requested = Signal()
    clicked = Signal(QPointF)
    pointed = Signal(QPointF)
    double_clicked = Signal()
    menu_requested = Signal(QPoint)
    picture_drawn = Signal(object)
    drawing_failed = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, paces: DrawingPaces | None = None) -> None:
        super().__init__(parent)
        self.tool = Motion.ROTATE
        self.camera: Camera | None = None
        self.overlays: list[ViewportOverlay] = []
        self._source: PictureSource | None = None
        self._image: QImage | None = None
        self._note = ""
        self._pointer = ViewportPointer(self)
        self._paces = paces or DrawingPaces()
        self._drawing = ProgressiveDrawing(self, self._shown, self._paces)
        self._drawing.drawn.connect(self._take)
        self._drawing.failed.connect(self.drawing_failed)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 90)

    def sizeHint(self) -> QSize:
        return QSize(480, 400)

    # What is shown

    @property
    def source(self) -> PictureSource | None:
        """What is shown."""
        return self._source

    def show_source(self, source: PictureSource | None, camera: Camera | None) -> None:
        """Show something, or something else of the same; None for nothing."""
        same = source is self._source and camera == self.camera
        self._source, self.camera = source, camera
        if same:
            self.update()
        elif source is None:
            self._drawing.forget()
            self._image = None
            self.update()
        else:
            self.redraw()

    def set_camera(self, camera: Camera) -> None:
        """Look from elsewhere."""
        self.camera = camera
        self.redraw()

    def redraw(self) -> None:
        """Draw again: the camera or the source has changed."""
        self._drawing.draw()
        self.update()

    def close_viewport(self) -> None:
        """End the drawing thread; what is shown stays."""
        self._drawing.forget()
        self._paces.keep()

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._drawing.busy

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
            self._paint(painter, on_screen=False)
        return image

    def _shown(self) -> tuple[PictureSource, Camera] | None:
        return None if self._source is None or self.camera is None else (self._source, self.camera)

    def _take(self, picture: DrawnPicture) -> None:
        self._image = picture.image
        self.update()
        self.picture_drawn.emit(picture)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self._paint(painter, on_screen=True)
            if self.hasFocus():
                painter.setPen(QPen(self.palette().highlight().color(), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def paint_background(self, painter: QPainter) -> None:
        """Draw what is behind the picture: black."""
        painter.fillRect(self.rect(), QColor(Qt.GlobalColor.black))

    def _paint(self, painter: QPainter, *, on_screen: bool) -> None:
        self.paint_background(painter)
        if self._note:
            painter.setPen(QColor(190, 190, 190))
            box = self.rect().adjusted(24, 24, -24, -24)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._note)
            return
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
        for overlay in self.overlays:
            painter.save()
            overlay.paint(painter, on_screen=on_screen)
            painter.restore()

    # Moving the camera

    def move_camera(self, camera: Camera) -> None:
        """Look from elsewhere because the user asks for it."""
        self.set_camera(camera)
        self.camera_changed.emit(camera)

    # Mouse and touch

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pointer.press(event.position(), event.button(), self._pointer.motion_of(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer.move(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pointer.release(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pointer.double_click(event.position())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.camera is not None:
            self.move_camera(self.camera.zoom(1.0015 ** event.angleDelta().y()))
            event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer.leave()

    def event(self, event: QEvent) -> bool:
        if event.type() in _TOUCHES and isinstance(event, QTouchEvent):
            return self._pointer.touch(event)
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        overlay = self._answering(event)
        if overlay is not None:
            overlay.key(event)
        elif self.camera is None or not viewport_keys.is_viewport_key(event):
            super().keyPressEvent(event)
        else:
            self._key(event, self.camera)

    def _is_own(self, event: QKeyEvent) -> bool:
        return self._answering(event) is not None or viewport_keys.is_viewport_key(event)

    def _answering(self, event: QKeyEvent) -> ViewportOverlay | None:
        if viewport_keys.is_command(event):
            return None
        return next((overlay for overlay in self.overlays if overlay.answers(event)), None)

    def _key(self, event: QKeyEvent, camera: Camera) -> None:
        side, turn = viewport_keys.side_of(event), viewport_keys.turn_of(event)
        if side is not None:
            self.side_requested.emit(side)
        elif turn is not None:
            self.move_camera(camera.orbit(*turn))
        elif event.key() in viewport_keys.ZOOMS:
            self.move_camera(camera.zoom(viewport_keys.ZOOMS[event.key()]))
        else:
            self.home_requested.emit()

    # Following the window

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.redraw()

    def showEvent(self, event: QShowEvent) -> None:
        self.redraw()
