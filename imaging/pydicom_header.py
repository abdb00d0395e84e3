"""Header reading with pydicom: every encoding that it knows, at its speed."""

import logging
import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.frame_groups import numbers, read_frame_groups
from imaging.lookup_tables import table_facts
from imaging.mosaic import MOSAIC_TAGS, read_mosaic
from imaging.raw_header import TRUNCATED, Detector, PixelElement, RawHeader
from imaging.raw_sequences import end_of_sequence
from imaging.slide_layout import SLIDE_TAGS, read_slide_layout
from imaging.tags import (
    DIRECTORY_RECORDS,
    DOUBLE_PIXELS,
    FLOAT_PIXELS,
    MEDIA_STORAGE_CLASS,
    MEDIA_STORAGE_UID,
    PER_FRAME_GROUPS,
    PIXELS,
    REFERENCE_SEQUENCES,
    RT_DOSE_CLASS,
    SHARED_GROUPS,
    TRANSFER_SYNTAX,
    WANTED,
    Tag,
)
from imaging.ultrasound_regions import common_spacing_ij_mm, read_regions

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

NOT_DICOM = QT_TRANSLATE_NOOP("Message", "{name} is not a DICOM file.")
_READ = (
    *WANTED,
    *MOSAIC_TAGS,
    *SLIDE_TAGS,
    SHARED_GROUPS,
    PER_FRAME_GROUPS,
    DIRECTORY_RECORDS,
    *REFERENCE_SEQUENCES,
)
_UNDEFINED = 0xFFFFFFFF
_EXPLICIT = b"1.2.840.10008.1.2.1"
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_MOST_INFLATED_BYTES = 2 << 30
_ITEM, _END_OF_ITEMS = 0xFFFEE000, 0xFFFEE0DD


def read_with_pydicom(path: str) -> tuple[RawHeader, "FileDataset"]:
    """Read the wanted elements of the file at `path`.

    Raises
    ------
    BadInput
        When there is no DICOM data set in it.
    OSError
        When it cannot be read.
    """
    with _quiet_pydicom():
        return _read_quietly(path)


def _read_quietly(path: str) -> tuple[RawHeader, "FileDataset"]:
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        deflated = _DEFLATED in file.read(1024)
        file.seek(0)
        source = _inflate(file, path) if deflated else file
        stop = _Stop(source, source.getbuffer().nbytes if isinstance(source, BytesIO) else status.st_size)
        data = _parse(source, stop)
        pixels = _pixel_element(source, stop, deflated=deflated)
    if len(data) == 0:
        raise BadInput(message(TRUNCATED if stop.cut else NOT_DICOM, name=Path(path).name))
    syntax = _DEFLATED.decode() if deflated else _transfer_syntax(data)
    raw = RawHeader(
        path=path,
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        transfer_syntax=syntax,
        values=dict(_values(data)),
        little_endian=bool(data.original_encoding[1]),
        pixels=pixels,
        frame_groups=read_frame_groups(data),
        references=_references(data) if _may_refer(data, pixels) else (),
        complete=not stop.cut,
        float_pixels=stop.tag in (FLOAT_PIXELS, DOUBLE_PIXELS),
        tables=table_facts(data),
        detector=_detector(data),
        region_spacing_ij_mm=common_spacing_ij_mm(read_regions(data)),
        mosaic=read_mosaic(data) if "MOSAIC" in (data.get("ImageType") or ()) else None,
        slide=read_slide_layout(data),
    )
    return raw, data


@contextmanager
def _quiet_pydicom() -> Iterator[None]:
    # pydicom's warnings quote values, and those are patient data.
    from pydicom import config

    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


class _Stop:
    """Stops pydicom at the pixel data, and before an element that is longer than the file."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source, self._size = source, size
        self.tag = self.length = self.offset = 0
        self.cut = False
        # pydicom would make a data set of every item of a sequence whose length is not stated.
        self.skips_frames, self.frames_offset = True, 0

    def __call__(self, tag: int, _vr: str | None, length: int) -> bool:
        offset = self._source.tell()
        if tag == PER_FRAME_GROUPS and length == _UNDEFINED and self.skips_frames:
            self.frames_offset = offset
            return True
        if tag in (PIXELS, FLOAT_PIXELS, DOUBLE_PIXELS):
            self.tag, self.length, self.offset = int(tag), length, offset
            return True
        self.cut = length != _UNDEFINED and offset + length > self._size
        return self.cut

    @property
    def available(self) -> int:
        return self._size - self.offset


def _parse(source: BinaryIO, stop: _Stop) -> "FileDataset":
    from pydicom.filereader import read_partial

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = read_partial(source, stop, force=True, specific_tags=list(_READ))
        if stop.frames_offset and not _take_frames(source, stop, data):
            stop.skips_frames = False
            source.seek(0)
            data = read_partial(source, stop, force=True, specific_tags=list(_READ))
    stop.cut = stop.cut or any("end of file" in str(warning.message).lower() for warning in caught)
    return data


def _take_frames(source: BinaryIO, stop: _Stop, data: "FileDataset") -> bool:
    """Take the per-frame functional groups as bytes and read on behind them; False where pydicom has to."""
    from pydicom.dataelem import RawDataElement
    from pydicom.filereader import read_dataset
    from pydicom.tag import Tag as PydicomTag

    implicit, little = (bool(flag) for flag in data.original_encoding)
    if not little:
        return False
    try:
        with _mapped(source) as stored:
            end = end_of_sequence(stored, stop.frames_offset, explicit=not implicit)
            value = bytes(stored[stop.frames_offset : end])
    except ValueError:
        return False
    source.seek(end + 8)
    data.update(read_dataset(source, implicit, little, stop_when=stop, specific_tags=list(_READ)))
    tag = PydicomTag(PER_FRAME_GROUPS)
    data[tag] = RawDataElement(
        tag, "SQ", len(value), value, stop.frames_offset, implicit, little, is_raw=True
    )
    return True


@contextmanager
def _mapped(source: BinaryIO) -> Iterator[Any]:
    """Give a whole file as bytes without reading all of it."""
    if isinstance(source, BytesIO):
        yield source.getvalue()
        return
    import mmap

    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as stored:
        yield stored


def _inflate(file: BinaryIO, path: str) -> BytesIO:
    # Done here and not by pydicom, which would inflate without a limit.
    stored = file.read()
    length = int.from_bytes(stored[140:144], "little")
    start = 144 + length
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(stored[start:], _MOST_INFLATED_BYTES)
    except zlib.error as error:
        text = QT_TRANSLATE_NOOP("Message", "{name} is damaged: its deflated content cannot be unpacked.")
        raise BadInput(message(text, name=Path(path).name)) from error
    if engine.unconsumed_tail:
        text = QT_TRANSLATE_NOOP("Message", "{name} unpacks to more than a file may hold.")
        raise BadInput(message(text, name=Path(path).name))
    meta = stored[:start].replace(_DEFLATED, _EXPLICIT.ljust(len(_DEFLATED), b"\0"))
    return BytesIO(meta + inflated)


def _transfer_syntax(data: "FileDataset") -> str:
    stored = _raw_value(data.file_meta, TRANSFER_SYNTAX)
    if stored:
        return stored.decode("latin-1").strip("\0 ")
    implicit, little = data.original_encoding
    if not little:
        return "1.2.840.10008.1.2.2"
    return "1.2.840.10008.1.2" if implicit else _EXPLICIT.decode()


def _values(data: "FileDataset") -> Iterator[tuple[int, bytes]]:
    for tag in (MEDIA_STORAGE_CLASS, MEDIA_STORAGE_UID, TRANSFER_SYNTAX):
        if value := _raw_value(data.file_meta, tag):
            yield tag, value
    for tag in WANTED:
        if value := _raw_value(data, tag):
            yield tag, value


def _raw_value(data: "Dataset", tag: int) -> bytes | None:
    from pydicom.dataelem import RawDataElement
    from pydicom.multival import MultiValue

    element = data.get_item(tag) if tag in data else None
    if isinstance(element, RawDataElement):
        return element.value if isinstance(element.value, bytes) else None
    # pydicom has looked at some elements itself, at SpecificCharacterSet for one.
    value = None if element is None else element.value
    if isinstance(value, MultiValue):
        value = "\\".join(map(str, value))
    return value.encode("latin-1", "replace") if isinstance(value, str) else None


def _pixel_element(source: BinaryIO, stop: _Stop, *, deflated: bool) -> PixelElement | None:
    if not stop.tag:
        return None
    offset = None if deflated else stop.offset
    if stop.length != _UNDEFINED:
        return PixelElement(offset, stop.length, stop.available)
    stop.cut = stop.cut or not _fragments_complete(source, stop)
    return PixelElement(offset, None, stop.available)


def _fragments_complete(source: BinaryIO, stop: _Stop) -> bool:
    """Walk the items of encapsulated pixel data (PS3.5 A.4); a missing delimiter at the end is forgiven."""
    position, end, items = stop.offset, stop.offset + stop.available, 0
    while position + 8 <= end:
        source.seek(position)
        head = source.read(8)
        group, element, length = (int.from_bytes(head[a:b], "little") for a, b in ((0, 2), (2, 4), (4, 8)))
        tag = group << 16 | element
        if tag == _END_OF_ITEMS:
            return True
        if tag != _ITEM:
            return True  # not for a header reader to judge; the decoder says what it is
        position += 8 + length
        items += 1
    return position == end and items > 1  # the first one is only the table of offsets


def _detector(data: "Dataset") -> Detector | None:
    sequence = data.get("DetectorInformationSequence")
    if not sequence:
        return None
    first = sequence[0]
    return Detector(
        numbers(first.get("ImagePositionPatient"), 3), numbers(first.get("ImageOrientationPatient"), 6)
    )


def _may_refer(data: "Dataset", pixels: PixelElement | None) -> bool:
    """Tell whether it was derived from what it refers to; plain images name their neighbours."""
    if pixels is None or PER_FRAME_GROUPS in data:
        return True
    return (_raw_value(data, Tag.SOP_CLASS_UID) or b"").startswith(RT_DOSE_CLASS.encode())


def _references(data: "Dataset") -> tuple[str, ...]:
    series: dict[str, None] = {}
    instances: dict[str, None] = {}

    def visit(items: Any) -> None:
        for item in items:
            for tag in item.keys():  # noqa: SIM118 - to iterate a data set gives its elements
                # Nothing else is decoded: a broken value beside the references is no concern here.
                if tag == 0x0020000E and item[tag].value:
                    series[str(item[tag].value)] = None
                elif tag == 0x00081155 and item[tag].value:
                    instances[str(item[tag].value)] = None
                elif _is_sequence(item, tag):
                    visit(item[tag].value)

    for tag in REFERENCE_SEQUENCES:
        if tag in data and data[tag].VR == "SQ":
            visit(data[tag].value)
    return (*(series or instances), *_frame_of_reference(data))


def _frame_of_reference(data: "Dataset") -> tuple[str, ...]:
    """Give the frame of reference of a dose: often nothing else ties it to the images below it."""
    if not (_raw_value(data, Tag.SOP_CLASS_UID) or b"").startswith(RT_DOSE_CLASS.encode()):
        return ()
    stored = _raw_value(data, Tag.FRAME_OF_REFERENCE)
    return (stored.decode("latin-1").strip("\0 "),) if stored else ()


def _is_sequence(data: "Dataset", tag: int) -> bool:
    from pydicom.datadict import dictionary_has_tag, dictionary_VR

    vr = data.get_item(tag).VR
    if vr in (None, "UN") and dictionary_has_tag(tag):
        vr = dictionary_VR(tag)
    return vr == "SQ"
