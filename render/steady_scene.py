"""A renderer of scenes that goes on when the graphics processor does not."""

import logging
import threading

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.reslice import StopFlag
from render.backend import Backend
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, Rendering, RenderOptions, SceneRenderer
from render.scene import RenderScene, SceneNode
from render.vtk_window import GraphicsFailure

_log = logging.getLogger(__name__)


class SteadySceneRenderer:
    """Draws with the chosen backend, and natively from the first picture on that it fails to draw.

    The native renderer also draws what VTK does not: depths, numbers and normals, and scenes of which
    `render.vtk_scene.not_drawn` says why.

    Parameters
    ----------
    backend : Backend
        What is to draw.
    """

    def __init__(self, backend: Backend) -> None:
        self.native = NativeRenderer()
        self.failure: Message | None = None
        self.left_out: Message | None = None
        self._lock = threading.Lock()
        self._backend = backend
        self._other: SceneRenderer | None = None

    @property
    def backend(self) -> Backend:
        """What draws now."""
        return self._backend if self.left_out is None else Backend.NATIVE

    @property
    def notes(self) -> tuple[Message, ...]:
        """Why the last picture was drawn by another backend than was asked for."""
        return tuple(note for note in (self.failure, self.left_out) if note is not None)

    def render(
        self,
        scene: RenderScene,
        camera: PinholeCamera,
        options: RenderOptions | None = None,
        *,
        stop: StopFlag | None = None,
    ) -> Rendering:
        """Draw; see `SceneRenderer.render`."""
        options = options or RenderOptions()
        if self._backend is Backend.VTK and options.outputs == frozenset({Output.PICTURE}):
            from render.vtk_scene import not_drawn

            reason = not_drawn(scene, camera)
            self.left_out = None if reason is None else message(_NATIVELY, what=reason)
            if reason is None:
                try:
                    return self._vtk().render(scene, camera, options, stop=stop)
                except GraphicsFailure as error:
                    self._fall_back(error)
        return self.native.render(scene, camera, options, stop=stop)

    def world_vertices(self, node: SceneNode) -> NDArray[np.float64]:
        """Give where the vertices or points of a node are, (n, 3)."""
        return self.native.world_vertices(node)

    def _vtk(self) -> SceneRenderer:
        # Made with the first picture, in the thread that draws: it takes longer than a window may wait.
        from render.vtk_scene import VtkSceneRenderer

        with self._lock:
            if self._other is None:
                self._other = VtkSceneRenderer()
            return self._other

    def _fall_back(self, error: GraphicsFailure) -> None:
        with self._lock:
            self._backend, self._other = Backend.NATIVE, None
            self.failure = error.message
        _log.warning("drawing natively from now on: %s", error.message)


_NATIVELY = QT_TRANSLATE_NOOP("Message", "VTK does not draw {what}: the native renderer draws the scene.")
