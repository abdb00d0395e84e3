"""A volume as the 3D view shows it at one moment, with what is segmented in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from render.camera import Camera
from render.label_layer import LabelLayer
from render.picture_quality import Quality
from render.steady_renderer import SteadyVolumeRenderer
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import ALONE, Companions


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
    """

    renderer: SteadyVolumeRenderer
    look: VolumeLook
    labels: LabelLayer | None = None

    def holds(self, renderer: SteadyVolumeRenderer, look: VolumeLook, labels: LabelLayer | None) -> bool:
        """Tell whether it is made of just these."""
        return self.renderer is renderer and self.look is look and self.labels is labels

    def draw(
        self, camera: Camera, size: tuple[int, int], quality: Quality, stop: StopFlag
    ) -> NDArray[np.uint8]:
        """Draw it as (height, width, 4), colours not multiplied by alpha; raises `Cancelled` when stopped."""
        labels = self.labels if self.look.mode is VolumeMode.COMPOSITE else None
        companions = ALONE if labels is None else Companions(labels=labels)
        return self.renderer.render(
            camera, self.look, size, quality=quality, companions=companions, stop=stop
        )
