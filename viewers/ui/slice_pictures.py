"""The pictures of one view: asked for, made in worker threads, the newest kept."""

from concurrent.futures import Executor
from typing import NamedTuple

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter

from core.plane import Plane
from imaging.reslice import StopFlag
from viewers.newest_request import NewestRequest
from viewers.object_layer import LayerPicture, Raster
from viewers.slice_request import SlicePicture, SliceRequest, make_picture
from viewers.ui.mark_painting import PreparedMark, prepared

# A picture that takes longer than this is made with larger pixels while the user moves on.
_SMOOTH_S = 0.030
_REFINE_MS = 120


class SlicePictures(QObject):
    """Keeps the newest picture of a view.

    While requests come faster than pictures can be made at full resolution, they are made with larger
    pixels; the full one follows as soon as the user rests.

    Parameters
    ----------
    pool : Executor
        Threads that pictures are made in.
    """

    changed = Signal()
    _made = Signal(object)

    def __init__(self, pool: Executor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: SliceRequest | None = None
        self._picture: SlicePicture | None = None
        self._earlier: SlicePicture | None = None
        self._seconds_per_pixel = 0.0
        self._refining = False
        self._image = QImage()
        self._raster = QImage()
        self._marks: tuple[PreparedMark, ...] = ()
        self._requests = NewestRequest(pool, self._make, self._made.emit)
        self._made.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._refine = QTimer(self, singleShot=True, interval=_REFINE_MS)
        self._refine.timeout.connect(self._ask_full)

    @property
    def image(self) -> QImage:
        """The newest picture, in device pixels; null when there is none."""
        return self._image

    @property
    def raster(self) -> QImage:
        """What the layers colour in the newest picture, of its size; null where they colour nothing."""
        return self._raster

    @property
    def marks(self) -> tuple[PreparedMark, ...]:
        """What the layers draw over the newest picture, in pixels of its plane."""
        return self._marks

    @property
    def picture(self) -> SlicePicture | None:
        """The newest picture with its values."""
        return self._picture

    @property
    def settled(self) -> bool:
        """Whether the newest picture is the one last asked for, in full resolution."""
        if self._wanted is None:
            return True
        return self._picture is not None and self._picture.request.key == self._wanted.key

    def ask(self, wanted: SliceRequest) -> None:
        """Want a picture; nothing happens when it is wanted already."""
        if self._wanted is not None and wanted.key == self._wanted.key:
            return
        other_volume = not wanted.is_alike(self._wanted)
        self._wanted = wanted
        factor = 1 if other_volume else self._coarseness(wanted)
        self._requests.ask(wanted.coarser(factor), stop_running=self._refining or other_volume)
        self._refining = False
        if factor > 1:
            self._refine.start()
        else:
            self._refine.stop()

    def forget(self) -> None:
        """Have no picture, and want none."""
        self._refine.stop()
        self._requests.cancel()
        self._picture = self._wanted = self._earlier = None
        self._image = self._raster = QImage()
        self._marks = ()

    def rect_on(self, plane: Plane) -> QRectF | None:
        """Give where the newest picture lies on `plane`, in its pixels; None where it is turned otherwise.

        It differs from the whole plane while the picture lags behind zoom and pan, or is a coarse one.
        """
        if self._picture is None:
            return None
        made = self._picture.request.plane
        if min(made.right @ plane.right, made.down @ plane.down) < 1 - 1e-9:
            return None
        ratio = made.spacing_mm[0] / plane.spacing_mm[0]
        x, y = plane.pixel_from_lps(made.origin_lps_mm)
        rect = QRectF(x + 0.5 - ratio / 2, y + 0.5 - ratio / 2, made.size[0] * ratio, made.size[1] * ratio)
        whole = QRectF(0, 0, plane.size[0], plane.size[1])
        off = max(abs(rect.left()), abs(rect.top()), abs(rect.right() - whole.right()))
        return whole if made.size == plane.size and off < 1e-3 else rect

    def _coarseness(self, wanted: SliceRequest) -> int:
        size = wanted.plane.size
        seconds = self._seconds_per_pixel * size[0] * size[1]
        return next((factor for factor in (1, 2, 3) if seconds / factor**2 <= _SMOOTH_S), 4)

    def _ask_full(self) -> None:
        if self._wanted is not None and not self.settled:
            self._refining = True
            self._requests.ask(self._wanted)

    def _make(self, request: SliceRequest, stop: StopFlag) -> "_Made":
        # In a worker thread, never in two at once.
        picture = make_picture(request, self._earlier, stop)
        # A forgotten view must not keep a volume in memory.
        self._earlier = picture if self._wanted is not None else None
        marks = prepared(mark for layer in picture.layers for mark in layer.marks)
        return _Made(picture, _screen_image(picture), _raster_image(picture.layers), marks)

    def _take(self, made: "_Made") -> None:
        picture = made.picture
        if self._wanted is None or not self._wanted.is_alike(picture.request):
            return
        if picture.seconds > 0.0:
            self._seconds_per_pixel = picture.seconds / (picture.pixels.shape[0] * picture.pixels.shape[1])
        self._picture, self._image = picture, made.image
        self._raster, self._marks = made.raster, made.marks
        self.changed.emit()


class _Made(NamedTuple):
    """A picture as the screen needs it."""

    picture: SlicePicture
    image: QImage
    raster: QImage
    marks: tuple[PreparedMark, ...]


def _screen_image(picture: SlicePicture) -> QImage:
    """Give the picture in the format of the screen, so that showing it is a mere copy."""
    grey = picture.pixels.ndim == 2
    form = QImage.Format.Format_Grayscale8 if grey else QImage.Format.Format_RGBA8888
    width, height = picture.request.plane.size
    looking_in = QImage(picture.pixels.data, width, height, picture.pixels.strides[0], form)
    return looking_in.convertToFormat(
        QImage.Format.Format_RGB32 if grey else QImage.Format.Format_ARGB32_Premultiplied
    )


def _raster_image(layers: tuple[LayerPicture, ...]) -> QImage:
    """Lay the rasters of all layers over each other; null where there is none."""
    images = [_premultiplied(layer.raster) for layer in layers if layer.raster is not None]
    if not images:
        return QImage()
    with QPainter(images[0]) as painter:
        for image in images[1:]:
            painter.drawImage(0, 0, image)
    return images[0]


def _premultiplied(raster: Raster) -> QImage:
    height, width = raster.shape[:2]
    looking_in = QImage(
        raster.data, width, height, raster.strides[0], QImage.Format.Format_RGBA8888_Premultiplied
    )
    return looking_in.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
