"""The viewport of the 3D view: a volume in the scene of the moment, before its background."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from core.volume import Volume
from render.backend import Backend
from render.drawing_pace import DrawingPaces
from render.label_layer import LabelLayer
from render.steady_renderer import SteadyVolumeRenderer
from render.surface_source import SurfaceSource
from render.ui.viewport import Viewport
from render.volume_source import NOTHING_BESIDE, FusedVolume, VolumeSource
from viewers.ui.cube_overlay import CubeOverlay
from viewers.volume_scene import Background, VolumeScene, windowed


class VolumeCanvas(Viewport):
    """Shows a volume; dragging with the window tool, or with Ctrl, asks for another look.

    Signals: `look_dragged(look, stroke)` besides those of the viewport.

    Parameters
    ----------
    backend : callable
        Gives what is to draw the next volume.
    paces : DrawingPaces, optional
        How large quick pictures may be.
    """

    look_dragged = Signal(object, str)

    def __init__(self, backend: Callable[[], Backend], paces: DrawingPaces | None = None) -> None:
        super().__init__(paces=paces)
        self._scene: VolumeScene | None = None
        self._backend = backend
        self._renderer: SteadyVolumeRenderer | None = None
        self._beside = NOTHING_BESIDE
        self.cube = CubeOverlay(self, self._knows_axes)
        self.overlays.append(self.cube)
        self.owner_dragged.connect(self._drag_look)

    @property
    def scene(self) -> VolumeScene | None:
        """Camera and look; None where nothing is shown."""
        return self._scene

    def set_volume(self, volume: Volume | None) -> None:
        """Show another volume from now on, in the scene that comes next; None for nothing."""
        self._scene, self._beside = None, NOTHING_BESIDE
        self.show_source(None, None)
        self._renderer = None if volume is None else self._made(volume)

    def exchange_volume(self, volume: Volume) -> None:
        """Show another volume in the same scene."""
        self._renderer = self._made(volume)
        self.set_scene(self._scene)

    def voxels_changed(self) -> None:
        """Look at the voxels again before the next picture: more slices are there."""
        if self._renderer is not None:
            self._renderer.refresh()

    def set_scene(self, scene: VolumeScene | None) -> None:
        """Show the volume in a scene."""
        self._scene = scene
        if scene is not None and self._renderer is not None:
            wanted = (self._renderer, scene.look, self._beside)
            known = self.source
            if not isinstance(known, VolumeSource) or not known.holds(*wanted):
                known = VolumeSource(*wanted)
            self.show_source(known, scene.camera)

    def set_labels(self, labels: LabelLayer | None) -> None:
        """Show coloured bodies in the volume, or none."""
        self._beside = replace(self._beside, labels=labels)
        self.set_scene(self._scene)

    def set_fused(self, fused: FusedVolume | None) -> None:
        """Show another volume with this one, or none."""
        self._beside = replace(self._beside, fused=fused)
        self.set_scene(self._scene)

    def set_surfaces(self, surfaces: SurfaceSource | None) -> None:
        """Show surfaces in the volume, or none."""
        self._beside = replace(self._beside, surfaces=surfaces)
        self.set_scene(self._scene)

    @property
    def has_labels(self) -> bool:
        """Whether there are coloured bodies."""
        return self._beside.labels is not None

    @property
    def has_fused(self) -> bool:
        """Whether there is another volume to be shown with this one."""
        return self._beside.fused is not None

    @property
    def has_surfaces(self) -> bool:
        """Whether there are surfaces in the volume."""
        return self._beside.surfaces is not None

    def paint_background(self, painter: QPainter) -> None:
        """Draw what the scene has behind the volume."""
        background = Background.BLACK if self._scene is None or self.note() else self._scene.background
        if background is Background.GRADIENT:
            gradient = QLinearGradient(0, 0, 0, self.height())
            gradient.setColorAt(0, QColor(70, 84, 104))
            gradient.setColorAt(1, QColor(12, 14, 18))
            painter.fillRect(self.rect(), gradient)
        elif background is Background.WHITE:
            painter.fillRect(self.rect(), QColor(255, 255, 255))
        else:
            super().paint_background(painter)

    def _made(self, volume: Volume) -> SteadyVolumeRenderer:
        return SteadyVolumeRenderer(volume, self._backend())

    def _knows_axes(self) -> bool:
        return self._renderer is not None and self._renderer.native.volume.lps_known

    def _drag_look(self, delta: QPointF, stroke: str) -> None:
        if self._scene is not None:
            self.look_dragged.emit(windowed(self._scene.look, delta.x(), delta.y()), stroke)
