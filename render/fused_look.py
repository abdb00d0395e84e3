"""How the second of two fused volumes is shown, and how it lies over a projection of the first."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.clip_plane import ClipPlane
from render.fitted_range import shown_range
from render.presets import PRESETS, ValueRange
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode

# Hot metal, as PET is usually shown, from the lowest to the highest value: red, green, blue.
_HOT = ((0.0, 0.25, 0.0, 0.0), (0.35, 0.75, 0.05, 0.0), (0.65, 1.0, 0.55, 0.05), (1.0, 1.0, 1.0, 0.75))
_OPACITY = 0.5  # of the highest value, per millimetre
_HIGHEST_PERCENT = 99.97  # hot spots are small: other looks end at 99.8 %
_MOST_SAMPLES = 1_000_000
FIRST_STRENGTH, FIRST_THRESHOLD = 0.6, 0.3


def fused_range(volume: Volume, modality: str) -> ValueRange:
    """Give the range of values that the look of a fused volume is fitted to, from a sample of the voxels."""
    low, high = shown_range(volume, modality)
    if modality == "CT":
        return low, high
    stride = max(1, int(np.ceil((volume.voxels.size / _MOST_SAMPLES) ** (1 / 3))))
    sample = volume.voxels[stride // 2 :: stride, ::stride, ::stride].ravel()
    return low, max(high, float(np.nanpercentile(sample, _HIGHEST_PERCENT)))


def has_threshold(modality: str, value_range: ValueRange) -> bool:
    """Tell whether the look has hot spots above a threshold; CT in HU shows its bones instead."""
    low, high = value_range
    return not (modality == "CT" and low < -200 and high > 300)


def fused_look(
    modality: str,
    value_range: ValueRange,
    strength: float = FIRST_STRENGTH,
    threshold: float = FIRST_THRESHOLD,
) -> VolumeLook:
    """Give the look of a volume that is fused with another one.

    Parameters
    ----------
    modality : str
        CT shows its bones; everything else hot spots, the more opaque the higher the value.
    value_range : tuple of float
        Of its values, as `fused_range` gives it.
    strength : float
        0 to 1: factor of its opacity.
    threshold : float
        0 to below 1: share of the range that is not shown.
    """
    if has_threshold(modality, value_range):
        look = VolumeLook(_hot(value_range, threshold), shaded=False)
    else:
        look = PRESETS["ct-bone"].make(value_range)
    points = tuple(replace(point, opacity=point.opacity * strength) for point in look.transfer.points)
    return replace(look, transfer=replace(look.transfer, points=points))


def _hot(value_range: ValueRange, threshold: float) -> TransferFunction:
    low, high = value_range
    span = high - low if high > low else 1.0

    def value(share: float) -> float:
        return low + span * (threshold + (1 - threshold) * share)

    return TransferFunction(
        tuple(ControlPoint(value(at), red, green, blue, _OPACITY * at) for at, red, green, blue in _HOT)
    )


def crop_planes(look: VolumeLook, volume: Volume) -> tuple[ClipPlane, ...]:
    """Give the faces of a look's crop box as planes, which cut other volumes in the same picture as well."""
    if look.crop is None:
        return ()
    rows = volume.ijk_from_lps[:3, :3]
    planes: list[ClipPlane] = []
    for corner, sign in zip(look.crop, (1.0, -1.0), strict=True):
        x, y, z = (volume.lps_from_ijk @ [*corner, 1.0])[:3].tolist()
        planes += [ClipPlane((x, y, z), _vector(sign * row)) for row in rows]
    return tuple(planes)


def projected(look: VolumeLook, clip_planes: tuple[ClipPlane, ...]) -> VolumeLook:
    """Give the projection of a fused volume over the range of its colours: its highest values."""
    low, high = look.transfer.value_range
    window = ((low + high) / 2, max(high - low, 1e-6))
    return replace(look, mode=VolumeMode.MIP, window=window, crop=None, clip_planes=clip_planes)


def laid_over(projection: NDArray[np.uint8], look: VolumeLook, below: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Colour the projection of a fused volume and lay it over that of the other.

    Parameters
    ----------
    projection, below : (h, w, 4) uint8
        Greys and alpha, colours not multiplied by it.
    look : VolumeLook
        Gives the colours; the opacity of a value is that of a centimetre.
    """
    low, high = look.transfer.value_range
    table = look.transfer.table(low, high, 256)
    table[:, 3] = 1 - (1 - np.minimum(table[:, 3], 0.999)) ** 10
    above = table[projection[..., 0]]
    share = above[..., 3:] * (projection[..., 3:] / np.float32(255))
    return _over(above[..., :3], share, below)


def in_front_of(above: NDArray[np.uint8], below: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay a picture over another, both (h, w, 4) with colours not multiplied by alpha."""
    front = above.astype(np.float32) / 255
    return _over(front[..., :3], front[..., 3:], below)


def _over(
    colours: NDArray[np.floating], share: NDArray[np.floating], below: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    behind = below.astype(np.float32) / 255
    rest = behind[..., 3:] * (1 - share)
    alpha = share + rest
    colour = (colours * share + behind[..., :3] * rest) / np.maximum(alpha, 1e-6)
    return np.rint(np.concatenate([colour, alpha], axis=-1) * 255).astype(np.uint8)


def _vector(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
