"""How finely pictures of volumes are sampled."""

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.volume_look import VolumeMode


class Quality(StrEnum):
    """What matters more: that a picture comes soon, or that it is fine. Its size is up to whoever asks."""

    INTERACTIVE = "interactive"
    FULL = "full"


# Samples a voxel. Between those of a composite the transfer function is integrated: of a smooth volume even
# pictures with one and a half voxels between samples are right within 39 dB. Where voxels are few, and seen
# large, there is time for more.
_COMPOSITE_STEPS = {Quality.INTERACTIVE: (2 / 3, 1.0), Quality.FULL: (2 / 3, 2.0)}
_VOXELS_OF_ONE_STEP = 256**3
# An extreme may lie between samples: there is looked for more closely, and two voxels between samples may be
# few enough. A mean has no such place.
_EXTREME_STEPS = 0.5
_MEAN_STEPS = {Quality.INTERACTIVE: 0.5, Quality.FULL: 1.0}

# What a sharp volume may need, and what a small picture is compared with. Where what is seen of the small
# picture of a composite is right within 33.5 dB, whole ones were within 36 in every volume that was tried.
# Extremes are cheap: more is asked of them.
_FINER_STEPS, _REFERENCE_STEPS = (2 / 3, 1.0, 1.5, 2.0, 3.0), 6.0
_LEAST_PSNR_DB = {VolumeMode.COMPOSITE: 33.5, VolumeMode.MIP: 40.0, VolumeMode.MINIP: 40.0}


def steps_per_voxel(volume: Volume, mode: VolumeMode, quality: Quality) -> float:
    """Give the samples a voxel; of composites so many that a picture of any volume takes about as long."""
    if mode is VolumeMode.ISOSURFACE:
        return 1.0
    if mode is VolumeMode.MEAN:
        return _MEAN_STEPS[quality]
    if mode is not VolumeMode.COMPOSITE:
        return _EXTREME_STEPS
    least, most = _COMPOSITE_STEPS[quality]
    return min(max((_VOXELS_OF_ONE_STEP / float(np.prod(volume.shape_ijk))) ** (1 / 3), least), most)


def is_measured(mode: VolumeMode, quality: Quality) -> bool:
    """Tell whether samples are as many as a small picture tells."""
    return quality is Quality.FULL and mode in _LEAST_PSNR_DB


def measured_steps(
    least: float, draw: Callable[[float], NDArray[np.uint8]], mode: VolumeMode = VolumeMode.COMPOSITE
) -> float:
    """Give the fewest samples a voxel, at least `least`, that leave a picture as it is.

    How many a volume needs is up to its sharpness, which is that of the scanner and of what was resampled,
    and up to the transfer function: a CT as it came needs three times as many as one on a grid of twice
    its resolution.

    Parameters
    ----------
    draw : callable
        Draws a small picture, RGBA, with so many samples a voxel.
    mode : VolumeMode
        What is drawn; one that `is_measured`.
    """
    truth = _before_black(draw(_REFERENCE_STEPS))
    seen = truth.any(axis=-1)
    if not seen.any():
        return least
    finer = [steps for steps in _FINER_STEPS if steps > least]
    for steps in (least, *finer[:-1]):
        error = _before_black(draw(steps))[seen] - truth[seen]
        if -10 * np.log10(max(float(np.mean(error**2)), 1e-12)) >= _LEAST_PSNR_DB[mode]:
            return steps
    return finer[-1]


def _before_black(rgba: NDArray[np.uint8]) -> NDArray[np.float64]:
    values = rgba / 255.0
    return values[..., :3] * values[..., 3:]
