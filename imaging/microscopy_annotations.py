"""Microscopy bulk simple annotations (PS3.3 A.87)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.annotation_group import AnnotationGroup, AnnotationMeasurement, Annotations
from core.coded_concept import CodedConcept
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from imaging.cielab import rgb_from_cielab
from imaging.coded_terms import first_concept, instance_reference
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

ANNOTATIONS_CLASS = "1.2.840.10008.5.1.4.1.1.91.1"
_POINTS_OF = {"POINT": 1, "ELLIPSE": 4, "RECTANGLE": 4}
_UNKNOWN = CodedConcept("", "", "")


def read_annotations(path: Path) -> Annotations:
    """Read bulk annotations.

    Raises
    ------
    BadInput
        When there are none, or the file is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.SOPClassUID) != ANNOTATIONS_CLASS:
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="object with microscopy annotations"))
        flat = data.get("AnnotationCoordinateType") != "3D"
        return Annotations(
            label=str(data.get("ContentLabel", "") or ""),
            groups=tuple(_group(item, flat=flat) for item in data.get("AnnotationGroupSequence") or ()),
            images=tuple(instance_reference(item) for item in data.get("ReferencedImageSequence") or ()),
            frame_of_reference_uid=str(data.get("FrameOfReferenceUID", "") or ""),
            on_matrix=data.get("PixelOriginInterpretation", "VOLUME") != "FRAME",
        )


def _group(item: "Dataset", *, flat: bool) -> AnnotationGroup:
    shape = str(item.GraphicType)
    common = item.get("CommonZCoordinateValue")
    width = 2 if flat or common is not None else 3
    values = _coordinates(item)
    points = values[: len(values) // width * width].reshape(-1, width)
    if len(points) * width != len(values):
        raise ValueError("half a point at the end")
    starts = _starts(item, shape, len(points), width)
    if common is not None and not flat:
        points = np.column_stack([points, np.full(len(points), float(np.ravel(common)[0]))])
    stored = item.get("RecommendedDisplayCIELabValue")
    count = len(starts) - 1
    return AnnotationGroup(
        number=int(item.AnnotationGroupNumber),
        label=str(item.get("AnnotationGroupLabel", "") or ""),
        type=first_concept(item, "AnnotationPropertyTypeCodeSequence") or _UNKNOWN,
        shape=shape,
        points=points,
        starts=starts,
        colour=None if stored is None else rgb_from_cielab([int(value) for value in stored]),
        measurements=tuple(_measurement(found, count) for found in item.get("MeasurementsSequence") or ()),
    )


def _coordinates(item: "Dataset") -> NDArray[np.float64]:
    single, double = item.get("PointCoordinatesData"), item.get("DoublePointCoordinatesData")
    stored = double if single is None else single
    found = _numbers(stored, "<f8" if single is None else "<f4").astype(np.float64)
    if not np.isfinite(found).all():
        raise ValueError("a coordinate that is no number")
    return found


def _numbers(stored: Any, kind: str) -> NDArray[Any]:
    # Bulk data stand as bytes in a file, but as an array in a data set that was just made.
    return np.frombuffer(stored, kind) if isinstance(stored, bytes) else np.ravel(stored).astype(kind)


def _starts(item: "Dataset", shape: str, count: int, width: int) -> NDArray[np.int64]:
    """Give the first point of every mark, and the number of points."""
    of_each = _POINTS_OF.get(shape)
    if of_each is not None:
        if count % of_each:
            raise ValueError("a mark without all its points")
        return np.arange(0, count + 1, of_each, dtype=np.int64)
    # One-based positions in the list of coordinates, not of points.
    first = _numbers(item.LongPrimitivePointIndexList, "<u4").astype(np.int64) - 1
    if (first % width).any():
        raise ValueError("a mark that begins within a point")
    return np.append(first // width, count)


def _measurement(item: "Dataset", count: int) -> AnnotationMeasurement:
    held = item.MeasurementValuesSequence[0]
    found = _numbers(held.FloatingPointValues, "<f4")
    indices = held.get("AnnotationIndexList")
    if indices is None:
        values = found
    else:
        values = np.full(count, np.nan, np.float32)
        values[_numbers(indices, "<u4").astype(np.int64) - 1] = found
    if len(values) != count:
        raise ValueError("not one value for each mark")
    return AnnotationMeasurement(
        name=first_concept(item, "ConceptNameCodeSequence") or _UNKNOWN,
        unit=first_concept(item, "MeasurementUnitsCodeSequence") or CodedConcept("1", "UCUM", "no units"),
        values=values.astype(np.float32),
    )
