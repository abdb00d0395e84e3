"""Brings a volume to the axes, the part, the values and the grid that a network was trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ChannelPreparation, InputPreparation
from core.slice_geometry import SliceGeometry
from models.axis_resampling import coarse_axis, resampled

_SMALLEST_DEVIATION = 1e-8
_MOST_VOXELS = 1 << 30
_LETTERS = ("RL", "AP", "SI")  # of the patient's axes x, y and z
_POSITIVE = "LPS"  # where they grow to


@dataclass(frozen=True, eq=False)
class AxisOrder:
    """How the axes of a network follow from those of the stored volume.

    Parameters
    ----------
    source : tuple of int
        Axis of the volume (k, j, i) for each of the network.
    flipped : tuple of bool
        Whether it runs the other way.
    """

    source: tuple[int, int, int]
    flipped: tuple[bool, bool, bool]

    def apply(self, voxels: NDArray[Any]) -> NDArray[Any]:
        """Give a view with the network's axes."""
        steps = tuple(slice(None, None, -1 if turned else 1) for turned in self.flipped)
        return voxels.transpose(self.source)[steps]


def axis_order(preparation: InputPreparation, geometry: SliceGeometry) -> AxisOrder:
    """Find the axes: by the patient's directions where the card names them, else by their numbers.

    Raises
    ------
    BadInput
        When the card names directions and the volume has none.
    """
    if not preparation.orientation:
        first, second, third = preparation.axes
        return AxisOrder((first, second, third), (False, False, False))
    if not geometry.lps_known:
        text = QT_TRANSLATE_NOOP("Message", "The volume does not tell how it lies in the patient.")
        raise BadInput(message(text))
    # Columns: directions of k, j and i in LPS.
    directions = np.stack([geometry.normal, geometry.column_direction, geometry.row_direction], axis=1)
    letters = preparation.orientation
    wanted = [next(axis for axis in range(3) if letter in _LETTERS[axis]) for letter in letters]
    source: list[int] = []
    flipped: list[bool] = []
    for letter, patient_axis in zip(letters, wanted, strict=True):
        shares = np.abs(directions[patient_axis])
        shares[source] = -1.0
        axis = int(shares.argmax())
        grows = bool(directions[patient_axis, axis] > 0)
        source.append(axis)
        flipped.append(grows != (letter in _POSITIVE))
    return AxisOrder(
        (source[0], source[1], source[2]),
        (flipped[0], flipped[1], flipped[2]),
    )


@dataclass(frozen=True, eq=False)
class PreparedVolume:
    """What the network is given, and what leads back.

    Parameters
    ----------
    values : (channels, d, h, w) float32
    order : AxisOrder
    part : tuple of slice
        What was kept of the volume, along the network's axes.
    coarse : int, optional
        Axis across which nothing is interpolated on the way back.
    """

    values: NDArray[np.float32]
    order: AxisOrder
    part: tuple[slice, slice, slice]
    coarse: int | None


def prepare_volume(
    voxels: NDArray[np.generic], geometry: SliceGeometry, preparation: InputPreparation, *, flat: bool
) -> PreparedVolume:
    """Prepare a volume.

    Parameters
    ----------
    voxels : (k, j, i) ndarray, or (channels, k, j, i)
    flat : bool
        The network takes pictures: the first axis keeps its spacing.

    Raises
    ------
    BadInput
        When the volume does not have the channels that the card names, or becomes too large.
    """
    channels = voxels if voxels.ndim == 4 else voxels[None]
    described = preparation.channels or (ChannelPreparation(preparation.normalisation, preparation.window),)
    if len(described) != len(channels):
        text = QT_TRANSLATE_NOOP("Message", "The model takes {wanted} channels; the volume has {given}.")
        hint = QT_TRANSLATE_NOOP("Message", "On the command line, --channel names further ones.")
        raise BadInput(message(text, wanted=len(described), given=len(channels)), message(hint))
    order = axis_order(preparation, geometry)
    turned = [order.apply(channel) for channel in channels]
    part = _part(turned) if preparation.crop == "nonzero" else _whole(turned[0].shape)
    spacing = tuple(geometry.spacing_mm[2 - axis] for axis in order.source)
    shape = tuple(one.stop - one.start for one in part)
    wanted = _wanted_spacing(preparation, spacing, flat=flat)
    new = _new_shape(shape, spacing, wanted)
    coarse = coarse_axis(spacing, wanted)
    values = np.empty((len(turned), *new), np.float32)
    for channel, how, result in zip(turned, described, values, strict=True):
        plain = np.array(channel[part], np.float32)
        if channel.dtype.kind == "f":
            np.nan_to_num(plain, copy=False, posinf=0.0, neginf=0.0)
        normal = normalised(plain, how)
        result[...] = resampled(normal, new, cubic=preparation.interpolation == "cubic", coarse=coarse)
    return PreparedVolume(values, order, part, coarse_axis(wanted, spacing))


def _whole(shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    return slice(0, shape[0]), slice(0, shape[1]), slice(0, shape[2])


def _part(channels: list[NDArray[np.generic]]) -> tuple[slice, slice, slice]:
    """Give the box around everything that is not 0; the whole volume where all is."""
    there = np.asarray(channels[0] != 0)
    for channel in channels[1:]:
        there |= np.asarray(channel != 0)
    found: list[slice] = []
    for axis in range(3):
        rows = np.flatnonzero(there.any(axis=tuple(other for other in range(3) if other != axis)))
        if not len(rows):
            return _whole(there.shape)
        found.append(slice(int(rows[0]), int(rows[-1]) + 1))
    return found[0], found[1], found[2]


def _wanted_spacing(
    preparation: InputPreparation, spacing: tuple[float, ...], *, flat: bool
) -> tuple[float, ...]:
    wanted = preparation.spacing_mm or spacing
    return (spacing[0], *wanted[-2:]) if flat else wanted


def _new_shape(
    shape: tuple[int, ...], old_mm: tuple[float, ...], new_mm: tuple[float, ...]
) -> tuple[int, int, int]:
    d, h, w = (max(round(old / new * size), 1) for size, old, new in zip(shape, old_mm, new_mm, strict=True))
    if d * h * w > _MOST_VOXELS:
        text = QT_TRANSLATE_NOOP("Message", "The volume is too large on the grid of the model ({shape}).")
        raise BadInput(message(text, shape=f"{w} × {h} × {d}"))
    return d, h, w


def normalised(values: NDArray[np.float32], how: ChannelPreparation) -> NDArray[np.float32]:
    """Prepare the values of one channel, in place."""
    mask = _filled(values != 0) if how.normalisation == "z-score-nonzero" else None
    if how.window is not None:
        np.clip(values, *how.window, out=values)
    if how.normalisation == "z-score":
        deviation = max(float(values.std()), _SMALLEST_DEVIATION)
        values -= values.mean()
        values /= deviation
    elif mask is not None:
        chosen = values[mask]
        if chosen.size:
            values[mask] = (chosen - chosen.mean()) / max(float(chosen.std()), _SMALLEST_DEVIATION)
    elif how.normalisation == "fixed":
        values -= np.float32(how.mean)
        values /= np.float32(how.standard_deviation)
    elif how.normalisation == "min-max":
        values -= values.min()
        values /= max(float(values.max()), _SMALLEST_DEVIATION)
    return values


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill what cannot be reached from outside through faces."""
    import SimpleITK

    image = SimpleITK.GetImageFromArray(mask.astype(np.uint8))
    return SimpleITK.GetArrayFromImage(SimpleITK.BinaryFillhole(image, fullyConnected=False)) > 0
