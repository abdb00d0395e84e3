"""The points of PLY files, of any writer: text or binary, with whatever else they hold."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.point_cloud import PointCloud

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip
_ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_LONGEST_HEADER = 1 << 16


@dataclass(frozen=True)
class _Header:
    """What comes before the points, and how they are stored."""

    order: str
    start: int
    count: int
    row: np.dtype


def read_ply_points(path: Path) -> PointCloud:
    """Read the vertices of a PLY file; points that are not finite are left out.

    Raises
    ------
    BadInput
        When the file cannot be read, is no PLY file, is cut off, or has no points.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    try:
        header = _header(content)
        rows = _rows(content, header)
        points = np.stack([rows[axis].astype(np.float64) for axis in "xyz"], axis=1)
    except (ValueError, KeyError, IndexError, UnicodeDecodeError, MemoryError, OverflowError) as error:
        raise BadInput(_no_points(path)) from error
    finite = np.isfinite(points).all(axis=1)
    if not finite.any():
        raise BadInput(_no_points(path))
    return PointCloud(points[finite], _colours(rows[finite]))


def _no_points(path: Path) -> Message:
    text = QT_TRANSLATE_NOOP("Message", "{path} holds no points that can be read as PLY.")
    return message(text, path=str(path))


def _header(content: bytes) -> _Header:
    end = content.index(b"end_header", 0, _LONGEST_HEADER)
    start = content.index(b"\n", end) + 1
    lines = [line.split() for line in content[:end].decode("ascii", "replace").splitlines()]
    if lines[0] != ["ply"]:
        raise ValueError("ply")
    order = next(_ORDERS[words[1]] for words in lines if words[:1] == ["format"])
    elements = [words for words in lines if words[:1] == ["element"]]
    if elements[0][1] != "vertex":  # What comes before could only be skipped by reading it.
        raise ValueError("vertex")
    first = lines.index(elements[0]) + 1
    after = lines.index(elements[1]) if len(elements) > 1 else len(lines)
    fields = [
        (words[2], (order or "<") + _TYPES[words[1]])
        for words in lines[first:after]
        if words[:1] == ["property"]
    ]
    count = int(elements[0][2])
    if count < 1:
        raise ValueError("count")
    return _Header(order, start, count, np.dtype(fields))


def _rows(content: bytes, header: _Header) -> NDArray[np.void]:
    if header.order:
        return np.frombuffer(content, header.row, header.count, header.start)
    names = header.row.names or ()
    lines = content[header.start :].split(b"\n", header.count)[: header.count]
    words = [line.split()[: len(names)] for line in lines]
    table = np.array(words, np.float64)
    if table.shape != (header.count, len(names)):
        raise ValueError("rows")
    rows = np.zeros(header.count, np.dtype([(name, "f8") for name in names]))
    for column, name in enumerate(names):
        rows[name] = table[:, column]
    return rows


def _colours(rows: NDArray[np.void]) -> NDArray[np.uint8] | None:
    names = ("red", "green", "blue")
    if not set(names) <= set(rows.dtype.names or ()):
        return None
    stacked = np.stack([rows[name] for name in names], axis=1)
    if stacked.dtype.kind == "f" and stacked.max() <= 1 and rows.dtype["red"].itemsize == 4:
        stacked = stacked * 255
    return np.clip(stacked, 0, 255).astype(np.uint8)
