"""The contours of RT structure sets (PS3.3 C.8.8.6), straight from and to bytes.

There may be a hundred thousand, and pydicom takes a hundred microseconds for each.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from imaging.contours import Contour, split
from imaging.instance_decoding import UNCOMPRESSED_LITTLE_ENDIAN
from native import _core

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CONTOURS = 0x30060039
_SEQUENCE = 0x30060040
_CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
_PLAIN = UNCOMPRESSED_LITTLE_ENDIAN
_NOTHING: Any = ([], [], np.zeros(0), np.zeros(1, np.int64), 0)


@dataclass(frozen=True, eq=False)
class DrawnRegion:
    """The contours of one region of interest.

    Parameters
    ----------
    colour : str
        ROIDisplayColor as stored; "" without.
    contours : tuple of (n, 3) float64
        Closed planar polygons, LPS millimetres.
    lines : tuple of (n, 3) float64
        Points and open lines, which enclose nothing.
    """

    colour: str
    contours: tuple[Contour, ...]
    lines: tuple[Contour, ...]


def read_with_contours(path: Path) -> tuple["Dataset", Mapping[int, DrawnRegion]]:
    """Read a structure set: its data set without the contours, and these by the number of their region.

    Raises
    ------
    ValueError
        When the contours are damaged; see `imaging.object_file.refusing_damage`.
    """
    with path.open("rb") as file:
        data, scanned = _read_around(file)
    if scanned is None:
        data, scanned = _read_again(path)
    return data, _regions(*scanned)


def _read_around(file: BinaryIO) -> tuple[Any, Any]:
    """Read what lies before and behind the contours with pydicom, and scan these where they are plain."""
    from pydicom.filereader import read_dataset, read_partial

    stop = _Stop(file)
    data = read_partial(file, stop, force=True)
    if not stop.found:
        return data, _NOTHING
    implicit = bool(data.original_encoding[0])
    if str(data.file_meta.get("TransferSyntaxUID", _PLAIN[0])) not in _PLAIN:
        return data, None
    file.seek(stop.offset)
    rest = np.frombuffer(file.read(), np.uint8)
    scanned: Any = _core.scan_contour_items(rest, stop.length, not implicit)
    if scanned is not None:
        file.seek(stop.offset + scanned[4])
        data.update(read_dataset(file, implicit, True, parent_encoding=data.original_character_set))
    return data, scanned


class _Stop:
    """Stops pydicom at the contours."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.found = False
        self.offset = self.length = 0

    def __call__(self, tag: int, _vr: str | None, length: int) -> bool:
        if tag == _CONTOURS:
            self.found, self.offset, self.length = True, self._file.tell(), length
        return self.found


def _read_again(path: Path) -> tuple["Dataset", Any]:
    """Read everything with pydicom (big endian, deflated, unusual), and the contours in plain encoding."""
    from pydicom import dcmread
    from pydicom.dataset import Dataset

    data = dcmread(path, force=True)
    regions = [_plain_region(item) for item in data.get("ROIContourSequence") or ()]
    if not regions:
        return data, _NOTHING
    only = Dataset()
    only.ROIContourSequence = regions
    encoded = encode(only)[8:]
    scanned = _core.scan_contour_items(np.frombuffer(encoded, np.uint8), len(encoded), False)
    if scanned is None:
        raise ValueError("the contours are damaged")
    return data, scanned


def _plain_region(region: "Dataset") -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    for keyword in ("ROIDisplayColor", "ReferencedROINumber"):
        if keyword in region:
            item[keyword] = region[keyword]
    item.ContourSequence = [_plain(contour) for contour in region.get("ContourSequence") or ()]
    return item


def _plain(contour: "Dataset") -> "Dataset":
    from pydicom.dataset import Dataset

    item = Dataset()
    item.ContourGeometricType = str(contour.get("ContourGeometricType", ""))
    value: Any = contour.get_item("ContourData").value if "ContourData" in contour else b""
    # More than 64 kB have no length in an explicit VR, so that some writers call the value unknown.
    text = value if isinstance(value, bytes) else "\\".join(map(str, value or ())).encode("ascii")
    item[0x30060050] = _raw(0x30060050, "DS", text)
    return item


def _raw(tag: int, vr: str, value: bytes) -> Any:
    from pydicom.dataelem import RawDataElement
    from pydicom.tag import Tag

    value += b" " * (len(value) % 2)
    return RawDataElement(Tag(tag), vr, len(value), value, 0, True, True)


def _regions(
    regions: list[tuple[bytes, bytes, int]],
    kinds: list[bytes],
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    _size: int,
) -> dict[int, DrawnRegion]:
    every = split(values, starts)
    firsts = [*(first for _number, _colour, first in regions), len(every)]
    found: dict[int, DrawnRegion] = {}
    for (number, colour, first), stop in zip(regions, firsts[1:], strict=True):
        closed: list[Contour] = []
        lines: list[Contour] = []
        for index in range(first, stop):
            points = every[index].reshape(-1, 3)
            encloses = len(points) >= 3 and _text(kinds[index]) in _CLOSED
            (closed if encloses else lines).append(points)
        found[int(_text(number))] = DrawnRegion(_text(colour), tuple(closed), tuple(filter(len, lines)))
    return found


def _text(value: bytes) -> str:
    return value.decode("latin-1").strip("\0 ")


def contour_sequence(slices: list[tuple[NDArray[np.float64], NDArray[np.int64], bytes]]) -> Any:
    """Give a ContourSequence of closed planar contours, encoded in implicit VR.

    Parameters
    ----------
    slices : list of tuple
        Points (n, 3), LPS millimetres, of all contours of a slice; first point of each, then their count; and
        the encoded elements that name the slice's image.
    """
    # Not called the sequence that it is: pydicom would parse it to look for ambiguous elements.
    return _raw(_SEQUENCE, "OB", b"".join(_items(*contours) for contours in slices))


def _items(points: NDArray[np.float64], starts: NDArray[np.int64], image: bytes) -> bytes:
    texts = _core.decimal_texts(np.ascontiguousarray(points).reshape(-1), starts * 3)
    head = image + _element(0x0042, b"CLOSED_PLANAR ")
    pieces: list[bytes] = []
    for text, count in zip(texts, np.diff(starts).tolist(), strict=True):
        number = b"%d" % count
        content = head + _element(0x0046, number + b" " * (len(number) % 2)) + _element(0x0050, text)
        pieces.append(struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content)
    return b"".join(pieces)


def _element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHI", 0x3006, number, len(value)) + value


def encode(data: "Dataset") -> bytes:
    """Give the elements of a data set in implicit VR, little endian."""
    from pydicom.filebase import DicomFileLike
    from pydicom.filewriter import write_dataset

    buffer = BytesIO()
    file = DicomFileLike(buffer)
    file.is_implicit_VR, file.is_little_endian = True, True
    write_dataset(file, data)
    return buffer.getvalue()
