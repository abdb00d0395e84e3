"""Reads WAV files as one channel at 16 kHz, which the networks of speech take."""

import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from models.log_mel import RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WHOLE, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_LARGEST_BYTES = 2**31
_HALF_TAPS = 24  # zero crossings on each side
_ROLL_OFF, _KAISER = 0.94, 9.0
_BLOCK = 2**15


def read_sound(path: Path) -> "NDArray[np.float32]":
    """Read a WAV file of whole numbers or floats; its channels are averaged.

    Returns
    -------
    ndarray of float32, (samples,)
        -1 to 1, at 16 kHz.

    Raises
    ------
    BadInput
        When it is not there, damaged, or of another kind.
    """
    if not path.is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such file.")
        raise BadInput(message(text, path=str(path)))
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("too large")
        samples, rate = _parsed(path.read_bytes())
    except (ValueError, struct.error) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a WAV file.")
        raise BadInput(message(text, path=str(path))) from error
    return resampled(samples, rate)


def _parsed(data: bytes) -> "tuple[NDArray[np.float32], int]":
    """Give the mean of the channels and the rate."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("no WAV file")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data) and b"data" not in chunks:
        size = struct.unpack_from("<I", data, at + 4)[0]
        chunks[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    if b"fmt " not in chunks or b"data" not in chunks:
        raise ValueError("no sound")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    if kind == _EXTENSIBLE:
        kind = struct.unpack_from("<H", chunks[b"fmt "], 24)[0]
    if channels < 1 or not 1000 <= rate <= 768000:
        raise ValueError("impossible")
    values = _numbers(chunks[b"data"], kind, bits)
    values = values[: len(values) // channels * channels].reshape(-1, channels)
    return values.mean(axis=1, dtype=values.dtype), rate


def _numbers(data: bytes, kind: int, bits: int) -> "NDArray[np.float32]":
    import numpy as np

    size = bits // 8
    data = data[: len(data) // size * size] if size else b""
    if kind == _FLOAT and bits in (32, 64):
        values: NDArray[Any] = np.nan_to_num(np.frombuffer(data, f"<f{size}"))
        return np.clip(values, -1, 1).astype(np.float32)
    if kind != _WHOLE or bits not in (8, 16, 24, 32):
        raise ValueError("another kind")
    if bits == 8:
        return (np.frombuffer(data, np.uint8).astype(np.float32) - 128) / np.float32(128)
    if bits == 24:  # put each into the upper bytes of four
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return (wide.reshape(-1).view("<i4") / 2**31).astype(np.float32)
    return (np.frombuffer(data, f"<i{size}") / 2 ** (bits - 1)).astype(np.float32)


def resampled(samples: "NDArray[np.float32]", rate: int) -> "NDArray[np.float32]":
    """Bring a sound to 16 kHz by windowed-sinc interpolation (Smith and Gossett 1984)."""
    import numpy as np

    if rate == RATE_HZ or not len(samples):
        return samples
    divisor = math.gcd(rate, RATE_HZ)
    phases, step = RATE_HZ // divisor, rate // divisor
    cutoff = min(1.0, phases / step) * _ROLL_OFF
    reach = math.ceil(_HALF_TAPS / cutoff)
    offsets = np.arange(-reach + 1, reach + 1)
    distance = offsets[None, :] - np.arange(phases)[:, None] / phases
    window = np.i0(_KAISER * np.sqrt(np.maximum(1 - (distance / reach) ** 2, 0))) / np.i0(_KAISER)
    taps = (cutoff * np.sinc(cutoff * distance) * window).astype(np.float32)
    padded = np.pad(samples, (reach, reach + 1))
    count = -(-len(samples) * phases // step)
    out = np.zeros(count, np.float32)
    for first in range(0, count, _BLOCK):
        at = np.arange(first, min(first + _BLOCK, count)) * step
        places = at[:, None] // phases + reach + offsets
        out[first : first + len(at)] = np.einsum("ij,ij->i", padded[places], taps[at % phases])
    return out
