"""One slice picture with its texts and marks, made for the widget's real pixels."""

from collections.abc import Callable
from concurrent.futures import Executor

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.message import Message
from core.plane import Plane
from imaging.reslice import Interpolation
from viewers.layouts import Pane
from viewers.mpr_state import pane_plane
from viewers.object_layer import Pointed
from viewers.orientation import Orientation
from viewers.overlay import Probe, crosshair_mark, probe
from viewers.slice_request import SliceRequest
from viewers.ui.editor_painting import EditorPainting
from viewers.ui.legend_painting import draw_legends
from viewers.ui.mark_painting import draw_marks
from viewers.ui.slice_overlay import SliceOverlay, SliceScene
from viewers.ui.slice_painting import IMAGE_BACKGROUND, draw_crosshair
from viewers.ui.slice_pictures import SlicePictures
from viewers.viewer_document import ViewerDocument


class SliceCanvas(QWidget):
    """Shows a slice pane of the document; mouse and keys are added by `SliceView`.

    Parameters
    ----------
    document : ViewerDocument
        What is shown and changed.
    pool : Executor
        Threads that pictures are made in.
    translate : callable
        Gives a message in the user's language.
    """

    def __init__(
        self,
        document: ViewerDocument,
        pool: Executor,
        translate: Callable[[Message], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._translate = translate
        self._overlay = SliceOverlay(translate)
        self._edited = EditorPainting(document, translate)
        self._pane = Pane(Orientation.AXIAL.value)
        self._pointer: QPointF | None = None
        self._probing = True
        self.pictures = SlicePictures(pool, self)
        self.pictures.changed.connect(self.update)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # What is shown.

    @property
    def pane(self) -> Pane:
        """What the view shows."""
        return self._pane

    @property
    def orientation(self) -> Orientation:
        """Plane of the view."""
        assert self._pane.orientation is not None
        return self._pane.orientation

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 80)

    def set_pane(self, pane: Pane) -> None:
        """Show something else."""
        if pane != self._pane:
            self._pane = pane
            self.refresh()

    def refresh(self) -> None:
        """Follow the document: ask for a new picture where it would be another one."""
        self.update()
        plane, volume, state = self.plane(), self._document.volume, self._document.state
        if plane is None or volume is None:
            self.pictures.forget()
        elif self.isVisible():
            options, revision = state.reslice_options, self._document.revision
            series = self._document.series
            request = SliceRequest(
                volume,
                plane,
                options,
                state.window,
                state.inverted,
                revision,
                self._document.objects.shown,
                series.series_uid if series else "",
            )
            self.pictures.ask(request)

    def plane(self) -> Plane | None:
        """Give the plane of the view's device pixels; None when nothing is open."""
        ratio = self.devicePixelRatioF()
        size = (round(self.width() * ratio), round(self.height() * ratio))
        if self._document.volume is None or min(size) < 1:
            return None
        return pane_plane(self._document.state, self._document.volume, self._pane, size)

    def picture_image(self) -> QImage:
        """Give a copy of the picture with the overlays but without texts, in device pixels."""
        image, ratio = self.pictures.image.copy(), self.devicePixelRatioF()
        if image.isNull():
            return image
        image.setDevicePixelRatio(ratio)
        whole = QRectF(image.rect())
        with QPainter(image) as painter:
            raster = self.pictures.raster
            if not raster.isNull():
                place = QRectF(whole.topLeft(), whole.size() / ratio)
                painter.drawImage(place, raster, QRectF(raster.rect()))
            draw_marks(painter, self.pictures.marks, self._widget_from_picture(whole), texts=False)
            plane = self.plane()
            if plane is not None and self.pictures.settled:
                self._edited.draw(painter, plane, ratio, texts=False)
        return image

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        # Ended here and not by its last reference, which an exception's traceback may hold for longer.
        with QPainter(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), IMAGE_BACKGROUND)
        plane, volume = self.plane(), self._document.volume
        if plane is None or volume is None:
            return
        self._draw_picture(painter, plane)
        area, ratio = QRectF(self.rect()), self.devicePixelRatioF()
        mark = crosshair_mark(self._document.state, volume, self._pane, plane)
        if mark is not None:
            draw_crosshair(painter, area, mark, ratio)
        self._edited.draw(painter, plane, ratio, texts=True)
        under_pointer, pointed = self._probe(plane), self._pointed(plane)
        scene = SliceScene(self._document, volume, self._pane, plane, ratio, under_pointer, pointed)
        self._overlay.draw(painter, area, scene)
        if self._document.state.texts:
            shown = self._document.objects.shown
            legends = [legend for one in shown if (legend := one.layer.legend) is not None]
            draw_legends(painter, area, legends, self._translate)

    def _draw_picture(self, painter: QPainter, plane: Plane) -> None:
        target = self.pictures.rect_on(plane)
        if target is None:
            return
        ratio = self.devicePixelRatioF()
        linear = self._document.state.interpolation is Interpolation.LINEAR
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, linear)
        for image in (self.pictures.image, self.pictures.raster):
            if image.isNull():
                continue
            if target.topLeft().isNull() and target.size().toSize() == image.size():
                image.setDevicePixelRatio(ratio)
                painter.drawImage(QPointF(0, 0), image)
            else:
                place = QRectF(target.topLeft() / ratio, target.size() / ratio)
                painter.drawImage(place, image, QRectF(image.rect()))
        draw_marks(painter, self.pictures.marks, self._widget_from_picture(target))

    def _widget_from_picture(self, target: QRectF) -> QTransform:
        """Map the pixel centres of the newest picture's plane, which lies in `target`, to the widget."""
        ratio, size = self.devicePixelRatioF(), self.pictures.image.size()
        scale = target.width() / max(size.width(), 1)
        moved = QTransform.fromTranslate(target.left() / ratio, target.top() / ratio)
        return QTransform.fromTranslate(0.5, 0.5) * QTransform.fromScale(scale / ratio, scale / ratio) * moved

    def _probe(self, plane: Plane) -> Probe | None:
        volume = self._document.volume
        if self._pointer is None or volume is None or not self._probing:
            return None
        x, y = self._pixel(self._pointer)
        shown = self._shown_value(round(x), round(y)) if self._document.state.slab_mm > 0 else None
        return probe(volume, plane.lps_from_pixel(x, y), shown, self._document.quantity)

    def _pointed(self, plane: Plane) -> tuple[Pointed, ...]:
        """Give what the derived objects have under the pointer."""
        if self._pointer is None or not self._probing:
            return ()
        point = plane.lps_from_pixel(*self._pixel(self._pointer))
        return tuple(found for one in self._document.objects.shown for found in one.at(point))

    def _shown_value(self, x: int, y: int) -> float | None:
        picture = self.pictures.picture
        if picture is None or not self.pictures.settled or picture.values.ndim != 2:
            return None
        height, width = picture.values.shape
        return float(picture.values[y, x]) if 0 <= y < height and 0 <= x < width else None

    def _pixel(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.x() * ratio - 0.5, position.y() * ratio - 0.5

    # Size and language.

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange):
            self._edited.forget()
            self.update()
        super().changeEvent(event)
