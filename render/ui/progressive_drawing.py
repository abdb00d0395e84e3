"""When a viewport is drawn: small and quick while it moves, in full once it is still."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from render.camera import Camera
from render.picture_quality import Quality
from render.ui.picture_worker import DrawnPicture, PictureRequest, PictureSource, PictureWorker

_STILL_MS = 160
_GOAL_SECONDS = 0.045
_SCALES = (1.0, 0.8, 0.65, 0.5, 0.4)


class ProgressiveDrawing(QObject):
    """Asks for pictures of what a pane shows as it changes.

    Signals: `drawn(DrawnPicture)`, and `failed(kind)` for an unexpected error.

    Parameters
    ----------
    pane : QWidget
        Where the pictures are shown; gives their size.
    shown : callable
        Gives source and camera of the moment, None where there is nothing to draw.
    """

    drawn = Signal(object)
    failed = Signal(str)

    def __init__(self, pane: QWidget, shown: Callable[[], tuple[PictureSource, Camera] | None]) -> None:
        super().__init__(pane)
        self._pane = pane
        self._shown = shown
        self._worker: PictureWorker | None = None
        self._scale = 0
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
        ratio = self._pane.devicePixelRatioF() if quality is Quality.FULL else _SCALES[self._scale]
        size = (max(16, round(self._pane.width() * ratio)), max(16, round(self._pane.height() * ratio)))
        self._ready_worker().request(PictureRequest(*shown, size, quality))

    def _ready_worker(self) -> PictureWorker:
        if self._worker is None:
            self._worker = PictureWorker()
            self._worker.ready.connect(self._ready)
            self._worker.failed.connect(self.failed)
            self._open.append(self._worker)
        return self._worker

    def _ready(self, picture: DrawnPicture) -> None:
        if picture.request.quality is Quality.INTERACTIVE:
            self._adapt(picture.seconds)
        self.drawn.emit(picture)

    def _adapt(self, seconds: float) -> None:
        """Draw moving pictures smaller where they take too long, and larger again where there is time."""
        if seconds > 1.5 * _GOAL_SECONDS:
            self._scale = min(self._scale + 1, len(_SCALES) - 1)
        elif seconds < 0.5 * _GOAL_SECONDS:
            self._scale = max(self._scale - 1, 0)
