"""A volume as the 3D view shows it at one moment, with what is segmented in it and fused with it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from render.camera import Camera
from render.fused_look import FUSED_PROJECTIONS, crop_planes, laid_over, projected
from render.label_layer import LabelLayer
from render.picture_quality import Quality
from render.steady_renderer import SteadyVolumeRenderer
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import ALONE, Companions, VolumeRenderer

FusedVolume = tuple[VolumeRenderer, VolumeLook]


@dataclass(frozen=True, eq=False)
class VolumeSource:
    """Draws a volume.

    Parameters
    ----------
    renderer : SteadyVolumeRenderer
        Of the volume; the same for all of its sources, since it keeps what it has prepared.
    look : VolumeLook
        How.
    labels : LabelLayer, optional
        Coloured bodies in it; not drawn in projections.
    fused : (VolumeRenderer, VolumeLook), optional
        Another volume of the same patient; in projections it lies over the volume, in others than
        `FUSED_PROJECTIONS` and with isosurfaces it is not drawn.
    """

    renderer: SteadyVolumeRenderer
    look: VolumeLook
    labels: LabelLayer | None = None
    fused: FusedVolume | None = None

    def holds(
        self,
        renderer: SteadyVolumeRenderer,
        look: VolumeLook,
        labels: LabelLayer | None,
        fused: FusedVolume | None,
    ) -> bool:
        """Tell whether it is made of just these."""
        same = self.renderer is renderer and self.look is look
        return same and self.labels is labels and self.fused is fused

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha; raises `Cancelled` when stopped."""
        look = self.look if self.fused is None else self._cut_alike()
        composite = look.mode is VolumeMode.COMPOSITE
        companions = ALONE
        if composite and (self.labels is not None or self.fused is not None):
            companions = Companions(() if self.fused is None else (self.fused,), self.labels)
        picture = self.renderer.render(camera, look, size, quality=quality, companions=companions, stop=stop)
        if self.fused is None or look.mode not in FUSED_PROJECTIONS:
            return picture
        other, colours = self.fused
        above = projected(colours, VolumeMode.MIP, look.clip_planes)
        return laid_over(other.render(camera, above, size, quality=quality, stop=stop), colours, picture)

    def _cut_alike(self) -> VolumeLook:
        """Give the look with the crop box as planes, which cut what is fused, too."""
        planes = crop_planes(self.look, self.renderer.native.volume)
        return replace(self.look, crop=None, clip_planes=(*self.look.clip_planes, *planes))
