"""Writing pictures as PNG (ISO/IEC 15948) without an imaging library."""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import write_bytes


def png_bytes(
    picture: NDArray[np.uint8],
    *,
    spacing_mm: tuple[float, float] | None = None,
    texts: Mapping[str, str] | None = None,
) -> bytes:
    """Encode a picture.

    Parameters
    ----------
    picture : (height, width), (height, width, 3) or (height, width, 4) uint8
        Grey, RGB or RGBA, colours not multiplied by alpha.
    spacing_mm : tuple of float, optional
        Pixel size along x and y, kept as the physical size of a pixel.
    texts : mapping, optional
        ASCII keywords with ASCII texts.
    """
    height, width = picture.shape[:2]
    colour_type = 0 if picture.ndim == 2 else {3: 2, 4: 6}[picture.shape[2]]
    rows = np.zeros((height, 1 + picture[0].size), np.uint8)  # a zero before every row: no filter
    rows[:, 1:] = picture.reshape(height, -1)
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0))]
    if spacing_mm is not None:
        per_metre = (min(max(round(1000 / size), 1), 2**31 - 1) for size in spacing_mm)
        chunks.append(_chunk(b"pHYs", struct.pack(">IIB", *per_metre, 1)))
    for keyword, text in (texts or {}).items():
        chunks.append(_chunk(b"tEXt", keyword.encode("ascii") + b"\0" + text.encode("ascii")))
    chunks += [_chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def write_png(
    path: Path,
    picture: NDArray[np.uint8],
    *,
    spacing_mm: tuple[float, float] | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write a picture atomically; see `png_bytes`."""
    write_bytes(path, png_bytes(picture, spacing_mm=spacing_mm, texts=texts))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
