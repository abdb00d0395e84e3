"""An edited result as a viewport draws it: cut in the drawing thread, not in the window's."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from reconstruction.edited_scene import EditedScene
from reconstruction.picking import nearest_point
from reconstruction.result_edits import ResultEdits
from reconstruction.shown_result import Layer
from render.camera import Camera
from render.environment import Environment
from render.picture_quality import Quality
from render.pinhole_camera import PinholeCamera
from render.renderer import SceneRenderer
from render.scene import RenderScene
from render.surface_source import SurfaceSource


@dataclass(frozen=True, eq=False)
class EditedSource:
    """Draws a layer of a result, as edits leave it.

    Parameters
    ----------
    renderer : SceneRenderer
        The same for all sources of a viewport.
    edited : EditedScene
        The result.
    layer : Layer
        What of it is drawn.
    edits : ResultEdits
        What is cut away, and where the rest stands.
    environment : Environment
        Its light.
    """

    renderer: SceneRenderer
    edited: EditedScene
    layer: Layer
    edits: ResultEdits
    environment: Environment

    @property
    def kind(self) -> str:
        """What its pictures are of."""
        return "points" if self.layer is not Layer.MESH else "surfaces"

    @cached_property
    def _source(self) -> SurfaceSource:
        nodes = self.edited.nodes(self.layer, self.edits)
        return SurfaceSource(self.renderer, RenderScene(nodes, environment=self.environment))

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4); raises `Cancelled` when stopped."""
        return self._source.draw(camera, size, quality, stop)

    def place(
        self, camera: Camera, size: tuple[int, int], place: tuple[float, float]
    ) -> tuple[float, float, float] | None:
        """Give the point of the shown world that is seen at a place (x, y); None where nothing is."""
        if self.layer is not Layer.MESH:
            nodes = self.edited.nodes(self.layer, self.edits)
            return nearest_point(nodes, PinholeCamera.of_view(camera, size), place)
        found = self._source.pick(camera, size, place)
        return None if found is None else found.position
