"""The view of a surface model: the viewport, what is under the pointer, and how the parts look."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.message import Message
from core.services import Services
from render.backend import backend_of
from render.drawing_pace import DrawingPaces
from render.steady_scene import SteadySceneRenderer
from render.surface_source import SurfaceSource
from render.ui.viewport import Viewport
from viewers.surface_model import SurfaceLook, SurfaceModel
from viewers.ui.background_calls import BackgroundCalls
from viewers.ui.cube_overlay import CubeOverlay

_SPIN_MS, _SPIN_DEGREES = 33, 1.2


class SurfaceView(Viewport):
    """Shows a model through the renderer of the settings.

    Signals: `part_clicked(key)` and `part_pointed(key)`, "" beside all parts; `notes_changed()`.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    part_clicked = Signal(str)
    part_pointed = Signal(str)
    notes_changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        settings = services.library.settings
        super().__init__(parent, paces=DrawingPaces(settings))
        self._renderer = SteadySceneRenderer(backend_of(settings))
        self._calls = BackgroundCalls(services.report_error)
        self._spin = QTimer(self, interval=_SPIN_MS)
        self._spin.timeout.connect(self._turn_on)
        self.notes: tuple[Message, ...] = ()
        self.picture_drawn.connect(self._take_notes)
        self.model: SurfaceModel | None = None
        self.look = SurfaceLook()
        self.overlays.append(CubeOverlay(self, lambda: self.model is not None))
        self.clicked.connect(lambda place: self._find(place, self.part_clicked.emit, "click"))
        self.pointed.connect(lambda place: self._find(place, self.part_pointed.emit, "point"))
        self.side_requested.connect(self.look_from)
        self.home_requested.connect(self.reset_view)

    def _take_notes(self) -> None:
        """Notice why another renderer drew than the settings say."""
        if self.notes != self._renderer.notes:
            self.notes = self._renderer.notes
            self.notes_changed.emit()

    # What is shown

    def set_model(self, model: SurfaceModel, look: SurfaceLook) -> None:
        """Show a model from the front."""
        self.model, self.look = model, look
        self.show_source(self._source_of(model), model.camera())

    def set_look(self, look: SurfaceLook) -> None:
        """Show the parts in another way, from where they are seen."""
        self.look = look
        if self.model is not None:
            self.show_source(self._source_of(self.model), self.camera)

    def _source_of(self, model: SurfaceModel) -> SurfaceSource:
        return SurfaceSource(self._renderer, model.scene(self.look))

    def look_from(self, letter: str) -> None:
        """Look from a side of the patient: A, P, L, R, S or I."""
        if self.model is not None:
            self.move_camera(self.model.camera(letter))

    def look_at(self, key: str) -> None:
        """Look at one part from nearby, from the side where the camera is."""
        if self.model is None or self.camera is None:
            return
        near = self.model.camera(key=key)
        towards = np.array(self.camera.axes[2]) * near.distance_mm
        x, y, z = (np.array(near.focal_point_lps_mm) - towards).tolist()
        self.move_camera(replace(near, position_lps_mm=(x, y, z), view_up=self.camera.view_up))

    def reset_view(self) -> None:
        """Look from the front at all parts again."""
        self.set_spinning(False)
        self.look_from("A")

    def set_spinning(self, spinning: bool) -> None:
        """Let the model turn by itself, or stop."""
        if spinning and self.model is not None:
            self._spin.start()
        else:
            self._spin.stop()

    @property
    def spinning(self) -> bool:
        """Whether the model turns by itself."""
        return self._spin.isActive()

    def close_viewport(self) -> None:
        """End all work in the background."""
        self.set_spinning(False)
        self._calls.close()
        super().close_viewport()

    def _turn_on(self) -> None:
        if self.camera is not None and not self.busy:
            self.move_camera(self.camera.orbit(_SPIN_DEGREES, 0.0))

    # What is under the pointer

    def _find(self, place: QPointF, tell: object, kind: str) -> None:
        source, camera, model = self.source, self.camera, self.model
        if not isinstance(source, SurfaceSource) or camera is None or model is None:
            return
        shown, size = model.shown(self.look), (self.width(), self.height())

        def find() -> str:
            found = source.pick(camera, size, (place.x(), place.y()))
            return "" if found is None else shown[found.node].key

        self._calls.call(kind, find, tell)
