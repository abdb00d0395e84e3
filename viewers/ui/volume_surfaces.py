"""Surfaces from files, such as implants and models, in the volume of the 3D view."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.services import Services
from render.native_renderer import NativeRenderer
from render.scene import RenderScene
from render.surface_source import SurfaceSource, patient_studio
from viewers.object_layer import PALETTE
from viewers.surface_model import SurfaceLook, SurfaceModel
from viewers.surface_reading import SHOWN_SUFFIXES, SurfaceFile

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView


class _Relay(QObject):
    """Lives as long as the jobs that tell by it."""

    read = Signal(str, object)
    failed = Signal(str, object)


class VolumeSurfaces(QObject):
    """Reads the files that the scene names and gives their surfaces to the canvas.

    `changed` tells that `notes` may have.

    Parameters
    ----------
    services : Services
        The program around it.
    view : VolumeView
        Whose scene says which files are shown.
    """

    changed = Signal()

    def __init__(self, services: Services, view: "VolumeView") -> None:
        super().__init__(view)
        self._services = services
        self._view = view
        self._renderer = NativeRenderer()
        self._studio = patient_studio()
        self._relay = _Relay()
        queued = Qt.ConnectionType.QueuedConnection
        self._relay.read.connect(self._take, queued)
        self._relay.failed.connect(self._fail, queued)
        self._models: dict[str, SurfaceModel] = {}
        self._jobs: dict[str, int] = {}
        self._shown: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[Message, ...]:
        """What of the surfaces is not in sight."""
        volume = self._view.volume
        if volume is None:
            return ()
        low, high = volume.corners_lps_mm.min(axis=0), volume.corners_lps_mm.max(axis=0)
        text = QT_TRANSLATE_NOOP("Message", "{path} lies outside of the volume.")
        found: list[Message] = []
        for file in self._shown:
            model = self._models.get(file)
            if model is not None and ((model.box_mm[1] < low) | (model.box_mm[0] > high)).any():
                found.append(message(text, path=Path(file).name))
        return tuple(found)

    # What the user does

    def ask(self) -> None:
        """Ask for files to be shown in the volume."""
        dialog = QFileDialog(self._view, self.tr("Add surfaces"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        kinds = " ".join(f"*{suffix}" for suffix in SHOWN_SUFFIXES)
        dialog.setNameFilter(self.tr("Surfaces and points ({kinds})").format(kinds=kinds))
        dialog.filesSelected.connect(lambda names: self.add([Path(name) for name in names]))
        dialog.open()

    def add(self, paths: list[Path]) -> None:
        """Show files in the volume."""
        scene = self._view.scene
        if scene is not None:
            files = dict.fromkeys((*scene.surfaces, *map(str, paths)))
            title = message(QT_TRANSLATE_NOOP("Message", "Add surfaces"))
            self._view.looks.set_surfaces(tuple(files), title)

    def remove_all(self) -> None:
        """Show the volume without surfaces."""
        if self._view.scene is not None and self._view.scene.surfaces:
            title = message(QT_TRANSLATE_NOOP("Message", "Remove surfaces"))
            self._view.looks.set_surfaces((), title)

    # Following the view

    def follow(self) -> None:
        """Follow the view to another scene; quick where nothing has changed."""
        scene = self._view.scene
        wanted = () if scene is None else scene.surfaces
        if wanted == self._shown:
            return
        self._shown = wanted
        for file in [file for file in self._jobs if file not in wanted]:
            self._services.runner.cancel(self._jobs.pop(file))
        for file in wanted:
            if file not in self._models and file not in self._jobs:
                title = message(QT_TRANSLATE_NOOP("Message", "Read surfaces"))
                self._jobs[file] = self._services.runner.submit(title, _read, file, self._relay).id
        self._show()

    def close(self) -> None:
        """End the work in the background."""
        for job in self._jobs.values():
            self._services.runner.cancel(job)
        self._jobs.clear()

    def _take(self, file: str, model: SurfaceModel) -> None:
        if self._jobs.pop(file, None) is not None:
            self._models[file] = model
            self._show()

    def _fail(self, file: str, error: SenseError) -> None:
        if self._jobs.pop(file, None) is not None:
            self._services.report_error(error)
            left = tuple(other for other in self._shown if other != file)
            self._view.looks.set_surfaces(left, message(QT_TRANSLATE_NOOP("Message", "Remove surfaces")))

    def _show(self) -> None:
        self._models = {file: model for file, model in self._models.items() if file in self._shown}
        nodes = [
            node
            for number, file in enumerate(self._shown)
            if file in self._models
            for node in self._models[file].scene(_look(self._models[file], number)).nodes
        ]
        scene = RenderScene(tuple(nodes), environment=self._studio)
        self._view.canvas.set_surfaces(SurfaceSource(self._renderer, scene) if nodes else None)
        self.changed.emit()


def _look(model: SurfaceModel, number: int) -> SurfaceLook:
    """Colour what has no material so that it stands out from bone, and from the other files."""
    plain = [part for part in model.parts if not part.has_material]
    return SurfaceLook(
        colours={part.key: PALETTE[(1 + number + at) % len(PALETTE)] for at, part in enumerate(plain)}
    )


def _read(file: str, relay: _Relay, *, progress: Progress = SILENT) -> None:
    """Read in a working thread."""
    try:
        relay.read.emit(file, SurfaceFile(Path(file)).read(progress=progress))
    except SenseError as error:
        relay.failed.emit(file, error)
        raise
    except Cancelled:
        raise
    except Exception as error:
        # The job says so, too, and logs the cause; here it ends the waiting.
        text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
        relay.failed.emit(file, SenseError(message(text, kind=type(error).__name__)))
        raise
