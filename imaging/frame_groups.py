"""Functional groups of enhanced multi-frame files (PS3.3 C.7.6.16)."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from imaging.instance import Vector3
from imaging.raw_header import FrameGroups
from imaging.tags import PER_FRAME_GROUPS, SHARED_GROUPS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Numbers = tuple[float, ...]


def read_frame_groups(data: "Dataset") -> FrameGroups | None:
    """Give what shared and per-frame functional groups say, or None where there are none."""
    if SHARED_GROUPS not in data and PER_FRAME_GROUPS not in data:
        return None
    shared = _items(data, SHARED_GROUPS)
    first = shared[0] if shared else None
    frames = _items(data, PER_FRAME_GROUPS)
    groups = frames or ([first] if first is not None else [])
    orientation = _common(_macro(group, first, *_ORIENTATION) for group in groups)
    spacing = _common(_macro(group, first, *_SPACING) for group in groups)
    rescale = _common(_rescale(group, first) for group in groups)
    window = _common(_window(group, first) for group in groups[:1])
    positions = [_macro(group, first, *_POSITION) for group in groups]
    mixed = _MIXED in (orientation, spacing, rescale)
    known = not mixed and frames and all(position is not None for position in positions)
    return FrameGroups(
        positions_lps_mm=tuple(_vector(position) for position in positions if position) if known else (),
        orientation=_or_none(orientation),
        spacing_mm=_or_none(spacing),
        rescale=_pair(_or_none(rescale)),
        window=_pair(_or_none(window)),
        mixed=mixed,
    )


_MIXED: Numbers = (math.inf,)
_ORIENTATION = "PlaneOrientationSequence", "ImageOrientationPatient", 6
_SPACING = "PixelMeasuresSequence", "PixelSpacing", 2
_POSITION = "PlanePositionSequence", "ImagePositionPatient", 3


def _items(data: "Dataset", tag: int) -> list["Dataset"]:
    return list(data[tag].value or ()) if tag in data and data[tag].VR == "SQ" else []


def _macro(group: Any, shared: Any, macro: str, keyword: str, count: int) -> Numbers | None:
    for source in (group, shared):
        sequence = source.get(macro) if source is not None else None
        if sequence:
            return _numbers(sequence[0].get(keyword), count)
    return None


def _rescale(group: Any, shared: Any) -> Numbers | None:
    macro = "PixelValueTransformationSequence"
    slope = _macro(group, shared, macro, "RescaleSlope", 1)
    intercept = _macro(group, shared, macro, "RescaleIntercept", 1)
    return (*slope, *intercept) if slope and intercept else None


def _window(group: Any, shared: Any) -> Numbers | None:
    center = _macro(group, shared, "FrameVOILUTSequence", "WindowCenter", 1)
    width = _macro(group, shared, "FrameVOILUTSequence", "WindowWidth", 1)
    return (*center, *width) if center and width and width[0] > 0 else None


def _numbers(value: Any, count: int) -> Numbers | None:
    if value is None:
        return None
    try:
        values = [value] if isinstance(value, str) or not hasattr(value, "__iter__") else list(value)
        found = tuple(float(number) for number in values)
    except (TypeError, ValueError):
        return None
    return found[:count] if len(found) >= count and all(map(math.isfinite, found)) else None


def _common(values: Iterable[Numbers | None]) -> Numbers | None:
    """Give the value that all frames share, None where none has it, `_MIXED` where they differ."""
    distinct = set(values)
    if len(distinct) <= 1:
        return distinct.pop() if distinct else None
    known = [value for value in distinct if value is not None]
    close = len(known) == len(distinct) and all(
        len(value) == len(known[0]) and all(abs(a - b) < 1e-6 for a, b in zip(value, known[0], strict=True))
        for value in known
    )
    return known[0] if close else _MIXED


def _or_none(value: Numbers | None) -> Numbers | None:
    return None if value == _MIXED else value


def _pair(value: Numbers | None) -> tuple[float, float] | None:
    return None if value is None else (value[0], value[1])


def _vector(value: Numbers) -> Vector3:
    return value[0], value[1], value[2]
