"""Reading RT structure sets (PS3.3 A.19): contours to a label map on the slices of a series."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.segmentation import Algorithm, AlgorithmType, Segment, Segmentation, pack_layers
from core.slice_geometry import SliceGeometry
from imaging.coded_terms import first_concept, instance_reference
from imaging.contour_items import DrawnRegion, read_with_contours
from imaging.contours import Contour, filled, joined
from imaging.object_file import refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

STRUCTURE_SET_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
_SAME_PLANE_MM = 1e-2


@dataclass(frozen=True, eq=False)
class Structure:
    """A region of interest as it is stored.

    Parameters
    ----------
    segment : Segment
        Number (ROINumber) and what it is.
    contours : tuple of (n, 3) float64
        Closed planar polygons, LPS millimetres.
    lines : tuple of (n, 3) float64
        Points and open lines, which enclose nothing, LPS millimetres.
    """

    segment: Segment
    contours: tuple[Contour, ...]
    lines: tuple[Contour, ...] = ()


@dataclass(frozen=True, eq=False)
class StructureSet:
    """The regions of interest of one object.

    Parameters
    ----------
    structures : tuple of Structure
        In the order of the file.
    frame_of_reference_uid : str
        Of the contours; "" where the file does not say.
    references : tuple of InstanceReference
        The images that they were drawn on.
    """

    structures: tuple[Structure, ...]
    frame_of_reference_uid: str
    references: tuple[InstanceReference, ...]


def read_structure_set(path: Path) -> StructureSet:
    """Read a structure set.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data, drawn = read_with_contours(path)
        if str(data.get("SOPClassUID", "")) != STRUCTURE_SET_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no structure set.")
            raise BadInput(message(text, path=str(path)))
        observations = {
            int(item.ReferencedROINumber): item for item in data.get("RTROIObservationsSequence") or ()
        }
        structures = tuple(
            _structure(item, drawn.get(int(item.ROINumber)), observations.get(int(item.ROINumber)))
            for item in data.get("StructureSetROISequence") or ()
        )
        frames = data.get("ReferencedFrameOfReferenceSequence") or ()
        frame = str(frames[0].get("FrameOfReferenceUID", "")) if frames else ""
        return StructureSet(structures, frame, _references(frames))


def _structure(item: "Dataset", drawn: DrawnRegion | None, observation: Any) -> Structure:
    number = int(item.ROINumber)
    made = str(item.get("ROIGenerationAlgorithm", "") or "")
    name = str(item.get("ROIGenerationDescription", "") or "")
    kind = category = None
    if observation is not None:
        kind = first_concept(observation, "RTROIIdentificationCodeSequence")
        category = first_concept(observation, "SegmentedPropertyCategoryCodeSequence")
    segment = Segment(
        number,
        str(item.get("ROIName", "") or f"ROI {number}"),
        category or Segment.category,
        kind or Segment.type,
        AlgorithmType(made) if made in list(AlgorithmType) else AlgorithmType.MANUAL,
        Algorithm(name) if name else None,
        colour=_colour(drawn.colour) if drawn else None,
    )
    return Structure(segment, drawn.contours, drawn.lines) if drawn else Structure(segment, ())


def _colour(stored: str) -> tuple[int, int, int] | None:
    values = stored.split("\\") if stored else []
    if len(values) != 3:
        return None
    red, green, blue = (min(255, max(0, int(float(value)))) for value in values)
    return red, green, blue


def _references(frames: Any) -> tuple[InstanceReference, ...]:
    found: list[InstanceReference] = []
    for frame in frames:
        for study in frame.get("RTReferencedStudySequence") or ():
            for series in study.get("RTReferencedSeriesSequence") or ():
                uid = str(series.get("SeriesInstanceUID", ""))
                images = series.get("ContourImageSequence") or ()
                found += [instance_reference(item, uid) for item in images]
    return tuple({item.sop_uid: item for item in found}.values())


@dataclass(frozen=True, eq=False)
class Rasterised:
    """A structure set as label maps.

    Parameters
    ----------
    segmentation : Segmentation
        On the slices of the reference.
    notes : tuple of Message
        What could not be drawn there.
    """

    segmentation: Segmentation
    notes: tuple[Message, ...]


def rasterise(structures: StructureSet, geometry: SliceGeometry, progress: Progress = SILENT) -> Rasterised:
    """Draw the contours on the slices of a stack.

    A voxel is inside where its centre is inside an odd number of the structure's contours of that plane
    (holes may be contours of their own or keyholes). A contour belongs to the slice at its position, at most
    half a slice away; of several planes at one slice the nearest counts.
    """
    masks: dict[int, NDArray[np.bool_]] = {}
    missed = others = 0
    for done, structure in enumerate(structures.structures, start=1):
        mask, lost = _drawn(structure.contours, geometry)
        missed += lost
        others += len(structure.lines)
        masks[structure.segment.number] = mask
        progress.report(
            done / len(structures.structures), message(QT_TRANSLATE_NOOP("Message", "Drawing the contours"))
        )
    notes: list[Message] = []
    if missed:
        text = QT_TRANSLATE_NOOP("Message", "Contours that lie on no slice of the reference: {count}.")
        notes.append(message(text, count=missed))
    if others:
        text = QT_TRANSLATE_NOOP("Message", "Contours that are no closed planes are left out: {count}.")
        notes.append(message(text, count=others))
    return Rasterised(_segmentation(structures, geometry, masks), tuple(notes))


def _segmentation(
    structures: StructureSet, geometry: SliceGeometry, masks: Mapping[int, NDArray[np.bool_]]
) -> Segmentation:
    segments = [structure.segment for structure in structures.structures]
    if masks and min(masks) < 1:  # ROI numbers may begin at 0, which is the background of a label map
        shift = 1 - min(masks)
        masks = {number + shift: mask for number, mask in masks.items()}
        segments = [_renumbered(segment, segment.number + shift) for segment in segments]
    ni, nj, nk = geometry.shape_ijk
    layers, layer_of = pack_layers(masks) if masks else ((np.zeros((nk, nj, ni), np.uint16),), {})
    return Segmentation(
        geometry,
        layers,
        tuple(segments),
        layer_of,
        frame_of_reference_uid=structures.frame_of_reference_uid,
        references=structures.references,
    )


def _renumbered(segment: Segment, number: int) -> Segment:
    from dataclasses import replace

    return replace(segment, number=number)


def _drawn(contours: tuple[Contour, ...], geometry: SliceGeometry) -> tuple[NDArray[np.bool_], int]:
    """Give the mask of one structure and how many of its contours met no slice."""
    ni, nj, nk = geometry.shape_ijk
    mask = np.zeros((nk, nj, ni), np.bool_)
    depths = geometry.positions_lps_mm @ geometry.normal
    nearest: dict[int, float] = {}
    missed = 0
    for depth, plane in _planes(contours, geometry.normal):
        k = int(np.argmin(np.abs(depths - depth)))
        distance = abs(float(depths[k]) - depth)
        if distance > _reach(depths, k, depth, geometry):
            missed += len(plane)
        elif k not in nearest or distance < nearest[k] - _SAME_PLANE_MM:
            nearest[k] = distance
            points, starts = joined(plane, 3)
            mask[k] = filled(_pixels(points, geometry, k), starts, (nj, ni))
    return mask, missed


def _planes(
    contours: tuple[Contour, ...], normal: NDArray[np.float64]
) -> Iterator[tuple[float, list[Contour]]]:
    """Gather the contours that lie in one plane, with its depth along the normal."""
    if not contours:
        return
    points, starts = joined(contours, 3)
    depths = np.add.reduceat(points @ normal, starts[:-1]) / np.diff(starts)
    _places, first, plane_of = np.unique(
        np.rint(depths / _SAME_PLANE_MM), return_index=True, return_inverse=True
    )
    order = np.argsort(plane_of, kind="stable")
    ends = np.searchsorted(plane_of[order], np.arange(len(first) + 1))
    for number, index in enumerate(first):
        members = order[ends[number] : ends[number + 1]].tolist()
        yield float(depths[index]), [contours[member] for member in members]


def _reach(depths: NDArray[np.float64], k: int, depth: float, geometry: SliceGeometry) -> float:
    """Half the gap on that side of the slice, or half a slice at the end of the stack."""
    beside = k + (1 if depth > depths[k] else -1)
    inside = 0 <= beside < len(depths)
    gap = abs(float(depths[beside] - depths[k])) if inside else geometry.spacing_mm[2]
    return min(gap, geometry.spacing_mm[2]) / 2 + _SAME_PLANE_MM


def _pixels(points: Contour, geometry: SliceGeometry, k: int) -> Contour:
    offset = points - geometry.positions_lps_mm[k]
    i = offset @ geometry.row_direction / geometry.spacing_mm[0]
    j = offset @ geometry.column_direction / geometry.spacing_mm[1]
    return np.stack([i, j], axis=1)
