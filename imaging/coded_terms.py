"""Coded terms of DICOM data sets as plain nouns, and back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.coded_concept import CodedConcept, InstanceReference

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def concept_of(item: "Dataset") -> CodedConcept:
    """Read a code sequence item (PS3.3 8.8), with a short, long or URN code value."""
    value = item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue") or ""
    scheme = str(item.get("CodingSchemeDesignator", ""))
    return CodedConcept(str(value), scheme, str(item.get("CodeMeaning", "")))


def first_concept(data: "Dataset", keyword: str) -> CodedConcept | None:
    """Read the first item of a code sequence; None where it is absent or empty."""
    items = data.get(keyword)
    return concept_of(items[0]) if items else None


def concepts(data: "Dataset", keyword: str) -> tuple[CodedConcept, ...]:
    """Read all items of a code sequence."""
    return tuple(concept_of(item) for item in data.get(keyword) or ())


def code(concept: CodedConcept) -> Any:
    """Give the concept as highdicom takes it."""
    from highdicom.sr import CodedConcept as DicomConcept

    return DicomConcept(concept.value, concept.scheme, concept.meaning[:64])


def code_item(concept: CodedConcept) -> "Dataset":
    """Give the concept as an item of a code sequence."""
    from pydicom.dataset import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = concept.value, concept.scheme
    item.CodeMeaning = concept.meaning
    return item


def referenced_instances(data: "Dataset") -> tuple[InstanceReference, ...]:
    """Read the common instance reference module (PS3.3 C.12.2), each image once."""
    found: dict[str, InstanceReference] = {}
    studies = data.get("StudiesContainingOtherReferencedInstancesSequence") or ()
    for source in (data, *studies):
        for series in source.get("ReferencedSeriesSequence") or ():
            uid = str(series.get("SeriesInstanceUID", ""))
            for item in _items(series):
                found.setdefault(item.sop_uid, replace(item, series_uid=uid))
    return tuple(found.values())


def _items(series: "Dataset") -> Iterable[InstanceReference]:
    for keyword in ("ReferencedInstanceSequence", "ReferencedSOPSequence"):
        for item in series.get(keyword) or ():
            yield instance_reference(item)


def instance_reference(item: "Dataset", series_uid: str = "") -> InstanceReference:
    """Read an item that names an SOP instance (PS3.3 10.8), or some of its frames (10.3)."""
    sop_class = str(item.get("ReferencedSOPClassUID", ""))
    frames = item.get("ReferencedFrameNumber")
    numbers = () if frames in (None, "") else frames if hasattr(frames, "__iter__") else (frames,)
    return InstanceReference(
        sop_class,
        str(item.get("ReferencedSOPInstanceUID", "")),
        series_uid,
        tuple(int(number) for number in numbers),
    )
