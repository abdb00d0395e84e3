"""How finely pictures of volumes are sampled."""

from enum import StrEnum

import numpy as np

from core.volume import Volume
from render.volume_look import VolumeMode


class Quality(StrEnum):
    """What matters more: that a picture comes soon, or that it is fine. Its size is up to whoever asks."""

    INTERACTIVE = "interactive"
    FULL = "full"


# Samples a voxel. Between those of a composite the transfer function is integrated: even one and a half
# voxels apart they are right within 39 dB. Where voxels are few, and seen large, there is time for more.
_COMPOSITE_STEPS = {Quality.INTERACTIVE: (2 / 3, 1.0), Quality.FULL: (2 / 3, 2.0)}
_VOXELS_OF_ONE_STEP = 256**3
# An extreme may lie between samples: there is looked for more closely. A mean has no such place. Two voxels
# apart they are right within 36 dB, and the time goes into more pixels, which are coarse while they move.
_PROJECTION_STEPS = {Quality.INTERACTIVE: 0.5, Quality.FULL: 1.0}


def steps_per_voxel(volume: Volume, mode: VolumeMode, quality: Quality) -> float:
    """Give the samples a voxel; of composites so many that a picture of any volume takes about as long."""
    if mode is VolumeMode.ISOSURFACE:
        return 1.0
    if mode is not VolumeMode.COMPOSITE:
        return _PROJECTION_STEPS[quality]
    least, most = _COMPOSITE_STEPS[quality]
    return min(max((_VOXELS_OF_ONE_STEP / float(np.prod(volume.shape_ijk))) ** (1 / 3), least), most)
