"""When the 3D view is drawn: small and quick while it moves, in full once it is still."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.volume import Volume
from render.picture_quality import Quality
from viewers.ui.volume_pictures import PictureRequest, VolumePicture, VolumePictures
from viewers.volume_scene import VolumeScene

_STILL_MS = 160
_FILL_MS = 700
_GOAL_SECONDS = 0.045
_SCALES = (1.0, 0.8, 0.65, 0.5, 0.4)


class VolumeDrawing(QObject):
    """Asks for pictures of a scene as it changes.

    Signals: `drawn(VolumePicture)`, `failed(kind)` for an unexpected error, and `filled` before a picture
    that shows slices which came since the last one.

    Parameters
    ----------
    pane : QWidget
        Where the pictures are shown; gives their size.
    scene : callable
        Gives the scene of the moment, None where there is nothing to draw.
    """

    drawn = Signal(object)
    failed = Signal(str)
    filled = Signal()
    _filled = Signal()

    def __init__(self, pane: QWidget, scene: Callable[[], VolumeScene | None]) -> None:
        super().__init__(pane)
        self._pane = pane
        self._scene = scene
        self._pictures: VolumePictures | None = None
        self._scale = 0
        self._still = QTimer(self, singleShot=True, interval=_STILL_MS)
        self._still.timeout.connect(lambda: self._request(Quality.FULL))
        self._fill = QTimer(self, singleShot=True, interval=_FILL_MS)
        self._fill.timeout.connect(self._draw_filled)
        self._filled.connect(self._fill_soon, Qt.ConnectionType.QueuedConnection)
        self._open = [self._pictures]
        slot = self._open
        self.destroyed.connect(lambda: [pictures.close() for pictures in slot if pictures is not None])

    def set_volume(self, volume: Volume | None) -> None:
        """Draw another volume from now on, or none."""
        if self._pictures is not None:
            self._pictures.close()
        self._pictures = None if volume is None else VolumePictures(volume)
        self._open[0] = self._pictures
        if self._pictures is not None:
            self._pictures.ready.connect(self._ready)
            self._pictures.failed.connect(self.failed)

    def close(self) -> None:
        """Stop drawing and end the thread."""
        self._still.stop()
        self._fill.stop()
        self.set_volume(None)

    @property
    def busy(self) -> bool:
        """Whether a picture is being drawn."""
        return self._pictures is not None and self._pictures.busy

    def draw(self) -> None:
        """Draw a quick picture now, and a good one when nothing changes for a moment."""
        self._request(Quality.INTERACTIVE)
        self._still.start()

    def slices_filled(self) -> None:
        """Draw again soon, with the slices that came; from any thread."""
        self._filled.emit()

    def _request(self, quality: Quality) -> None:
        scene = self._scene()
        if self._pictures is None or scene is None or not self._pane.isVisible():
            return
        ratio = self._pane.devicePixelRatioF() if quality is Quality.FULL else _SCALES[self._scale]
        size = (max(16, round(self._pane.width() * ratio)), max(16, round(self._pane.height() * ratio)))
        self._pictures.request(PictureRequest(scene.camera, scene.look, size, quality))

    def _ready(self, picture: VolumePicture) -> None:
        if picture.request.quality is Quality.INTERACTIVE:
            self._adapt(picture.seconds)
        self.drawn.emit(picture)

    def _adapt(self, seconds: float) -> None:
        """Draw moving pictures smaller where they take too long, and larger again where there is time."""
        if seconds > 1.5 * _GOAL_SECONDS:
            self._scale = min(self._scale + 1, len(_SCALES) - 1)
        elif seconds < 0.5 * _GOAL_SECONDS:
            self._scale = max(self._scale - 1, 0)

    def _fill_soon(self) -> None:
        if not self._fill.isActive():
            self._fill.start()

    def _draw_filled(self) -> None:
        if self._pictures is not None:
            self._pictures.voxels_changed()
            self.filled.emit()
            self.draw()
