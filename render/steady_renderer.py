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
        self._other: VolumeDrawer | None = self._made(volume) if backend is Backend.VTK else None

    def _made(self, volume: Volume) -> VolumeDrawer | None:
        from render.vtk_volume import VtkVolumeRenderer
        from render.vtk_window import GraphicsFailure

        try:
            return VtkVolumeRenderer(volume)
        except GraphicsFailure as error:
            self._fall_back(error)
            return None

    @property
    def backend(self) -> Backend:
        """What draws now."""
        return Backend.NATIVE if self._other is None else Backend.VTK

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
        other = self._other
        if other is not None and companions is ALONE:
            from render.vtk_window import GraphicsFailure

            try:
                return other.render(camera, look, size, quality=quality, stop=stop)
            except GraphicsFailure as error:
                self._fall_back(error)
        return self.native.render(camera, look, size, quality=quality, companions=companions, stop=stop)

    def refresh(self) -> None:
        """Take note that voxels changed."""
        self.native.refresh()
        if self._other is not None:
            self._other.refresh()

    def _fall_back(self, error: SenseError) -> None:
        with self._lock:
            self._other = None
            self.failure = error.message
        _log.warning("drawing natively from now on: %s", error.message)
