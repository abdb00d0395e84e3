"""Reading structured reports of any template as a tree (PS3.3 A.35, C.17.3)."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.structured_report import ReportItem, StructuredReport
from imaging.coded_terms import first_concept, instance_reference
from imaging.measurement_report_reading import evidence
from imaging.object_file import read_object, refusing_damage
from imaging.text import person_name

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_DEEPEST = 64
_TEXTS = {
    "TEXT": "TextValue",
    "DATE": "Date",
    "TIME": "Time",
    "DATETIME": "DateTime",
    "UIDREF": "UID",
}


def read_report(path: Path) -> StructuredReport:
    """Read a structured report, or a key object selection.

    Raises
    ------
    BadInput
        When it is none, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.get("ValueType", "")) != "CONTAINER":
            text = QT_TRANSLATE_NOOP("Message", "{path} is no {kind}.")
            raise BadInput(message(text, path=str(path), kind="structured report"))
        references = evidence(data)
        series = {item.sop_uid: item.series_uid for item in references}
        templates = data.get("ContentTemplateSequence")
        return StructuredReport(
            root=_item(data, series, 0),
            template=str(templates[0].get("TemplateIdentifier", "")) if templates else "",
            complete=data.get("CompletionFlag") == "COMPLETE",
            verified=data.get("VerificationFlag") == "VERIFIED",
            content_date=str(data.get("ContentDate", "") or ""),
            content_time=str(data.get("ContentTime", "") or ""),
            references=references,
        )


def _item(item: "Dataset", series: dict[str, str], depth: int) -> ReportItem:
    kind = str(item.get("ValueType", ""))
    text, value = _value(item, kind)
    children = item.get("ContentSequence") or () if depth < _DEEPEST else ()
    return ReportItem(
        kind=kind,
        name=first_concept(item, "ConceptNameCodeSequence"),
        text=text,
        value=value,
        relationship=str(item.get("RelationshipType", "") or ""),
        references=_references(item, series),
        points=_points(item, kind),
        children=tuple(_item(child, series, depth + 1) for child in children),
    )


def _value(item: "Dataset", kind: str) -> tuple[str, CodedConcept | None]:
    if kind == "NUM":
        return _number(item)
    if kind == "CODE":
        return "", first_concept(item, "ConceptCodeSequence")
    if kind == "PNAME":
        return person_name(str(item.get("PersonName", "") or "")), None
    if kind in ("SCOORD", "SCOORD3D"):
        return str(item.get("GraphicType", "") or ""), None
    if kind == "TCOORD":
        return str(item.get("TemporalRangeType", "") or ""), None
    return str(item.get(_TEXTS.get(kind, ""), "") or "") if kind in _TEXTS else "", None


def _number(item: "Dataset") -> tuple[str, CodedConcept | None]:
    """Give a number and its unit, or "" and why there is none."""
    for measured in item.get("MeasuredValueSequence") or ():
        precise = measured.get("FloatingPointValue")
        number = str(measured.get("NumericValue", "") if precise is None else f"{float(precise):.10g}")
        return number, first_concept(measured, "MeasurementUnitsCodeSequence")
    return "", first_concept(item, "NumericValueQualifierCodeSequence")


def _references(item: "Dataset", series: dict[str, str]) -> tuple[InstanceReference, ...]:
    found = (instance_reference(named) for named in item.get("ReferencedSOPSequence") or ())
    return tuple(replace(named, series_uid=series.get(named.sop_uid, "")) for named in found)


def _points(item: "Dataset", kind: str) -> int:
    width = {"SCOORD": 2, "SCOORD3D": 3}.get(kind)
    return len(item.get("GraphicData") or ()) // width if width else 0
