"""A volume renderer that goes on when the graphics processor does not."""

import logging
import threading
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import SenseError
from core.message import Message
from core.volume import Volume
from imaging.reslice import StopFlag
from render.backend import Backend
from render.camera import Camera
from render.volume_look import VolumeLook
from render.volume_renderer import ALONE, Companions, Quality, VolumeRenderer

_log = logging.getLogger(__name__)


class VolumeDrawer(Protocol):
    """What draws a volume: `VolumeRenderer`, or VTK behind the same call."""

    def render(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.INTERACTIVE,
        stop: StopFlag | None = None,
    ) -> NDArray[np.uint8]:
        """Draw; see `VolumeRenderer.render`."""
        ...

    def refresh(self) -> None:
        """Take note that voxels changed."""
        ...


class SteadyVolumeRenderer:
    """Draws with the chosen backend, and natively from the first picture on that it fails to draw.

    The native renderer also draws what VTK does not: companions in the same pass.

    Parameters
    ----------
    volume : Volume
        What is seen.
    backend : Backend
        What is to draw.
    """

    def __init__(self, volume: Volume, backend: Backend) -> None:
        self.native = VolumeRenderer(volume)
        self.failure: Message | None = None
        self._lock = threading.Lock()
        self._backend = backend
        self._other: VolumeDrawer | None = None

    @property
    def backend(self) -> Backend:
        """What draws now."""
        return self._backend

    def render(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.INTERACTIVE,
        companions: Companions = ALONE,
        stop: StopFlag | None = None,
    ) -> NDArray[np.uint8]:
        """Draw; see `VolumeRenderer.render`."""
        if self._backend is Backend.VTK and companions is ALONE:
            from render.vtk_window import GraphicsFailure

            try:
                return self._vtk().render(camera, look, size, quality=quality, stop=stop)
            except GraphicsFailure as error:
                self._fall_back(error)
        return self.native.render(camera, look, size, quality=quality, companions=companions, stop=stop)

    def refresh(self) -> None:
        """Take note that voxels changed."""
        self.native.refresh()
        other = self._other
        if other is not None:
            other.refresh()

    def _vtk(self) -> VolumeDrawer:
        # Made with the first picture, in the thread that draws: it takes longer than a window may wait.
        from render.vtk_volume import VtkVolumeRenderer

        with self._lock:
            if self._other is None:
                self._other = VtkVolumeRenderer(self.native.volume)
            return self._other

    def _fall_back(self, error: SenseError) -> None:
        with self._lock:
            self._backend, self._other = Backend.NATIVE, None
            self.failure = error.message
        _log.warning("drawing natively from now on: %s", error.message)
