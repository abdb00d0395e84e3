"""When a viewport is drawn: as large as there is time for while it moves, in full once it is still."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from render.camera import Camera
from render.drawing_pace import DrawingPaces
from render.picture_quality import Quality
from render.ui.picture_worker import DrawnPicture, PictureRequest, PictureSource, PictureWorker, kind_of

_STILL_MS = 160
_SHARE_OF_THE_FIRST = 0.5  # before it everything that pictures are made from is prepared


class ProgressiveDrawing(QObject):
    """Asks for pictures of what a pane shows as it changes.

    Signals: `drawn(DrawnPicture)`, and `failed(kind)` for an unexpected error.

    Parameters
    ----------
    pane : QWidget
        Where the pictures are shown; gives their size.
    shown : callable
        Gives source and camera of the moment, None where there is nothing to draw.
    paces : DrawingPaces
        Tell how large a quick picture may be, and learn from every one.
    """

    drawn = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        pane: QWidget,
        shown: Callable[[], tuple[PictureSource, Camera] | None],
        paces: DrawingPaces,
    ) -> None:
        super().__init__(pane)
        self._pane = pane
        self._shown = shown
        self._worker: PictureWorker | None = None
        self._paces = paces
        self._first = True
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._still.timeout.connect(lambda: self._request(Quality.FULL))
        self._open: list[PictureWorker] = []
        opened = self._open
        self.destroyed.connect(lambda: [worker.close() for worker in opened])

    def draw(self) -> None:
        """Draw a quick picture now, and a good one when nothing changes for a moment."""
        self._request(Quality.INTERACTIVE)
        self._still.start()

    def forget(self) -> None:
        """Let no picture come of what has been asked for; ends the thread until the next is."""
        self._still.stop()
        self._first = True
        if self._worker is not None:
            self._open.remove(self._worker)
            self._worker.close()
            self._worker = None

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._worker is not None and self._worker.busy

    def _request(self, quality: Quality) -> None:
        shown = self._shown()
        if shown is None or not self._pane.isVisible():
            return
        source, camera = shown
        size = self._full_size() if quality is Quality.FULL else self._quick_size(source)
        self._ready_worker().request(PictureRequest(source, camera, size, quality))

    def _full_size(self) -> tuple[int, int]:
        ratio = self._pane.devicePixelRatioF()
        return max(16, round(self._pane.width() * ratio)), max(16, round(self._pane.height() * ratio))

    def _quick_size(self, source: PictureSource) -> tuple[int, int]:
        pace = self._paces.of(kind_of(source))
        share = _SHARE_OF_THE_FIRST if self._first else 1.0
        return pace.size((self._pane.width(), self._pane.height()), share=share)

    def _ready_worker(self) -> PictureWorker:
        if self._worker is None:
            self._worker = PictureWorker()
            self._worker.ready.connect(self._ready)
            self._worker.failed.connect(self.failed)
            self._open.append(self._worker)
        return self._worker

    def _ready(self, picture: DrawnPicture) -> None:
        if picture.request.quality is Quality.INTERACTIVE:
            self._learn(picture)
        self.drawn.emit(picture)

    def _learn(self, picture: DrawnPicture) -> None:
        """Let later pictures be as large as this one tells that there is time for."""
        if self._first:  # much of its time went into preparing
            self._first = False
            return
        width, height = picture.request.size
        self._paces.of(kind_of(picture.request.source)).took(width * height, picture.seconds)
