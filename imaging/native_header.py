"""Header reading with the C++ scanner: plain images only, at a fraction of pydicom's time."""

import os
from collections.abc import Sequence

from imaging.raw_header import PixelElement, RawHeader
from imaging.tags import (
    MEDIA_STORAGE_CLASS,
    MEDIA_STORAGE_UID,
    RT_DOSE_CLASS,
    TRANSFER_SYNTAX,
    WANTED,
    Tag,
)
from native import _core

_SCANNED = sorted((MEDIA_STORAGE_CLASS, MEDIA_STORAGE_UID, TRANSFER_SYNTAX, *WANTED))
_DOSE = RT_DOSE_CLASS.encode()
_SEQUENCES = (Tag.MODALITY_LUT, Tag.VOI_LUT, Tag.ULTRASOUND_REGIONS, Tag.DETECTORS)


def scan_headers(paths: Sequence[str]) -> list[RawHeader | None]:
    """Read the files that are plain images; None for each that a full parser has to look at."""
    scanned = _core.scan_dicom_headers([os.fsencode(path) for path in paths], _SCANNED)
    return [
        None if found is None else _raw_header(path, *found)
        for path, found in zip(paths, scanned, strict=True)
    ]


def _raw_header(
    path: str, size: int, values: dict[int, bytes], pixel_offset: int, pixel_length: int
) -> RawHeader | None:
    if any(tag in values for tag in _SEQUENCES) or b"MOSAIC" in values.get(Tag.IMAGE_TYPE, b""):
        return None
    if values.get(Tag.SOP_CLASS_UID, b"").startswith(_DOSE):
        return None
    try:
        modified = os.stat(path).st_mtime_ns  # noqa: PTH116 - names may be in any encoding
    except OSError:
        return None
    return RawHeader(
        path=path,
        size_bytes=size,
        modified_ns=modified,
        transfer_syntax=values[TRANSFER_SYNTAX].decode("latin-1").rstrip("\0 "),
        values=values,
        pixels=PixelElement(pixel_offset, None if pixel_length < 0 else pixel_length, size - pixel_offset),
    )
