"""What the user must know about a stack before trusting a view of it."""

from collections.abc import Sequence
from pathlib import PurePath

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.instance import Instance
from imaging.stack import fit_grid, holes, shear_deg

_NAMED_HOLES = 3


def mixed_orientations(count: int) -> Message:
    """Say that the series holds slices of several orientations."""
    text = QT_TRANSLATE_NOOP("Message", "The slices have {count} orientations; each is a volume of its own.")
    return message(text, count=count)


def no_positions() -> Message:
    """Say that nothing tells where the images lie."""
    text = QT_TRANSLATE_NOOP(
        "Message", "The images have no position: they are ordered by instance number, not by place."
    )
    return message(text)


def one_place(count: int) -> Message:
    """Say that all images show the same place."""
    text = QT_TRANSLATE_NOOP(
        "Message",
        "All {count} images lie at the same place: they are shown one after another, not as a volume.",
    )
    return message(text, count=count)


def spacing_unknown() -> Message:
    """Say that lengths cannot be measured."""
    text = QT_TRANSLATE_NOOP(
        "Message", "The pixel spacing is unknown: 1 mm is assumed, lengths are not shown."
    )
    return message(text)


def other_contents(files: Sequence[Instance]) -> list[Message]:
    """Name the files that have the identifier of another one."""
    text = QT_TRANSLATE_NOOP(
        "Message", "{name} has the identifier of another image but other content; both are kept."
    )
    names = sorted(PurePath(file.path).name for file in files)
    warnings = [message(text, name=name) for name in names[:_NAMED_HOLES]]
    if len(names) > _NAMED_HOLES:
        more = QT_TRANSLATE_NOOP("Message", "More files with the identifier of another image: {count}.")
        warnings.append(message(more, count=len(names) - _NAMED_HOLES))
    return warnings


def of_stack(geometry: SliceGeometry, repeats: Sequence[int]) -> list[Message]:
    """Give all warnings of a stack in space.

    Parameters
    ----------
    geometry : SliceGeometry
        Slices in order of depth, no two at the same place.
    repeats : sequence of int
        How many frames lie at each of its places.
    """
    warnings = _duplicates(geometry, repeats)
    if geometry.shape_ijk[2] > 1:
        warnings += _tilt(geometry) + _holes(geometry) + _spacing(geometry)
    return warnings


def _depth(geometry: SliceGeometry, index: int) -> float:
    return float(geometry.positions_lps_mm[index] @ geometry.normal)


def _duplicates(geometry: SliceGeometry, repeats: Sequence[int]) -> list[Message]:
    doubled = [index for index, count in enumerate(repeats) if count > 1]
    text = QT_TRANSLATE_NOOP(
        "Message",
        "{count} images lie at the place of slice {index} ({position:.1f} mm): only the first is used.",
    )
    warnings = [
        message(text, count=repeats[index], index=index + 1, position=_depth(geometry, index))
        for index in doubled[:_NAMED_HOLES]
    ]
    if len(doubled) > _NAMED_HOLES:
        more = QT_TRANSLATE_NOOP("Message", "More places that hold several images: {count}.")
        warnings.append(message(more, count=len(doubled) - _NAMED_HOLES))
    return warnings


def _tilt(geometry: SliceGeometry) -> list[Message]:
    angle = shear_deg(geometry.positions_lps_mm, geometry.normal)
    if not angle:
        return []
    text = QT_TRANSLATE_NOOP(
        "Message",
        "Gantry tilt: the slices are stacked {angle:.1f}° off their normal; views follow their positions.",
    )
    return [message(text, angle=angle)]


def _holes(geometry: SliceGeometry) -> list[Message]:
    found = holes(geometry.positions_lps_mm, geometry.normal)
    text = QT_TRANSLATE_NOOP(
        "Message", "Slices missing after slice {index} ({position:.1f} mm): {count}; the gap is shown empty."
    )
    warnings = [
        message(text, count=count, index=index + 1, position=_depth(geometry, index))
        for index, count in found[:_NAMED_HOLES]
    ]
    if len(found) > _NAMED_HOLES:
        more = QT_TRANSLATE_NOOP("Message", "More places where slices are missing: {count}.")
        warnings.append(message(more, count=len(found) - _NAMED_HOLES))
    return warnings


def _spacing(geometry: SliceGeometry) -> list[Message]:
    if geometry.kind is not GeometryKind.IRREGULAR:
        return []
    if fit_grid(geometry.positions_lps_mm, geometry.normal).fits:
        return []
    gaps = np.diff(geometry.positions_lps_mm @ geometry.normal)
    text = QT_TRANSLATE_NOOP(
        "Message",
        "The slice spacing varies from {low:.2f} to {high:.2f} mm; views are resampled by position.",
    )
    return [message(text, low=float(gaps.min()), high=float(gaps.max()))]
