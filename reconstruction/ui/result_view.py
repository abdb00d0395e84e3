"""The 3D view of a reconstruction: its points or mesh, and its cameras."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from core.services import Services
from reconstruction.edited_scene import EditedScene
from reconstruction.edited_source import EditedSource
from reconstruction.result_edits import ResultEdits
from reconstruction.result_views import first_view, framing, side_view
from reconstruction.shown_result import Layer, ShownResult
from reconstruction.ui.frusta_overlay import FrustaOverlay
from render.backend import backend_of
from render.camera import Camera
from render.drawing_pace import DrawingPaces
from render.environment import Environment
from render.steady_scene import SteadySceneRenderer
from render.ui.viewport import Viewport

_BACKGROUND = QColor(38, 42, 47)


class ResultView(Viewport):
    """Shows one layer of a result, as its edits leave it.

    Signals: `camera_chosen(name)` after a click on a camera.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    camera_chosen = Signal(str)

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        settings = services.library.settings
        super().__init__(parent, paces=DrawingPaces(settings))
        self.renderer = SteadySceneRenderer(backend_of(settings))
        self.studio = Environment.studio()
        self.frusta = FrustaOverlay(self)
        self.overlays.append(self.frusta)
        self.result: ShownResult | None = None
        self.layer = Layer.SPARSE
        self.edits = ResultEdits()
        self._edited: EditedScene | None = None
        self._looked = False
        self._given: Camera | None = None
        self.side_requested.connect(self.look_from)
        self.home_requested.connect(self.reset_view)

    def set_result(self, result: ShownResult, *, keep_view: bool) -> None:
        """Show a result, its best layer; from where the last one was seen, or from its photographs."""
        self.result, self.layer = result, result.best
        self._edited = EditedScene(result)
        points = (
            framing(result, Layer.SPARSE) if Layer.SPARSE in result.layers else framing(result, self.layer)
        )
        self.frusta.set_cameras(result.cameras, points)
        self._looked = self._looked and keep_view
        self._show()

    @property
    def was_moved(self) -> bool:
        """Whether somebody looked from elsewhere since the view was fitted to what it shows."""
        return self._looked and self.camera is not self._given

    def set_layer(self, layer: Layer) -> None:
        """Show other points, or the mesh."""
        if self.result is not None and layer in self.result.layers:
            self.layer = layer
            self._show()

    def set_edits(self, edits: ResultEdits) -> None:
        """Show the result as these edits leave it."""
        self.edits = edits
        self._show()

    def forget(self) -> None:
        """Show nothing."""
        self.result, self._edited, self.edits, self._looked = None, None, ResultEdits(), False
        self.frusta.set_cameras({}, np.zeros((0, 3)))
        self.show_source(None, None)

    def show_cameras(self, shown: bool) -> None:
        """Show or hide the pyramids of the cameras."""
        self.frusta.shown = shown
        self.update()

    def choose_camera(self, name: str) -> None:
        """Let a camera stand out."""
        self.frusta.chosen = name
        self.update()

    @property
    def has_scale(self) -> bool:
        """Whether lengths are metres."""
        return self.result is not None and (self.result.has_scale or self.edits.measured)

    def count(self) -> int:
        """Give the number of points or triangles that are shown."""
        if self._edited is None:
            return 0
        return self._edited.count(self.layer)

    def edited(self) -> EditedScene | None:
        """Give the result with what its edits leave of it."""
        return self._edited

    def _show(self) -> None:
        result = self.result
        if result is None:
            return
        self.frusta.transform = self.edits.transform
        if not self._looked:
            self.camera = self._given = self._moved_view(None)
            self._looked = True
        source = EditedSource(self.renderer, self._edited, self.layer, self.edits, self.studio)
        self.show_source(source, self.camera)

    def _moved_view(self, letter: str | None) -> Camera:
        assert self.result is not None
        size = (max(1, self.width()), max(1, self.height()))
        transform = self.edits.transform
        if letter is None:
            return first_view(self.result, self.layer, size, transform)
        return side_view(transform.apply(framing(self.result, self.layer)), letter, size)

    def look_from(self, letter: str) -> None:
        """Look from a side: A front, P back, L left, R right, S top, I bottom."""
        if self.result is not None:
            self.move_camera(self._moved_view(letter))

    def reset_view(self) -> None:
        """Look from where the photographs were taken."""
        if self.result is not None:
            self._given = self._moved_view(None)
            self.move_camera(self._given)

    def paint_background(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), _BACKGROUND)
