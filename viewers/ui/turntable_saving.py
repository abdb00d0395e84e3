"""A film of what a viewport shows, turning once: asked for by a button, written as a job."""

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.services import Services
from render.turntable import Drawn, Turntable, write_turntable
from render.ui.viewport import Viewport

_LARGEST = 1280
_FOLDER = "viewer.picture-folder"


class _Relay(QObject):
    """Lives as long as the job that tells by it."""

    failed = Signal(object)


class TurntableSaver(QObject):
    """Asks for a file and writes the film to it.

    Parameters
    ----------
    services : Services
        The program around it.
    viewport : Viewport
        Whose source turns, from where it is seen.
    """

    def __init__(self, services: Services, viewport: Viewport) -> None:
        super().__init__(viewport)
        self._services = services
        self._viewport = viewport
        self._relay = _Relay()
        self._relay.failed.connect(services.report_error, Qt.ConnectionType.QueuedConnection)

    def ask(self) -> None:
        """Ask where to save the film; the folder is remembered."""
        films = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        dialog = QFileDialog(
            self._viewport, self.tr("Save turntable"), self._services.library.settings.get(_FOLDER, films)
        )
        dialog.selectFile("turntable.mp4")  # says nothing about the patient
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("MP4 films (*.mp4)"), self.tr("AVI films (*.avi)")])
        dialog.setDefaultSuffix("mp4")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen[-4:-1]))
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def save(self, path: Path, frames: int = 120) -> None:
        """Write the film as a job, which can be cancelled."""
        source, camera = self._viewport.source, self._viewport.camera
        if source is None or camera is None:
            return
        self._services.library.settings.set(_FOLDER, str(path.parent))
        turntable = Turntable(camera, self._size(), frames)
        title = message(QT_TRANSLATE_NOOP("Message", "Save turntable"))
        self._services.runner.submit(title, _write, path, source, turntable, self._relay)

    def _size(self) -> tuple[int, int]:
        """Give the size of the view, even as films want it, and not too large."""
        width, height = self._viewport.width(), self._viewport.height()
        scale = min(1.0, _LARGEST / max(width, height, 1))
        return max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2)


def _write(
    path: Path, source: Drawn, turntable: Turntable, relay: _Relay, *, progress: Progress = SILENT
) -> None:
    """Write in a working thread."""
    try:
        write_turntable(path, source, turntable, progress=progress)
    except SenseError as error:
        relay.failed.emit(error)
        raise
