"""A volume as it is seen at one moment, with what is drawn beside it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from render.camera import Camera
from render.fused_look import crop_planes, in_front_of, laid_over, projected
from render.label_layer import LabelLayer
from render.picture_quality import Quality
from render.steady_renderer import SteadyVolumeRenderer
from render.surface_source import SurfaceSource, lamp_beside
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import ALONE, Companions, VolumeRenderer
from render.volume_with_surfaces import draw_together

FusedVolume = tuple[VolumeRenderer, VolumeLook]


@dataclass(frozen=True, eq=False)
class Beside:
    """What is drawn with a volume.

    Parameters
    ----------
    labels : LabelLayer, optional
        Coloured bodies in it; not drawn in projections and with isosurfaces.
    fused : (VolumeRenderer, VolumeLook), optional
        Another volume of the same patient. Its highest values lie over projections; an isosurface, and
        surfaces beside one, hide what of it is farther away.
    surfaces : SurfaceSource, optional
        Surfaces in LPS millimetres; they lie over projections.
    """

    labels: LabelLayer | None = None
    fused: FusedVolume | None = None
    surfaces: SurfaceSource | None = None


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, eq=False)
class VolumeSource:
    """Draws a volume.

    Parameters
    ----------
    renderer : SteadyVolumeRenderer
        Of the volume; the same for all of its sources, since it keeps what it has prepared.
    look : VolumeLook
        How.
    beside : Beside
        What else is seen.
    """

    renderer: SteadyVolumeRenderer
    look: VolumeLook
    beside: Beside = NOTHING_BESIDE

    def holds(self, renderer: SteadyVolumeRenderer, look: VolumeLook, beside: Beside) -> bool:
        """Tell whether it is made of just these."""
        return self.renderer is renderer and self.look is look and self.beside is beside

    @property
    def kind(self) -> str:
        """What its pictures are of, as far as it changes what they cost: backend, mode, light and more."""
        drawn = (self.beside.labels, self.beside.fused, self.beside.surfaces)
        beside = [name for name, one in zip(("bodies", "fused", "surfaces"), drawn, strict=True) if one]
        light = ["lit"] if self.look.shaded and self.look.mode is VolumeMode.COMPOSITE else []
        return " ".join([self.renderer.backend.value, self.look.mode.value, *light, *beside])

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha; raises `Cancelled` when stopped."""
        fused = self.beside.fused
        if fused is None:
            return self._first(self.look, camera, size, quality, stop)
        look, (other, colours) = self._cut_alike(), fused
        if look.mode is VolumeMode.ISOSURFACE:
            return self._before_isosurface(look, camera, size, quality, stop)
        picture = self._first(look, camera, size, quality, stop)
        if look.mode is VolumeMode.COMPOSITE:
            return picture
        above = projected(colours, look.clip_planes)
        return laid_over(other.render(camera, above, size, quality=quality, stop=stop), colours, picture)

    def _before_isosurface(
        self, look: VolumeLook, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw an isosurface, and the fused volume as far as that, or a surface beside it, hides it."""
        assert self.beside.fused is not None
        other, colours = self.beside.fused
        solid = self.renderer.native.render_with_depth(camera, look, size, quality=quality, stop=stop)
        picture, hidden = solid.rgba, solid.depth_mm
        surfaces = self.beside.surfaces
        if surfaces is not None:
            picture = self._first(look, camera, size, quality, stop)
            hidden = np.fmin(hidden, surfaces.distances(camera, size, stop))
        above = replace(colours, crop=None, clip_planes=look.clip_planes)
        companions = Companions(hidden_from_mm=hidden)
        front = other.render(camera, above, size, quality=quality, companions=companions, stop=stop)
        return in_front_of(front, picture)

    def _first(
        self, look: VolumeLook, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw all but what lies over a projection."""
        labels, fused, surfaces = self.beside.labels, self.beside.fused, self.beside.surfaces
        companions = ALONE
        if look.mode is VolumeMode.COMPOSITE and (labels is not None or fused is not None):
            companions = Companions(() if fused is None else (fused,), labels)
        if surfaces is None:
            return self.renderer.render(camera, look, size, quality=quality, companions=companions, stop=stop)
        return draw_together(
            self.renderer.native,
            look,
            surfaces.renderer,
            replace(surfaces.scene, lights=(*surfaces.scene.lights, lamp_beside(camera))),
            camera,
            size,
            quality=quality,
            companions=companions,
            stop=stop,
        )

    def _cut_alike(self) -> VolumeLook:
        """Give the look with the crop box as planes, which cut what is fused, too."""
        planes = crop_planes(self.look, self.renderer.native.volume)
        return replace(self.look, crop=None, clip_planes=(*self.look.clip_planes, *planes))
