"""Parametric maps (PS3.3 A.75): values with a unit on a grid, as floats or as scaled integers."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.slice_geometry import SliceGeometry
from imaging.coded_terms import code, referenced_instances
from imaging.equipment import contributing_equipment, equipment
from imaging.frame_decoding import decoded_frames
from imaging.frame_stack import stack_frames
from imaging.object_file import read_object, refusing_damage, write_object
from imaging.segmentation_frames import first_item, macro, placed_frames
from imaging.segmentation_reading import shared_plane
from imaging.segmentation_writing import grid_arguments
from imaging.value_maps import value_map_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PARAMETRIC_MAP_CLASS = "1.2.840.10008.5.1.4.1.1.30"


@dataclass(frozen=True, eq=False)
class ParametricMap:
    """Values of one quantity.

    Parameters
    ----------
    geometry : SliceGeometry
        Where the slices lie.
    values : (k, j, i) float32 or float64
        In `unit`; NaN where there is none.
    unit : CodedConcept
        In UCUM.
    label : str
        What the values are.
    references : tuple of InstanceReference
        The images that it was made from.
    """

    geometry: SliceGeometry
    values: NDArray[Any]
    unit: CodedConcept
    label: str = ""
    references: tuple[InstanceReference, ...] = ()


def read_parametric_map(path: Path) -> ParametricMap:
    """Read a parametric map whose frames lie side by side, with its first value mapping applied.

    Raises
    ------
    BadInput
        When it is none, is damaged, or several frames lie at one place.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != PARAMETRIC_MAP_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="parametric map"))
        frames = placed_frames(data)
        axes, spacing, step, known = shared_plane(path, data, len(frames))
        positions = np.array([frame.position_lps_mm for frame in frames], np.float64)
        size = int(data.Columns), int(data.Rows)
        stack = stack_frames(positions, axes, spacing, size, step, spacing_known=known)
        if len(set(stack.slice_of.tolist())) < len(frames):
            text = QT_TRANSLATE_NOOP("Message", "{path} holds several maps at one place.")
            raise BadInput(message(text, path=str(path)))
        shared = first_item(data, "SharedFunctionalGroupsSequence")
        groups = list(data.get("PerFrameFunctionalGroupsSequence") or [None] * len(frames))
        mappings = [macro(group, shared, "RealWorldValueMappingSequence") for group in groups]
        maps = [value_map_of(item) for item in mappings[: len(frames)]]
        wide = "DoubleFloatPixelData" in data
        ni, nj, nk = stack.geometry.shape_ijk
        values = np.full((nk, nj, ni), np.nan, np.float64 if wide else np.float32)
        stored = decoded_frames(path, [frame.number for frame in frames])
        for frame, mapping, pixels in zip(frames, maps, stored, strict=True):
            values[stack.slice_of[frame.number]] = mapping.apply(pixels)
        return ParametricMap(stack.geometry, values, maps[0].unit, maps[0].label, referenced_instances(data))


def write_parametric_map(
    path: Path, parametric_map: ParametricMap, images: list["Dataset"], *, force: bool = False
) -> None:
    """Write values as floats that refer to `images` (their headers, one series, in slice order).

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced.
    """
    from highdicom.pm import ParametricMap as DicomMap
    from highdicom.pm import RealWorldValueMapping
    from pydicom.uid import generate_uid

    values = parametric_map.values
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mapping = RealWorldValueMapping(
            lut_label=parametric_map.label[:16] or "VALUES",
            lut_explanation=parametric_map.label or "values",
            unit=code(parametric_map.unit),
            value_range=(low, high),
            slope=1.0,
            intercept=0.0,
        )
        data = DicomMap(
            source_images=images,
            pixel_array=values,
            series_instance_uid=generate_uid(prefix=None),
            series_number=1007,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            contains_recognizable_visual_features=False,
            real_world_value_mappings=[mapping],
            window_center=(low + high) / 2,
            window_width=max(high - low, 1e-6),
            content_label="PARAMETRIC_MAP",
            series_description="Parametric map",
            contributing_equipment=[contributing_equipment("parametric map")],
            **equipment(),
            **grid_arguments(parametric_map.geometry),
        )
    if "Laterality" not in data:
        data.Laterality = ""
    if "ContentCreatorName" not in data:
        data.ContentCreatorName = ""
    write_object(path, data, force=force)
