"""Which pictures of a series belong to the same volume."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from imaging.frame import Frame
from imaging.instance import Instance, Vector3
from imaging.tags import RT_DOSE_CLASS

Axes = tuple[NDArray[np.float64], NDArray[np.float64]]
T = TypeVar("T")

_STACK, _SEGMENT = "StackID", "SegmentNumber"
_SAME_DIRECTION = 2e-3
_SAME_LENGTH = 1e-3
# In the order in which they are tried; the more they say about the volume, the earlier.
_SHORT_NAMES = {
    "EchoNumbers": "echo",
    "TemporalPositionIdentifier": "time",
    "DiffusionBValue": "b-value",
    "EchoTime": "TE",
    "InversionTime": "TI",
    "FlipAngle": "flip angle",
    "ComplexImageComponent": "component",
    "DiffusionDirectionality": "directionality",
    "DiffusionGradientOrientation": "direction",
    "NominalPercentageOfCardiacPhase": "phase",
    "NominalPercentageOfRespiratoryPhase": "respiratory phase",
    "TriggerTime": "trigger time",
    "TemporalPositionTimeOffset": "time offset",
    "FrameReferenceTime": "frame time",
    "SegmentNumber": "segment",
    "ImageType": "type",
    "ConvolutionKernel": "kernel",
    "KVP": "kVp",
    "FrameOfReferenceUID": "frame of reference",
    "AcquisitionNumber": "acquisition",
    "AcquisitionTime": "acquisition time",
}


@dataclass(frozen=True)
class Group:
    """Frames of one volume.

    Parameters
    ----------
    label : str
        "" where the series is one volume, else what sets this group apart.
    orientation : int
        Number of the orientation in the series, from 1; 0 where the frames have no place in the patient.
    frames : list of Frame
        In no order.
    """

    label: str
    orientation: int
    frames: list[Frame]


def axes_of(frame: Frame) -> Axes | None:
    """Give unit row and column direction, or None where the frame has no (sound) place in the patient."""
    position = frame.position_lps_mm
    if position is None or not all(map(math.isfinite, position)):
        return None
    return _unit_axes((frame.instance.row_direction, frame.instance.column_direction))


def _unit_axes(stated: tuple[Vector3 | None, Vector3 | None]) -> Axes | None:
    row, column = stated
    if row is None or column is None or not all(map(math.isfinite, (*row, *column))):
        return None
    lengths = math.hypot(*row), math.hypot(*column)
    if min(lengths) < 1e-3:
        return None
    unit = np.array(row) / lengths[0], np.array(column) / lengths[1]
    return unit if abs(float(unit[0] @ unit[1])) < 0.01 else None


def places(frames: Iterable[Frame], axes: Axes) -> list[list[Frame]]:
    """Gather the frames of each depth, in order of depth; at one depth in order of acquisition."""
    listed = sorted(frames, key=lambda frame: frame.acquired)
    depths = np.array([frame.position_lps_mm for frame in listed]) @ np.cross(*axes)
    order = np.argsort(depths, kind="stable")
    gaps = np.diff(depths[order])
    apart = gaps[gaps > 1e-4]
    limit = max(1e-4, 0.02 * float(np.median(apart))) if len(apart) else 1e-4
    gathered = [[listed[order[0]]]]
    for index, gap in zip(order[1:], gaps, strict=True):
        if gap > limit:
            gathered.append([])
        gathered[-1].append(listed[index])
    return [sorted(group, key=lambda frame: frame.acquired) for group in gathered]


def split_variants(instances: Iterable[Instance]) -> list[list[Instance]]:
    """Split files into lists without a SOP instance UID that occurs twice; most are in the first."""
    places: dict[str, int] = {}
    split: list[list[Instance]] = []
    for instance in sorted(instances, key=lambda item: (item.variant, item.path)):
        number = places.get(instance.sop_uid, 0)
        places[instance.sop_uid] = number + 1
        if number == len(split):
            split.append([])
        split[number].append(instance)
    return split


class _Format(NamedTuple):
    """What all slices of one volume share."""

    orientation: int
    columns: int
    rows: int
    spacing: int
    colour: bool
    stack: str
    dose: int
    matrix: tuple[int, int] | None


def split_frames(frames: list[Frame]) -> list[Group]:
    """Split the frames of a series into volumes, in the order of their acquisition."""
    frames = sorted(frames, key=lambda frame: frame.acquired)
    bins: dict[_Format, list[Frame]] = {}
    for frame, form in zip(frames, _formats(frames), strict=True):
        bins.setdefault(form, []).append(frame)
    names = _names(bins)
    return [
        Group(", ".join(text for text in (names[form], label) if text), form.orientation, part)
        for form, members in bins.items()
        for label, part in _split_repeats(members)
    ]


def _formats(frames: list[Frame]) -> list[_Format]:
    placed = [
        (frame.instance.row_direction, frame.instance.column_direction)
        if frame.position_lps_mm is not None
        else (None, None)
        for frame in frames
    ]
    orientations = _cluster(placed, _unit_axes, _SAME_DIRECTION)
    spacings = _cluster([frame.instance.spacing_ij_mm for frame in frames], _logarithm, _SAME_LENGTH)
    return [
        _Format(orientation, item.columns, item.rows, spacing, is_colour(item), stack, dose, item.matrix_size)
        for orientation, spacing, stack, dose, item in zip(
            orientations,
            spacings,
            _stacks(frames),
            _doses(frames),
            (frame.instance for frame in frames),
            strict=True,
        )
    ]


def _doses(frames: list[Frame]) -> list[int]:
    """Give the number of the file of each frame of an RT dose: each file is a volume; 0 for images."""
    numbers: dict[str, int] = {}
    return [
        numbers.setdefault(frame.instance.path, len(numbers) + 1)
        if frame.instance.sop_class_uid == RT_DOSE_CLASS and frame.instance.frames > 1
        else 0
        for frame in frames
    ]


def _stacks(frames: list[Frame]) -> list[str]:
    """Give the stack (PS3.3 C.7.6.16.2.2.4) of every frame; "" where each frame claims to be one."""
    stacks = [dict(frame.instance.parts).get(_STACK, "") for frame in frames]
    return [""] * len(stacks) if len(set(stacks)) == len(stacks) else stacks


def _logarithm(spacing: tuple[float, float] | None) -> NDArray[np.float64] | None:
    if spacing is None or not all(0 < length < math.inf for length in spacing):
        return None
    return np.log(spacing)


def is_colour(instance: Instance) -> bool:
    """Tell whether the pixels are shown in colour."""
    return instance.samples > 1 or instance.photometric == "PALETTE COLOR"


def _cluster(
    values: Sequence[T], vector: Callable[[T], Axes | NDArray[np.float64] | None], limit: float
) -> list[int]:
    """Give alike values the same number, from 1 in order of occurrence; 0 where there is no vector."""
    representatives: list[NDArray[np.float64]] = []
    numbers: dict[T, int] = {}
    for value in dict.fromkeys(values):
        found = vector(value)
        if found is None:
            numbers[value] = 0
            continue
        flat = np.ravel(found)
        alike = (np.abs(flat - other).max() < limit for other in representatives)
        number = next((n for n, same in enumerate(alike, start=1) if same), len(representatives) + 1)
        if number > len(representatives):
            representatives.append(flat)
        numbers[value] = number
    return [numbers[value] for value in values]


def _names(bins: dict[_Format, list[Frame]]) -> dict[_Format, str]:
    """Name every group of frames by what differs between the groups only."""
    varies = [len(set(values)) > 1 for values in zip(*bins, strict=True)]
    names: dict[_Format, str] = {}
    for form, frames in bins.items():
        spacing = frames[0].instance.spacing_ij_mm
        parts = (
            (varies[0], f"orientation {form.orientation}" if form.orientation else "without position"),
            (varies[1] or varies[2] or varies[7], "size {} x {}".format(*_size(form))),
            (
                varies[3],
                "spacing " + ("unknown" if spacing is None else "{:.4g} x {:.4g} mm".format(*spacing)),
            ),
            (varies[4], "colour" if form.colour else "grey"),
            (varies[5], f"stack {form.stack or '-'}"),
            (varies[6], f"dose {form.dose or '-'}"),
        )
        names[form] = ", ".join(text for shown, text in parts if shown)
    return names


def _size(form: _Format) -> tuple[int, int]:
    return form.matrix or (form.columns, form.rows)


def _split_repeats(frames: list[Frame]) -> list[tuple[str, list[Frame]]]:
    """Split frames of one orientation where whole stacks lie at the same places (echoes, times, b-values)."""
    axes = axes_of(frames[0])
    count = 0 if axes is None else len(places(frames, axes))
    if axes is None or count in (1, len(frames)):
        return [("", frames)]
    groups: dict[tuple[str, ...], list[Frame]] = {(): frames}
    for keyword in _attributes(frames):
        groups = _refine(groups, keyword, axes)
    labelled = [(", ".join(label), members) for label, members in groups.items()]
    return [part for label, members in labelled for part in _split_occurrences(label, members, axes)]


def _attributes(frames: list[Frame]) -> list[str]:
    found = {keyword for frame in frames for keyword, _ in frame.instance.parts}
    order = list(_SHORT_NAMES)
    return sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))


def _refine(
    groups: dict[tuple[str, ...], list[Frame]], keyword: str, axes: Axes
) -> dict[tuple[str, ...], list[Frame]]:
    """Split every group by an attribute, unless that leaves as many frames on top of one another.

    An attribute with more values than frames at any one place numbers something else than the volumes, such
    as the slices; segments need not meet anywhere.
    """
    refined: dict[tuple[str, ...], list[Frame]] = {}
    for label, members in groups.items():
        bins: dict[str, list[Frame]] = {}
        for frame in members:
            bins.setdefault(_part_value(frame, keyword), []).append(frame)
        if len(bins) == 1:
            refined[label] = members
            continue
        stacks = places(members, axes)
        place_of = {id(frame): place for place, stack in enumerate(stacks) for frame in stack}
        before = len(members) - len(stacks)
        after = sum(len(part) - len({place_of[id(frame)] for frame in part}) for part in bins.values())
        numbers_slices = len(bins) > max(map(len, stacks)) and keyword != _SEGMENT
        if before == after or numbers_slices:
            refined[label] = members
            continue
        for value in sorted(bins, key=_natural):
            refined[(*label, f"{_SHORT_NAMES.get(keyword, keyword)} {value or '-'}")] = bins[value]
    return refined


def _part_value(frame: Frame, keyword: str) -> str:
    return next((value for name, value in frame.instance.parts if name == keyword), "")


def _natural(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return math.inf, value


def _split_occurrences(label: str, frames: list[Frame], axes: Axes) -> list[tuple[str, list[Frame]]]:
    """Where most places hold several frames, make the first, second, ... of each place a volume."""
    stacks = places(frames, axes)
    if len(stacks) == 1 or np.median([len(stack) for stack in stacks]) < 2:
        return [(label, frames)]
    volumes = [[stack[n] for stack in stacks if n < len(stack)] for n in range(max(map(len, stacks)))]
    prefix = f"{label}, " if label else ""
    return [(f"{prefix}volume {number}", volume) for number, volume in enumerate(volumes, start=1)]
