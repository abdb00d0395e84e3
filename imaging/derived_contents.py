"""What a derived object holds, in a few words: for lists, not for showing."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imaging.coded_terms import concept_of, first_concept
from imaging.measurement_report_reading import evidence, read_measurement_report
from imaging.object_file import read_object, refusing_damage
from imaging.segmentation_frames import first_item, macro
from imaging.segmentation_reading import segment_of
from imaging.structure_set_reading import read_structure_set

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Contents = dict[str, Any]


def contents_of(path: Path) -> Contents:
    """Describe a SEG, RTSTRUCT, RTDOSE, RTPLAN, SR, KOS, presentation state, map, annotations or document.

    Returns
    -------
    dict
        "kind" and what goes with it; only "kind": "other" for other classes.

    Raises
    ------
    BadInput
        When the file is no DICOM object, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path, pixels=False)
        kind, describe = _KINDS.get(str(data.SOPClassUID), ("other", None))
        held = describe(path, data) if describe else {}
        return {"kind": kind, "sop_uid": str(data.get("SOPInstanceUID", "")), **held}


def _segmentation(_path: Path, data: "Dataset") -> Contents:
    segments = [segment_of(item) for item in data.SegmentSequence]
    return {
        "type": str(data.get("SegmentationType", "")).lower(),
        "segments": [segment.to_json() for segment in segments if segment.number > 0],
    }


def _structures(path: Path, _data: "Dataset") -> Contents:
    return {
        "structures": [
            {
                "number": structure.segment.number,
                "label": structure.segment.label,
                "contours": len(structure.contours),
                "colour": structure.segment.colour and list(structure.segment.colour),
            }
            for structure in read_structure_set(path).structures
        ]
    }


def _report(path: Path, _data: "Dataset") -> Contents:
    report = read_measurement_report(path)
    return {"title": report.title.meaning, "groups": [group.to_json() for group in report.groups]}


def _key_objects(_path: Path, data: "Dataset") -> Contents:
    title = first_concept(data, "ConceptNameCodeSequence")
    notes = [str(item.TextValue) for item in data.get("ContentSequence") or () if item.get("TextValue")]
    return {
        "title": title.meaning if title else "",
        "notes": notes,
        "images": [reference.sop_uid for reference in evidence(data)],
    }


def _presentation_state(_path: Path, data: "Dataset") -> Contents:
    annotations = data.get("GraphicAnnotationSequence") or ()
    texts = [item for annotation in annotations for item in annotation.get("TextObjectSequence") or ()]
    shapes = [item for annotation in annotations for item in annotation.get("GraphicObjectSequence") or ()]
    windows = data.get("SoftcopyVOILUTSequence") or ()
    return {
        "label": str(data.get("ContentLabel", "")),
        "images": [
            str(image.ReferencedSOPInstanceUID)
            for series in data.get("ReferencedSeriesSequence") or ()
            for image in series.get("ReferencedImageSequence") or ()
        ],
        "windows": [
            [_first(item.WindowCenter), _first(item.WindowWidth)]
            for item in windows
            if "WindowCenter" in item
        ],
        "texts": len(texts),
        "shapes": len(shapes),
        "inverted": data.get("PresentationLUTShape") == "INVERSE",
    }


def _first(value: Any) -> float:
    return float(value if isinstance(value, int | float | str) else value[0])


def _document(_path: Path, data: "Dataset") -> Contents:
    return {
        "title": str(data.get("DocumentTitle", "")),
        "type": str(data.get("MIMETypeOfEncapsulatedDocument", "")),
    }


def _value_map(_path: Path, data: "Dataset") -> Contents:
    maps = [
        item
        for outer in data.get("ReferencedImageRealWorldValueMappingSequence") or ()
        for item in outer.get("RealWorldValueMappingSequence") or ()
    ]
    return {
        "maps": [
            {
                "label": str(item.get("LUTLabel", "")),
                "unit": concept_of(item.MeasurementUnitsCodeSequence[0]).to_json(),
                "slope": float(item.RealWorldValueSlope) if "RealWorldValueSlope" in item else None,
                "intercept": float(item.RealWorldValueIntercept)
                if "RealWorldValueIntercept" in item
                else None,
            }
            for item in maps
        ]
    }


def _dose(_path: Path, data: "Dataset") -> Contents:
    return {
        "unit": str(data.get("DoseUnits", "")),
        "type": str(data.get("DoseType", "")),
        "summation": str(data.get("DoseSummationType", "")),
        "scaling": float(data.get("DoseGridScaling", 1.0)),
        "frames": int(data.get("NumberOfFrames", 1) or 1),
    }


def _plan(_path: Path, data: "Dataset") -> Contents:
    fractions = data.get("FractionGroupSequence") or ()
    beams = [*(data.get("BeamSequence") or ()), *(data.get("IonBeamSequence") or ())]
    return {
        "label": str(data.get("RTPlanLabel", "")),
        "fractions": [int(item.get("NumberOfFractionsPlanned") or 0) for item in fractions],
        "prescriptions": [
            {
                "description": str(item.get("DoseReferenceDescription", "") or ""),
                "type": str(item.get("DoseReferenceType", "") or ""),
                "dose_gy": float(item.TargetPrescriptionDose) if item.get("TargetPrescriptionDose") else None,
            }
            for item in data.get("DoseReferenceSequence") or ()
        ],
        "beams": [
            {
                "number": int(beam.BeamNumber),
                "name": str(beam.get("BeamName", "") or ""),
                "radiation": str(beam.get("RadiationType", "") or ""),
                "control_points": int(beam.get("NumberOfControlPoints") or 0),
            }
            for beam in beams
        ],
    }


def _annotations(_path: Path, data: "Dataset") -> Contents:
    return {
        "groups": [
            {
                "label": str(group.get("AnnotationGroupLabel", "")),
                "shape": str(group.get("GraphicType", "")),
                "count": int(group.get("NumberOfAnnotations") or 0),
                "type": concept_of(group.AnnotationPropertyTypeCodeSequence[0]).to_json(),
            }
            for group in data.get("AnnotationGroupSequence") or ()
        ]
    }


def _parametric_map(_path: Path, data: "Dataset") -> Contents:
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    frame = first_item(data, "PerFrameFunctionalGroupsSequence")
    mapping = macro(frame, shared, "RealWorldValueMappingSequence")
    unit = first_concept(mapping, "MeasurementUnitsCodeSequence") if mapping is not None else None
    return {
        "label": str(data.get("ContentLabel", "")),
        "unit": unit.to_json() if unit else None,
        "frames": int(data.get("NumberOfFrames", 1) or 1),
    }


_SR = "1.2.840.10008.5.1.4.1.1.88."
_KINDS: dict[str, tuple[str, Callable[[Path, "Dataset"], Contents]]] = {
    "1.2.840.10008.5.1.4.1.1.66.4": ("segmentation", _segmentation),
    "1.2.840.10008.5.1.4.1.1.66.7": ("segmentation", _segmentation),
    "1.2.840.10008.5.1.4.1.1.30": ("parametric map", _parametric_map),
    "1.2.840.10008.5.1.4.1.1.91.1": ("annotations", _annotations),
    "1.2.840.10008.5.1.4.1.1.67": ("real-world value map", _value_map),
    "1.2.840.10008.5.1.4.1.1.481.2": ("dose", _dose),
    "1.2.840.10008.5.1.4.1.1.481.3": ("structure set", _structures),
    "1.2.840.10008.5.1.4.1.1.481.5": ("plan", _plan),
    "1.2.840.10008.5.1.4.1.1.481.8": ("plan", _plan),
    f"{_SR}11": ("report", _report),
    f"{_SR}22": ("report", _report),
    f"{_SR}33": ("report", _report),
    f"{_SR}34": ("report", _report),
    f"{_SR}59": ("key objects", _key_objects),
    "1.2.840.10008.5.1.4.1.1.11.1": ("presentation state", _presentation_state),
    "1.2.840.10008.5.1.4.1.1.104.1": ("document", _document),
}
