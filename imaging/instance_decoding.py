"""From the raw elements of one file to an `Instance`."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.elements import Elements
from imaging.frame import seen_by
from imaging.instance import Instance
from imaging.lookup_tables import TableFacts
from imaging.plane_decoding import plane, unfolded
from imaging.raw_header import TRUNCATED, FrameGroups, RawHeader
from imaging.tags import MEDIA_STORAGE_CLASS, MEDIA_STORAGE_UID, PART_KEYWORDS, Tag

UNCOMPRESSED_LITTLE_ENDIAN = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
_UNCOMPRESSED = (*UNCOMPRESSED_LITTLE_ENDIAN, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")


def decode_instance(raw: RawHeader) -> Instance:
    """Make the `Instance` of one file.

    Raises
    ------
    BadInput
        When the file is truncated, or is an object of no known class without an image.
    """
    elements = Elements(raw.values, little_endian=raw.little_endian)
    uids = _identifiers(elements, raw)
    rows, columns = elements.integer(Tag.ROWS) or 0, elements.integer(Tag.COLUMNS) or 0
    if not raw.complete:
        raise _bad(raw, TRUNCATED)
    if raw.pixels is None and (rows or _is_image_class(uids["sop_class_uid"])):
        raise _bad(raw, QT_TRANSLATE_NOOP("Message", "{name} describes an image but holds no pixel data."))
    if raw.pixels is None or not (rows and columns):
        rows = columns = 0
        if not uids["sop_class_uid"]:
            raise _bad(raw, QT_TRANSLATE_NOOP("Message", "{name} holds neither an image nor a known object."))
    image = _image(elements, raw, rows, columns) if rows else {}
    if "MOSAIC" in elements.ascii(Tag.IMAGE_TYPE).split("\\") and rows:
        image |= unfolded(image, raw.mosaic, elements.number(Tag.SPACING_BETWEEN_SLICES))
    if raw.slide is not None and rows:
        image |= raw.slide.placed(image["frames"])
    instance = Instance(
        path=raw.path,
        transfer_syntax=raw.transfer_syntax,
        size_bytes=raw.size_bytes,
        modified_ns=raw.modified_ns,
        references=raw.references,
        **uids,
        **_texts(elements),
        **image,
    )
    _refuse_truncated(raw, instance)
    return _with_frame_values(instance, raw.frame_groups)


def _with_frame_values(instance: Instance, groups: FrameGroups | None) -> Instance:
    """Take what holds for all frames as the values of the file, else those of its first frame."""
    if groups is None or not groups.values or not instance.rows:
        return instance
    first = groups.values[0]
    if len(groups.values) == 1:
        return seen_by(instance, first)
    first = seen_by(instance, replace(first, parts=()))
    return replace(first, frame_values=groups.values, frame_value_of=groups.value_of_frame)


def derived_uid(*parts: str) -> str:
    """Give a valid UID (PS3.5 B.2) that depends on `parts` only."""
    digest = sha256("\0".join(parts).encode("utf-8", "surrogateescape")).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _identifiers(elements: Elements, raw: RawHeader) -> dict[str, str]:
    sop_class = elements.ascii(Tag.SOP_CLASS_UID) or elements.ascii(MEDIA_STORAGE_CLASS)
    sop = elements.ascii(Tag.SOP_UID) or elements.ascii(MEDIA_STORAGE_UID) or _content_uid(raw.path)
    about = [Tag.PATIENT_ID, Tag.PATIENT_NAME, Tag.STUDY_DATE, Tag.STUDY_TIME, Tag.ACCESSION]
    study = elements.ascii(Tag.STUDY_UID) or derived_uid("study", *map(elements.ascii, about))
    kind = [Tag.MODALITY, Tag.SERIES_NUMBER, Tag.SERIES_DESCRIPTION, Tag.ROWS, Tag.COLUMNS]
    series = elements.ascii(Tag.SERIES_UID) or derived_uid("series", study, *map(elements.ascii, kind))
    return {"sop_class_uid": sop_class, "sop_uid": sop, "series_uid": series, "study_uid": study}


def _content_uid(path: str) -> str:
    digest = sha256()
    with Path(path).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return derived_uid("instance", digest.hexdigest())


def _texts(elements: Elements) -> dict[str, str]:
    return {
        "patient_name": elements.text(Tag.PATIENT_NAME, person=True),
        "patient_id": elements.text(Tag.PATIENT_ID),
        "birth_date": elements.ascii(Tag.BIRTH_DATE),
        "sex": elements.ascii(Tag.SEX),
        "study_date": elements.ascii(Tag.STUDY_DATE),
        "study_time": elements.ascii(Tag.STUDY_TIME),
        "accession": elements.text(Tag.ACCESSION),
        "study_description": elements.text(Tag.STUDY_DESCRIPTION),
        "modality": elements.ascii(Tag.MODALITY),
        "series_description": elements.text(Tag.SERIES_DESCRIPTION),
        "series_number": elements.ascii(Tag.SERIES_NUMBER),
        "body_part": elements.ascii(Tag.BODY_PART),
    }


def _image(elements: Elements, raw: RawHeader, rows: int, columns: int) -> dict[str, Any]:
    groups = raw.frame_groups or FrameGroups()
    number = elements.number(Tag.INSTANCE_NUMBER)
    return {
        "instance_number": None if number is None else int(number),
        "rows": rows,
        "columns": columns,
        "frames": max(1, int(elements.number(Tag.FRAMES) or 1)),
        "slice_thickness_mm": elements.number(Tag.SLICE_THICKNESS),
        "gantry_tilt_deg": elements.number(Tag.GANTRY_TILT),
        "parts": parts_of(elements),
        **_stored_format(elements, raw),
        **values_of(elements, raw.tables),
        **plane(elements, groups, raw),
        "in_patient": groups.in_patient,
    }


def _stored_format(elements: Elements, raw: RawHeader) -> dict[str, Any]:
    pixels = raw.pixels
    direct = (
        pixels is not None
        and pixels.offset is not None
        and pixels.length is not None
        and raw.transfer_syntax in UNCOMPRESSED_LITTLE_ENDIAN
        and not raw.float_pixels
    )
    allocated = elements.integer(Tag.BITS_ALLOCATED) or (0 if not raw.float_pixels else 32)
    return {
        "samples": elements.integer(Tag.SAMPLES) or 1,
        "bits_allocated": allocated,
        "bits_stored": elements.integer(Tag.BITS_STORED) or allocated,
        "signed": elements.integer(Tag.SIGNED) == 1,
        "photometric": elements.ascii(Tag.PHOTOMETRIC),
        "planar": elements.integer(Tag.PLANAR) == 1,
        "pixel_offset": pixels.offset if direct and pixels else None,
        "pixel_length": pixels.length if direct and pixels else None,
    }


def values_of(elements: Elements, tables: TableFacts) -> dict[str, Any]:
    """Give what the stored values of a file mean, as fields of its `Instance`."""
    slope, intercept = elements.number(Tag.SLOPE), elements.number(Tag.INTERCEPT)
    if slope is None and intercept is None:
        slope = elements.number(Tag.DOSE_SCALING)
    unit = elements.ascii(Tag.RESCALE_TYPE) or elements.ascii(Tag.UNITS) or elements.ascii(Tag.DOSE_UNITS)
    if tables.modality_range is not None:  # instead of slope and intercept (PS3.3 C.11.1)
        slope, intercept, unit = 1.0, 0.0, tables.modality_type
    padding = elements.integer(Tag.PADDING_VALUE)
    if padding is not None and elements.integer(Tag.SIGNED) == 1 and padding >= 1 << 15:
        padding -= 1 << 16
    return {
        "slope": 1.0 if slope is None else slope,
        "intercept": 0.0 if intercept is None else intercept,
        "rescale_type": unit,
        "modality_range": tables.modality_range,
        "window": _window(elements) or _table_window(tables),
        "padding_value": padding,
    }


def _window(elements: Elements) -> tuple[float, float] | None:
    """Give the window as centre and width of the function LINEAR (PS3.3 C.11.2.1.2)."""
    center, width = elements.number(Tag.WINDOW_CENTER), elements.number(Tag.WINDOW_WIDTH)
    if center is None or width is None or width <= 0:
        return None
    if elements.ascii(Tag.VOI_LUT_FUNCTION) in ("LINEAR_EXACT", "SIGMOID"):
        # Over centre +- width / 2; a straight line with the slope that the sigmoid has at its centre.
        return center + 0.5, width + 1.0
    return center, width


def _table_window(tables: TableFacts) -> tuple[float, float] | None:
    if tables.voi_range is None:
        return None
    first, last = tables.voi_range
    width = last - first + 1.0
    return first + width / 2, width


def parts_of(elements: Elements) -> tuple[tuple[str, str], ...]:
    """Give what sets a file apart from those of other volumes, as `Instance.parts`."""
    found = {
        keyword: elements.double(tag) if tag in _DOUBLES else elements.ascii(tag)
        for tag, keyword in PART_KEYWORDS.items()
    }
    weight = PART_KEYWORDS[Tag.DIFFUSION_B_VALUE]
    found[weight] = found[weight] or _private_b_value(elements)
    return tuple((keyword, value) for keyword, value in found.items() if value)


def _private_b_value(elements: Elements) -> str:
    """Give the diffusion weight of scanners that do not write the standard element."""
    if elements.ascii(Tag.SIEMENS_MR_CREATOR) == "SIEMENS MR HEADER":
        return elements.ascii(Tag.SIEMENS_B_VALUE)
    if elements.ascii(Tag.GE_CREATOR) == "GEMS_PARM_01" and (numbers := elements.numbers(Tag.GE_B_VALUE)):
        return format(numbers[0] % _GE_FLAG, ".10g")
    return ""


_GE_FLAG = 100_000  # newer GE software adds 10^9 to the weight


_DOUBLES = (Tag.DIFFUSION_B_VALUE, Tag.CARDIAC_PERCENTAGE)


def _is_image_class(sop_class_uid: str) -> bool:
    from pydicom import config
    from pydicom.uid import UID

    # Unchecked: a warning about a broken identifier would quote what lies around it, which is patient data.
    name = UID(sop_class_uid, validation_mode=config.IGNORE).name
    return "Image Storage" in name or name in ("Segmentation Storage", "Parametric Map Storage")


def _refuse_truncated(raw: RawHeader, instance: Instance) -> None:
    pixels = raw.pixels
    if pixels is None or not instance.rows:
        return
    if pixels.length is not None and pixels.length > pixels.available:
        raise _bad(raw, TRUNCATED)
    if raw.transfer_syntax not in _UNCOMPRESSED or raw.float_pixels:
        return
    expected = expected_pixel_bytes(instance)
    if expected > (pixels.available if pixels.length is None else pixels.length):
        raise _bad(raw, QT_TRANSLATE_NOOP("Message", "{name} holds fewer pixels than its header announces."))


def expected_pixel_bytes(instance: Instance) -> int:
    """Give the size of uncompressed pixel data (PS3.5 8.1.1; PS3.3 C.7.6.3.1.2 for subsampled colour)."""
    samples = 2 if instance.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422") else instance.samples
    bits = instance.rows * instance.columns * instance.frames * samples * instance.bits_allocated
    return (bits + 7) // 8


def _bad(raw: RawHeader, text: str) -> BadInput:
    return BadInput(message(text, name=Path(raw.path).name))
