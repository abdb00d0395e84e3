"""Header reading with the C++ scanner: plain images only, at a fraction of pydicom's time."""

import os
import struct
from collections.abc import Sequence
from typing import NamedTuple

from imaging.raw_header import PixelElement, RawHeader
from imaging.tags import (
    MEDIA_STORAGE_CLASS,
    MEDIA_STORAGE_UID,
    RT_DOSE_CLASS,
    TRANSFER_SYNTAX,
    VARYING,
    WANTED,
    Tag,
)
from native import _core

_SCANNED = sorted((MEDIA_STORAGE_CLASS, MEDIA_STORAGE_UID, TRANSFER_SYNTAX, *WANTED))
_VARYING = sorted(map(int, VARYING))
_DOSE = RT_DOSE_CLASS.encode()
_SEQUENCES = (Tag.MODALITY_LUT, Tag.VOI_LUT, Tag.ULTRASOUND_REGIONS, Tag.DETECTORS)


class ScannedHeader(NamedTuple):
    """The wanted elements of a plain image.

    Parameters
    ----------
    path, size_bytes, modified_ns : str, int, int
        The file.
    shared : bytes
        Elements that most files of a series have in common, as `shared_values` reads them.
    varying : dict of int to bytes
        Value fields of the other ones by tag.
    pixel_offset, pixel_length : int
        Where the pixel data lie in the file; the length is -1 where they are encapsulated.
    """

    path: str
    size_bytes: int
    modified_ns: int
    shared: bytes
    varying: dict[int, bytes]
    pixel_offset: int
    pixel_length: int


def scan(paths: Sequence[str]) -> list[ScannedHeader | None]:
    """Read the files that are plain images; None for each that a full parser has to look at."""
    scanned = _core.scan_dicom_headers([os.fsencode(path) for path in paths], _SCANNED, _VARYING)
    return [
        None if found is None else ScannedHeader(path, *found)
        for path, found in zip(paths, scanned, strict=True)
    ]


def shared_values(shared: bytes) -> dict[int, bytes]:
    """Give the value fields by tag."""
    values: dict[int, bytes] = {}
    place = 0
    while place < len(shared):
        tag, length = struct.unpack_from("<II", shared, place)
        place += 8 + length
        values[tag] = shared[place - length : place]
    return values


def raw_header(found: ScannedHeader) -> RawHeader | None:
    """Give all elements of a file; None where those that are wanted are sequences."""
    values = shared_values(found.shared) | found.varying
    if any(tag in values for tag in _SEQUENCES) or b"MOSAIC" in values.get(Tag.IMAGE_TYPE, b""):
        return None
    if values.get(Tag.SOP_CLASS_UID, b"").startswith(_DOSE):
        return None
    length = None if found.pixel_length < 0 else found.pixel_length
    return RawHeader(
        path=found.path,
        size_bytes=found.size_bytes,
        modified_ns=found.modified_ns,
        transfer_syntax=values[TRANSFER_SYNTAX].decode("latin-1").rstrip("\0 "),
        values=values,
        pixels=PixelElement(found.pixel_offset, length, found.size_bytes - found.pixel_offset),
    )


def scan_headers(paths: Sequence[str]) -> list[RawHeader | None]:
    """Read all elements of files that are plain images; None as `scan` and `raw_header` give it."""
    return [None if found is None else raw_header(found) for found in scan(paths)]
