"""The frames of a segmentation object: which segment and place each has, and its pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.frame_decoding import decoded_frames
from imaging.instance_decoding import UNCOMPRESSED_LITTLE_ENDIAN

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


class FramePixels:
    """Pixels of the frames, unpacked when they are asked for.

    Parameters
    ----------
    path : Path
        The file, for the decoder of compressed frames.
    data : Dataset
        Of a segmentation object, with its pixel data.
    """

    def __init__(self, path: Path, data: "Dataset") -> None:
        self._path = path
        self.rows, self.columns = int(data.Rows), int(data.Columns)
        self._bits = int(data.BitsAllocated)
        if self._bits not in (1, 8, 16):
            text = QT_TRANSLATE_NOOP("Message", "{path}: segments of {bits} bits are none.")
            raise BadInput(message(text, path=str(path), bits=self._bits))
        syntax = str(data.file_meta.get("TransferSyntaxUID", UNCOMPRESSED_LITTLE_ENDIAN[0]))
        self.count = int(data.get("NumberOfFrames", 1) or 1)
        self._raw = np.frombuffer(data.PixelData, np.uint8) if syntax in UNCOMPRESSED_LITTLE_ENDIAN else None
        if self._raw is not None and len(self._raw) * 8 < self.count * self._size * self._bits:
            raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The file ends before its pixels do.")))

    @property
    def _size(self) -> int:
        return self.rows * self.columns

    def _unpacked(self, number: int) -> NDArray[Any]:
        """Give the stored values of a frame, shape (j, i), uint8 or uint16."""
        assert self._raw is not None
        start = number * self._size
        if self._bits == 1:
            # Frames follow each other bit by bit, not beginning at a byte (PS3.5 8.1.1).
            first, last = start // 8, (start + self._size + 7) // 8
            bits = np.unpackbits(self._raw[first:last], bitorder="little")
            values = bits[start - first * 8 :][: self._size]
        else:
            width = self._bits // 8
            values = self._raw[start * width :][: self._size * width].view(f"<u{width}")
        return values.reshape(self.rows, self.columns)

    def frames(self, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
        """Give the stored values of several frames in this order, decoded on all cores where compressed."""
        if self._raw is None:
            yield from decoded_frames(self._path, numbers)
        else:
            yield from map(self._unpacked, numbers)


@dataclass(frozen=True)
class PlacedFrame:
    """What the functional groups say about one frame.

    Parameters
    ----------
    number : int
        From 0.
    segment : int, optional
        Its segment; None in a label map.
    position_lps_mm : tuple of float, optional
        Centre of its first voxel.
    column_row : tuple of int
        Where it starts in the total pixel matrix of a slide, from 0.
    """

    number: int
    segment: int | None
    position_lps_mm: tuple[float, ...] | None
    column_row: tuple[int, int] = (0, 0)


def placed_frames(data: "Dataset") -> list[PlacedFrame]:
    """Give segment and place of every frame, from shared and per-frame functional groups."""
    count = int(data.get("NumberOfFrames", 1) or 1)
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    if not groups and data.get("DimensionOrganizationType") == "TILED_FULL":
        return _tiled_full(data, count)
    if len(groups) < count:
        groups += [None] * (count - len(groups)) if not groups else []
    return [_placed(number, group, shared) for number, group in enumerate(groups[:count])]


def macro(group: Any, shared: Any, keyword: str) -> Any:
    """Give the first item of a functional group, the frame's own before the shared one; None without."""
    return first_item(group, keyword) or first_item(shared, keyword)


def first_item(data: Any, keyword: str) -> Any:
    """Give the first item of a sequence, or None."""
    items = data.get(keyword) if data is not None else None
    return items[0] if items else None


def _placed(number: int, group: Any, shared: Any) -> PlacedFrame:
    segment = macro(group, shared, "SegmentIdentificationSequence")
    place = macro(group, shared, "PlanePositionSequence")
    tile = macro(group, shared, "PlanePositionSlideSequence")
    position = place.get("ImagePositionPatient") if place is not None else None
    column_row = (0, 0)
    if tile is not None:
        column_row = (
            int(tile.ColumnPositionInTotalImagePixelMatrix) - 1,
            int(tile.RowPositionInTotalImagePixelMatrix) - 1,
        )
    return PlacedFrame(
        number,
        None if segment is None else int(segment.ReferencedSegmentNumber),
        tuple(float(value) for value in position) if position else None,
        column_row,
    )


def _tiled_full(data: "Dataset", count: int) -> list[PlacedFrame]:
    """Place tiles that cover the matrix row by row, segment by segment (PS3.3 C.7.6.17.3)."""
    columns, rows = int(data.Columns), int(data.Rows)
    across = -(-int(data.TotalPixelMatrixColumns) // columns)
    down = -(-int(data.TotalPixelMatrixRows) // rows)
    numbers = [int(item.SegmentNumber) for item in data.SegmentSequence]
    label_map = data.get("SegmentationType") == "LABELMAP"
    frames: list[PlacedFrame] = []
    for number in range(count):
        segment, tile = divmod(number, across * down)
        j, i = divmod(tile, across)
        owner = None if label_map else numbers[segment]
        frames.append(PlacedFrame(number, owner, None, (i * columns, j * rows)))
    return frames
