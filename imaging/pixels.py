"""The pixels of one slice, straight from the file or from the decoder, rescaled into the volume's memory."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.frame import Frame
from imaging.instance import Instance
from imaging.voxel_format import stored_dtype

Pixels = NDArray[Any]


@dataclass(frozen=True)
class SliceFacts:
    """What was seen while a slice was read.

    Parameters
    ----------
    low, high : float
        Smallest and largest rescaled value.
    saturated, inexact : bool
        Whether values were cut to the volume's range, or rounded to single precision.
    """

    low: float
    high: float
    saturated: bool = False
    inexact: bool = False


def reads_directly(instance: Instance) -> bool:
    """Tell whether the pixels can be copied from the file without a decoder."""
    if instance.pixel_offset is None or instance.modality_range is not None or instance.tiles:
        return False
    if instance.bits_stored > instance.bits_allocated:
        return False
    if instance.samples == 1:
        return instance.photometric in ("MONOCHROME1", "MONOCHROME2") and instance.bits_allocated in (
            8,
            16,
            32,
        )
    return instance.samples == 3 and instance.photometric == "RGB" and instance.bits_allocated == 8


def read_slice(frame: Frame, out: Pixels) -> SliceFacts:
    """Read one uncompressed slice into `out`.

    Parameters
    ----------
    frame : Frame
        `reads_directly` holds for its file.
    out : (j, i) or (j, i, 3) array
        A C-contiguous slice of the volume.

    Raises
    ------
    BadInput
        When the file is gone, or ends before the slice does.
    """
    instance = frame.instance
    if _is_verbatim(instance, out):
        _read_exactly(frame, out.data.cast("B"))
        return facts_of(out)
    raw = np.empty(out.shape, stored_dtype(instance))
    _read_exactly(frame, raw.data.cast("B"))
    if instance.samples == 3:
        planar = raw.reshape(3, *out.shape[:2]).transpose(1, 2, 0) if instance.planar else raw
        out[...] = planar
        return facts_of(out)
    return rescale_into(_used_bits(raw, instance), instance, out)


def _is_verbatim(instance: Instance, out: Pixels) -> bool:
    if instance.samples == 3:
        return not instance.planar
    return (
        stored_dtype(instance) == out.dtype
        and instance.bits_stored == instance.bits_allocated
        and (instance.slope, instance.intercept) == (1.0, 0.0)
    )


def _read_exactly(frame: Frame, target: memoryview) -> None:
    instance = frame.instance
    assert instance.pixel_offset is not None
    start = frame.number * len(target)
    within = instance.pixel_length is None or start + len(target) <= instance.pixel_length
    try:
        descriptor = os.open(instance.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            os.lseek(descriptor, instance.pixel_offset + start, os.SEEK_SET)
            while within and target and (count := _read(descriptor, target)):
                target = target[count:]
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BadInput(_unreadable(error)) from error
    if target:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The file ends before its pixels do.")))


def _unreadable(error: OSError) -> Message:
    text = QT_TRANSLATE_NOOP("Message", "It cannot be read ({reason}).")
    return message(text, reason=error.strerror or type(error).__name__)


def _read(descriptor: int, target: memoryview) -> int:
    if hasattr(os, "readv"):
        return os.readv(descriptor, [target])
    data = os.read(descriptor, len(target))  # Windows has no readv.
    target[: len(data)] = data
    return len(data)


def _used_bits(raw: Pixels, instance: Instance) -> Pixels:
    """Clear or sign-extend the bits above BitsStored, which may hold an overlay (PS3.5 8.1.1)."""
    unused = instance.bits_allocated - instance.bits_stored
    if unused <= 0 or raw.dtype.kind not in "iu":
        return raw
    if instance.signed:
        return (raw << unused) >> unused
    return raw & raw.dtype.type((1 << instance.bits_stored) - 1)


def rescale_into(raw: Pixels, instance: Instance, out: Pixels) -> SliceFacts:
    """Apply slope and intercept (PS3.3 C.11.1.1.2) to stored values and put the result into `out`.

    Parameters
    ----------
    raw : (j, i) array
        Stored values of any number type.
    """
    slope, intercept = instance.slope, instance.intercept
    if out.dtype == np.float32:
        wide = raw.dtype.itemsize > (4 if raw.dtype.kind == "f" else 2)
        with np.errstate(over="ignore"):  # what single precision cannot hold becomes infinite, and is told
            single = raw.astype(np.float32) if wide else raw
        inexact = wide and not np.array_equal(single, raw, equal_nan=raw.dtype.kind == "f")
        verbatim = (slope, intercept) == (1.0, 0.0)
        with np.errstate(over="ignore"):
            out[...] = single if verbatim else raw.astype(np.float64) * slope + intercept
        return facts_of(out, inexact=inexact)
    low = float(raw.min()) * slope + intercept
    high = float(raw.max()) * slope + intercept
    low, high = min(low, high), max(low, high)
    limits = np.iinfo(out.dtype)
    if limits.min <= low and high <= limits.max:
        # Wrapping arithmetic modulo 2^bits gives the right result since the result itself fits.
        np.copyto(out, raw, casting="unsafe")
        if slope != 1.0:
            out *= _wrapped(slope, out.dtype)
        if intercept != 0.0:
            out += _wrapped(intercept, out.dtype)
        return SliceFacts(low, high)
    out[...] = np.clip(np.rint(raw.astype(np.float64) * slope + intercept), limits.min, limits.max)
    return facts_of(out, saturated=True)


def _wrapped(value: float, dtype: np.dtype[Any]) -> Any:
    return np.array(int(value), np.int64).astype(dtype)


def facts_of(values: Pixels, *, saturated: bool = False, inexact: bool = False) -> SliceFacts:
    """Give the range of a slice; NaN does not count."""
    with np.errstate(invalid="ignore"):
        low, high = (
            (float(np.nanmin(values)), float(np.nanmax(values)))
            if _has_nan(values)
            else (
                float(values.min()),
                float(values.max()),
            )
        )
    return SliceFacts(low, high, saturated, inexact)


def _has_nan(values: Pixels) -> bool:
    return values.dtype.kind == "f" and bool(np.isnan(values).any()) and not bool(np.isnan(values).all())
