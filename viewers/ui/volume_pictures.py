"""Pictures of a volume made in a thread: quick ones while something moves, then a good one."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from render.camera import Camera
from render.picture_quality import Quality
from render.volume_look import VolumeLook
from render.volume_renderer import VolumeRenderer

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PictureRequest:
    """What to draw.

    Parameters
    ----------
    camera, look : Camera, VolumeLook
        Where from, and how.
    size : tuple of int
        Width and height in pixels.
    quality : Quality
        A full picture is given up as soon as another is asked for; an interactive one is finished, so that
        a long drag shows something.
    """

    camera: Camera
    look: VolumeLook
    size: tuple[int, int]
    quality: Quality


@dataclass(frozen=True, eq=False)
class VolumePicture:
    """A finished picture with the request that it answers and the time that it took."""

    image: QImage
    request: PictureRequest
    seconds: float


class _Relay(QObject):
    ready = Signal(object)
    failed = Signal(str)


class VolumePictures:
    """Draws one volume in a thread that lives only while pictures are wanted.

    Of several requests that come while one is drawn only the newest is kept. `ready` (a Qt signal, on the
    thread that made this object) brings a `VolumePicture`, `failed` the kind of an unexpected error.

    Parameters
    ----------
    volume : Volume
        Grey; its voxels may still be filled while pictures are drawn.
    """

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._renderer: VolumeRenderer | None = None
        self._lock = threading.Lock()
        self._wanted: PictureRequest | None = None
        self._drawing: tuple[PictureRequest, StopFlag] | None = None
        self._thread: threading.Thread | None = None
        self._stale = False
        self._closed = False
        self._relay = _Relay()
        self.ready: Any = self._relay.ready
        self.failed: Any = self._relay.failed

    def request(self, request: PictureRequest) -> None:
        """Draw this next, instead of what waits; a full picture being drawn is stopped."""
        with self._lock:
            if self._closed:
                return
            self._wanted = request
            if self._drawing is not None and self._drawing[0].quality is Quality.FULL:
                self._drawing[1].stop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="volume-pictures", daemon=True)
                self._thread.start()

    @property
    def busy(self) -> bool:
        """Tell whether a picture is being drawn or waits to be."""
        with self._lock:
            return self._thread is not None

    def voxels_changed(self) -> None:
        """Look at the voxels again before the next picture: more slices are there."""
        with self._lock:
            self._stale = True

    def close(self) -> None:
        """Stop drawing and wait for the thread to end; nothing comes after that."""
        with self._lock:
            self._closed = True
            self._wanted = None
            if self._drawing is not None:
                self._drawing[1].stop()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                request, self._wanted = self._wanted, None
                if request is None:
                    self._thread, self._drawing = None, None
                    return
                stop = StopFlag()
                self._drawing = (request, stop)
                stale, self._stale = self._stale, False
            self._draw(request, stop, refresh=stale)

    def _draw(self, request: PictureRequest, stop: StopFlag, *, refresh: bool) -> None:
        started = time.perf_counter()
        try:
            renderer = self._ready_renderer(refresh=refresh)
            pixels = renderer.render(
                request.camera, request.look, request.size, quality=request.quality, stop=stop
            )
        except Cancelled:
            return  # a newer request is waiting, or nobody wants one any more
        except Exception as error:
            _log.exception("a picture of the volume could not be drawn")
            self._emit(self._relay.failed, type(error).__name__)
            return
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        self._emit(self._relay.ready, VolumePicture(image, request, time.perf_counter() - started))

    def _ready_renderer(self, *, refresh: bool) -> VolumeRenderer:
        if self._renderer is None:
            self._renderer = VolumeRenderer(self._volume)
        elif refresh:
            self._renderer.refresh()
        return self._renderer

    def _emit(self, signal: Any, value: object) -> None:
        with self._lock:
            if self._closed:
                return
        signal.emit(value)
