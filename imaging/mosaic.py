"""Siemens mosaics: one picture that holds all slices of a volume, tile beside tile.

Where the slices lie is in the private CSA header, whose layout is that which nibabel documents
(https://nipy.org/nibabel/dicom/siemens_csa.html, dicom_mosaic.html).
"""

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imaging.frame_values import Vector3

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CSA_CREATOR, _CSA_GROUP, _CSA_HEADER = "SIEMENS CSA HEADER", 0x0029, 0x10
_MR_CREATOR, _MR_GROUP, _SLICES_IN_MOSAIC = "SIEMENS MR HEADER", 0x0019, 0x0A
_MOST_TAGS = 1000

# What a reader has to ask for: the creators of the first blocks, and both elements in them.
MOSAIC_TAGS = (0x00190010, 0x0019100A, 0x00290010, 0x00291010)


@dataclass(frozen=True)
class Mosaic:
    """How the slices of a mosaic lie.

    Parameters
    ----------
    slices : int
        How many tiles are filled, row by row from the upper left.
    normal : tuple of float, optional
        Direction from one slice to the next, LPS; None where the header does not say.
    """

    slices: int
    normal: Vector3 | None

    @property
    def tiles(self) -> int:
        """Tiles along each side."""
        return math.isqrt(self.slices - 1) + 1

    def positions(
        self,
        corner: Vector3,
        row: Vector3,
        column: Vector3,
        spacing_mm: Vector3,
        size: tuple[int, int],
    ) -> tuple[Vector3, ...]:
        """Give the centre of the first voxel of every slice.

        Parameters
        ----------
        corner : tuple of float
            ImagePositionPatient: of a single slice as large as the whole mosaic, around the same centre.
        row, column : tuple of float
            ImageOrientationPatient.
        spacing_mm : tuple of float
            Along i, j and from slice to slice.
        size : tuple of int
            Columns and rows of the mosaic.
        """
        shift_i = spacing_mm[0] * (size[0] - size[0] // self.tiles) / 2
        shift_j = spacing_mm[1] * (size[1] - size[1] // self.tiles) / 2
        normal = self.normal or _cross(row, column)
        return tuple(
            (
                corner[0] + row[0] * shift_i + column[0] * shift_j + normal[0] * spacing_mm[2] * number,
                corner[1] + row[1] * shift_i + column[1] * shift_j + normal[1] * spacing_mm[2] * number,
                corner[2] + row[2] * shift_i + column[2] * shift_j + normal[2] * spacing_mm[2] * number,
            )
            for number in range(self.slices)
        )


def _cross(a: Vector3, b: Vector3) -> Vector3:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def read_mosaic(data: "Dataset") -> Mosaic | None:
    """Give how the slices of a mosaic lie; None where the private elements are gone."""
    header = _private(data, _CSA_GROUP, _CSA_CREATOR, _CSA_HEADER)
    csa = read_csa(header) if header else {}
    slices = _integer(csa.get("NumberOfImagesInMosaic", [""])[0])
    if slices is None:
        stored = _private(data, _MR_GROUP, _MR_CREATOR, _SLICES_IN_MOSAIC)
        slices = int.from_bytes(stored[:2], "little") if stored else None
    if not slices or slices < 1 or slices > 1 << 12:
        return None
    return Mosaic(slices, _vector(csa.get("SliceNormalVector", [])))


def _private(data: "Dataset", group: int, creator: str, element: int) -> bytes:
    try:
        value = data.private_block(group, creator)[element].value
    except KeyError:
        return b""
    if isinstance(value, int):
        return value.to_bytes(2, "little")
    return value if isinstance(value, bytes) else b""


def read_csa(header: bytes) -> dict[str, list[str]]:
    """Read the elements of a CSA header of either version; as far as they can be read."""
    found: dict[str, list[str]] = {}
    second = header.startswith(b"SV10")
    at = 8 if second else 0
    try:
        (count,) = struct.unpack_from("<I", header, at)
        at += 8
        base = 0
        for _ in range(min(count, _MOST_TAGS)):
            name, items = struct.unpack_from("<64s12xi", header, at)
            base = base or items  # the first version adds this to every length
            at += 84
            values, at = _csa_items(header, at, items, 0 if second else base)
            found[_until_zero(name)] = values
    except struct.error:
        return found
    return found


def _csa_items(header: bytes, at: int, items: int, base: int) -> tuple[list[str], int]:
    values: list[str] = []
    for _ in range(min(items, _MOST_TAGS)):
        first, second = struct.unpack_from("<ii", header, at)
        length = first - base if base else second
        at += 16
        if length < 0 or at + length > len(header):
            raise struct.error
        if length:
            values.append(_until_zero(header[at : at + length]).strip())
        at += (length + 3) // 4 * 4
    return values, at


def _until_zero(text: bytes) -> str:
    return text.partition(b"\0")[0].decode("latin-1")


def _integer(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _vector(texts: list[str]) -> Vector3 | None:
    try:
        x, y, z = map(float, texts[:3])
    except ValueError:
        return None
    return (x, y, z) if abs(math.hypot(x, y, z) - 1) < 1e-2 else None
