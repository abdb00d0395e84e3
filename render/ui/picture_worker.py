"""Pictures made in a thread: of many that are asked for, those that are still wanted."""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core.errors import Cancelled
from imaging.reslice import StopFlag
from render.camera import Camera
from render.picture_quality import Quality

_log = logging.getLogger(__name__)


class PictureSource(Protocol):
    """What a viewport shows, as it is at one moment."""

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha; called in a worker thread.

        Raises
        ------
        Cancelled
            When stopped.
        """
        ...


@runtime_checkable
class TellsItsKind(Protocol):
    """A source that has pictures of several kinds, some of which are dearer than others."""

    @property
    def kind(self) -> str:
        """Name the kind."""
        ...


def kind_of(source: PictureSource) -> str:
    """Name the kind of picture that a source draws; what is known of the cost of one holds for all."""
    return source.kind if isinstance(source, TellsItsKind) else type(source).__name__


@dataclass(frozen=True, eq=False)
class PictureRequest:
    """What to draw.

    Parameters
    ----------
    source : PictureSource
        What is seen.
    camera : Camera
        Where from.
    size : tuple of int
        Width and height in pixels.
    quality : Quality
        A full picture is given up as soon as another is asked for; an interactive one is finished, so that
        a long drag shows something.
    """

    source: PictureSource
    camera: Camera
    size: tuple[int, int]
    quality: Quality


@dataclass(frozen=True, eq=False)
class DrawnPicture:
    """A finished picture with the request that it answers and the time that it took."""

    image: QImage
    request: PictureRequest
    seconds: float


class _Relay(QObject):
    ready = Signal(object)
    failed = Signal(str)


class PictureWorker:
    """Draws in a thread that lives only while pictures are wanted.

    Of several requests that come while one is drawn only the newest is kept. `ready` (a Qt signal, on the
    thread that made this object) brings a `DrawnPicture`, `failed` the kind of an unexpected error.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted: PictureRequest | None = None
        self._drawing: tuple[PictureRequest, StopFlag] | None = None
        self._thread: threading.Thread | None = None
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
                self._thread = threading.Thread(target=self._run, name="viewport", daemon=True)
                self._thread.start()

    @property
    def busy(self) -> bool:
        """Tell whether a picture is being drawn or waits to be."""
        with self._lock:
            return self._thread is not None

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
            self._draw(request, stop)

    def _draw(self, request: PictureRequest, stop: StopFlag) -> None:
        started = time.perf_counter()
        try:
            pixels = request.source.draw(request.camera, request.size, request.quality, stop)
        except Cancelled:
            return  # a newer request is waiting, or nobody wants one any more
        except Exception as error:
            _log.exception("a picture could not be drawn")
            self._emit(self._relay.failed, type(error).__name__)
            return
        self._emit(self._relay.ready, DrawnPicture(image_of(pixels), request, time.perf_counter() - started))

    def _emit(self, signal: Any, value: object) -> None:
        with self._lock:
            if self._closed:
                return
        signal.emit(value)


def image_of(pixels: NDArray[np.uint8]) -> QImage:
    """Give a picture, (height, width, 4) uint8 with colours not multiplied by alpha, as one of Qt's."""
    height, width = pixels.shape[:2]
    packed = np.ascontiguousarray(pixels)
    return QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
