"""Functional groups of enhanced multi-frame files (PS3.3 C.7.6.16)."""

import logging
import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from imaging.frame_values import FrameValues, Vector3
from imaging.raw_header import FrameGroups
from imaging.raw_sequences import RawItem, read_items, value_of
from imaging.tags import PER_FRAME_GROUPS, SHARED_GROUPS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_log = logging.getLogger(__name__)
Numbers = tuple[float, ...]

# What sets apart the volumes of one file: keyword under which an Instance holds it, macro, attribute.
_PARTS = (
    ("StackID", "FrameContentSequence", "StackID"),
    ("TemporalPositionIdentifier", "FrameContentSequence", "TemporalPositionIndex"),
    ("TemporalPositionTimeOffset", "TemporalPositionSequence", "TemporalPositionTimeOffset"),
    ("EchoTime", "MREchoSequence", "EffectiveEchoTime"),
    ("DiffusionBValue", "MRDiffusionSequence", "DiffusionBValue"),
    ("DiffusionDirectionality", "MRDiffusionSequence", "DiffusionDirectionality"),
    ("InversionTime", "MRModifierSequence", "InversionTimes"),
    ("FlipAngle", "MRTimingAndRelatedParametersSequence", "FlipAngle"),
    ("ComplexImageComponent", "MRImageFrameTypeSequence", "ComplexImageComponent"),
    ("ImageType", "MRImageFrameTypeSequence", "FrameType"),
    ("ImageType", "CTImageFrameTypeSequence", "FrameType"),
    ("ImageType", "PETFrameTypeSequence", "FrameType"),
    ("ImageType", "USImageDescriptionSequence", "FrameType"),
    ("TriggerTime", "CardiacSynchronizationSequence", "NominalCardiacTriggerDelayTime"),
    (
        "NominalPercentageOfCardiacPhase",
        "CardiacSynchronizationSequence",
        "NominalPercentageOfCardiacPhase",
    ),
    (
        "NominalPercentageOfRespiratoryPhase",
        "RespiratorySynchronizationSequence",
        "NominalPercentageOfRespiratoryPhase",
    ),
    ("ConvolutionKernel", "CTReconstructionSequence", "ConvolutionKernel"),
    ("KVP", "CTXRayDetailsSequence", "KVP"),
    ("SegmentNumber", "SegmentIdentificationSequence", "ReferencedSegmentNumber"),
)


_OTHER_SEQUENCES = (
    "PlanePositionSequence",
    "PlanePositionVolumeSequence",
    "PlaneOrientationSequence",
    "PlaneOrientationVolumeSequence",
    "PixelMeasuresSequence",
    "PixelValueTransformationSequence",
    "FrameVOILUTSequence",
    "DiffusionGradientDirectionSequence",
)


def read_frame_groups(data: "Dataset") -> FrameGroups | None:
    """Give what shared and per-frame functional groups say, or None where there are none."""
    if SHARED_GROUPS not in data and PER_FRAME_GROUPS not in data:
        return None
    shared = _items(data, SHARED_GROUPS)
    first = _first_items(shared[0] if shared else None)
    groups = [_Group(item, first) for item in _items(data, PER_FRAME_GROUPS)] or [_Group(None, first)]
    positions = [group.vector("PlanePositionSequence", "ImagePositionPatient") for group in groups]
    in_patient = None not in positions
    if not in_patient:  # ultrasound places its frames in the volume that the transducer sweeps
        positions = [group.vector("PlanePositionVolumeSequence", "ImagePositionVolume") for group in groups]
    known = tuple(position for position in positions if position is not None)
    seen: dict[FrameValues, int] = {}
    value_of = tuple(seen.setdefault(_values(group), len(seen)) for group in groups)
    return FrameGroups(
        positions_lps_mm=known if len(known) == len(groups) else (),
        in_patient=in_patient or len(known) < len(groups),
        values=tuple(seen),
        value_of_frame=value_of,
    )


def _values(group: "_Group") -> FrameValues:
    orientation = group.numbers("PlaneOrientationSequence", "ImageOrientationPatient", 6)
    orientation = orientation or group.numbers("PlaneOrientationVolumeSequence", "ImageOrientationVolume", 6)
    spacing = group.numbers("PixelMeasuresSequence", "PixelSpacing", 2)
    transformation = "PixelValueTransformationSequence"
    slope = group.number(transformation, "RescaleSlope")
    center, width = (group.number("FrameVOILUTSequence", f"Window{name}") for name in ("Center", "Width"))
    return FrameValues(
        row_direction=None if orientation is None else _vector(orientation[:3]),
        column_direction=None if orientation is None else _vector(orientation[3:]),
        spacing_ij_mm=None if spacing is None or min(spacing) <= 0 else (spacing[1], spacing[0]),
        slice_thickness_mm=group.number("PixelMeasuresSequence", "SliceThickness"),
        slope=slope,
        intercept=group.number(transformation, "RescaleIntercept"),
        rescale_type=group.text(transformation, "RescaleType") if slope is not None else "",
        window=None if center is None or width is None or width <= 0 else (center, width),
        parts=_parts(group),
    )


def _parts(group: "_Group") -> tuple[tuple[str, str], ...]:
    found = [(keyword, group.text(macro, attribute)) for keyword, macro, attribute in _PARTS]
    direction = group.nested("MRDiffusionSequence", "DiffusionGradientDirectionSequence")
    found.append(("DiffusionGradientOrientation", _text(direction, "DiffusionGradientOrientation")))
    return tuple((keyword, value) for keyword, value in found if value)


def _first_items(groups: Any) -> dict[str, Any]:
    """Give the first item of every macro."""
    if isinstance(groups, RawItem):
        macros = _macros()
        found = ((macros.get(tag), items) for tag, items in groups.sequences.items())
        return {keyword: _PlainItem(items[0]) for keyword, items in found if keyword and items}
    sequences = [] if groups is None else [element for element in groups if element.VR == "SQ"]
    return {element.keyword: element.value[0] for element in sequences if element.value}


class _Group:
    """The functional groups of one frame, with those that all frames share behind them."""

    def __init__(self, own: Any, shared: Mapping[str, Any]) -> None:
        self._items = {**shared, **_first_items(own)}

    def item(self, macro: str) -> Any:
        """Give the first item of a macro, or None."""
        return self._items.get(macro)

    def nested(self, macro: str, sequence: str) -> Any:
        """Give the first item of a sequence within a macro, or None."""
        item = self.item(macro)
        items = None if item is None else item.get(sequence)
        return items[0] if items else None

    def text(self, macro: str, attribute: str) -> str:
        return _text(self.item(macro), attribute)

    def numbers(self, macro: str, attribute: str, count: int) -> Numbers | None:
        item = self.item(macro)
        return None if item is None else numbers(item.get(attribute), count)

    def number(self, macro: str, attribute: str) -> float | None:
        found = self.numbers(macro, attribute, 1)
        return None if found is None else found[0]

    def vector(self, macro: str, attribute: str) -> Vector3 | None:
        found = self.numbers(macro, attribute, 3)
        return None if found is None else _vector(found)


def _items(data: "Dataset", tag: int) -> list[Any]:
    """Give the items of a sequence, as `RawItem` where it is still as it was stored."""
    from pydicom.dataelem import RawDataElement

    element = data.get_item(tag) if tag in data else None
    if isinstance(element, RawDataElement) and element.is_little_endian and isinstance(element.value, bytes):
        try:
            return list(
                read_items(element.value, explicit=not element.is_implicit_VR, sequences=frozenset(_macros()))
            )
        except ValueError:
            _log.debug("a sequence that only pydicom may be able to read")
    return list(data[tag].value or ()) if element is not None and data[tag].VR == "SQ" else []


@cache
def _macros() -> dict[int, str]:
    """Give the keywords of the macros, and of what is read within them, by their tags."""
    keywords = {macro for _, macro, _ in _PARTS} | set(_OTHER_SEQUENCES)
    return {_tag(keyword): keyword for keyword in keywords}


@cache
def _tag(keyword: str) -> int:
    from pydicom.datadict import tag_for_keyword

    tag = tag_for_keyword(keyword)
    assert tag is not None
    return tag


@cache
def _vr(keyword: str) -> bytes:
    from pydicom.datadict import dictionary_VR

    return dictionary_VR(keyword).encode()


class _PlainItem:
    """Gives the values of an item by keyword, like a data set of pydicom."""

    __slots__ = ("_item",)

    def __init__(self, item: RawItem) -> None:
        self._item = item

    def get(self, keyword: str) -> Any:
        tag = _tag(keyword)
        if tag in self._item.sequences:
            return [_PlainItem(item) for item in self._item.sequences[tag]]
        found = self._item.values.get(tag)
        if found is None:
            return None
        vr, data = found
        try:
            return value_of(_vr(keyword) if vr in (b"", b"UN") else vr, data)
        except ValueError:
            return None


def numbers(value: Any, count: int) -> Numbers | None:
    """Give the first `count` numbers of a DS or FD value; None where there are fewer, or one is none."""
    if value is None:
        return None
    try:
        values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
        found = tuple(float(number) for number in values)
    except (TypeError, ValueError):
        return None
    return found[:count] if len(found) >= count and all(map(math.isfinite, found)) else None


def _text(item: Any, attribute: str) -> str:
    value = None if item is None else item.get(attribute)
    if value is None:
        return ""
    parts = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else value
    return "\\".join(format(part, ".10g") if isinstance(part, float) else str(part) for part in parts)


def _vector(value: Numbers) -> Vector3:
    return value[0], value[1], value[2]
