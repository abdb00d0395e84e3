"""Reading structured reports of measurements (PS3.16 TID 1500)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, Region, SegmentReference
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import concept_of, first_concept, instance_reference
from imaging.object_file import read_object, refusing_damage

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_GROUP = "125007"
_TRACKING_ID, _TRACKING_UID = "112039", "112040"
_FINDING, _PROCEDURE = "121071", "121058"
_SOURCE_SERIES = "121232"
_DERIVATION = "121401"
# Numbers of a point of a drawn region.
_WIDTHS = {"SCOORD": 2, "SCOORD3D": 3}
# In SNOMED CT and in the older SNOMED RT.
_SITE = ("363698007", "G-C0E3")
_METHOD = ("370129005", "G-C036")


def read_measurement_report(path: Path) -> MeasurementReport:
    """Read the measurement groups of a structured report.

    Raises
    ------
    BadInput
        When it is no structured report, or is damaged.
    """
    with refusing_damage(path):
        data = read_object(path)
        if str(data.get("ValueType", "")) != "CONTAINER":
            text = QT_TRANSLATE_NOOP("Message", "{path} is no report of measurements.")
            raise BadInput(message(text, path=str(path)))
        references = evidence(data)
        series = {item.sop_uid: item.series_uid for item in references}
        groups = tuple(
            _Group(series).read(item)
            for item in _descendants(data)
            if item.get("ValueType") == "CONTAINER" and _name(item) == _GROUP
        )
        title = first_concept(data, "ConceptNameCodeSequence") or CodedConcept("", "", "")
        procedures = tuple(
            concept_of(item.ConceptCodeSequence[0])
            for item in _children(data)
            if _name(item) == _PROCEDURE and item.get("ConceptCodeSequence")
        )
        return MeasurementReport(title, groups, procedures, references)


def evidence(data: "Dataset") -> tuple[InstanceReference, ...]:
    """Give what a document refers to (PS3.3 C.17.2), each object once."""
    found: dict[str, InstanceReference] = {}
    for keyword in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence"):
        for study in data.get(keyword) or ():
            for series in study.get("ReferencedSeriesSequence") or ():
                uid = str(series.get("SeriesInstanceUID", ""))
                for item in series.get("ReferencedSOPSequence") or ():
                    reference = instance_reference(item, uid)
                    found.setdefault(reference.sop_uid, reference)
    return tuple(found.values())


def _children(item: "Dataset") -> Iterator["Dataset"]:
    yield from item.get("ContentSequence") or ()


def _descendants(item: "Dataset") -> Iterator["Dataset"]:
    for child in _children(item):
        yield child
        yield from _descendants(child)


def _name(item: "Dataset") -> str:
    concept = first_concept(item, "ConceptNameCodeSequence")
    return concept.value if concept else ""


@dataclass(eq=False)
class _Group:
    """One measurement group while it is read."""

    series: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict[str, str])
    finding: CodedConcept | None = None
    sites: list[CodedConcept] = field(default_factory=list[CodedConcept])
    measurements: list[Measurement] = field(default_factory=list[Measurement])
    evaluations: list[tuple[CodedConcept, CodedConcept]] = field(
        default_factory=list[tuple[CodedConcept, CodedConcept]]
    )
    segment: SegmentReference | None = None
    regions: list[Region] = field(default_factory=list[Region])
    images: list[InstanceReference] = field(default_factory=list[InstanceReference])

    def read(self, container: "Dataset") -> MeasurementGroup:
        for item in _children(container):
            kind = str(item.get("ValueType", ""))
            if kind in ("TEXT", "UIDREF"):
                self.texts[_name(item)] = str(item.get("TextValue") or item.get("UID") or "")
            elif kind == "NUM":
                self._number(item)
            elif kind == "CODE":
                self._code(item)
            elif kind == "IMAGE":
                self._image(item)
            elif kind in _WIDTHS:
                self._region(item, _WIDTHS[kind])
        return MeasurementGroup(
            self.texts.get(_TRACKING_ID, ""),
            self.texts.get(_TRACKING_UID, ""),
            self.finding,
            tuple(self.sites),
            tuple(self.measurements),
            tuple(self.evaluations),
            self.segment,
            tuple(self.regions),
            tuple(self.images),
            self.texts.get(_SOURCE_SERIES, ""),
        )

    def _number(self, item: "Dataset") -> None:
        name = first_concept(item, "ConceptNameCodeSequence")
        if name is None:
            return
        derivation = method = None
        for child in _children(item):
            kind = str(child.get("ValueType", ""))
            if kind in _WIDTHS:
                self._region(child, _WIDTHS[kind])
            elif _name(child) == _DERIVATION:
                derivation = first_concept(child, "ConceptCodeSequence")
            elif _name(child) in _METHOD:
                method = first_concept(child, "ConceptCodeSequence")
        for value in item.get("MeasuredValueSequence") or ():
            unit = first_concept(value, "MeasurementUnitsCodeSequence") or CodedConcept(
                "1", "UCUM", "no units"
            )
            number = float(value.get("FloatingPointValue") or value.NumericValue)
            self.measurements.append(Measurement(name, number, unit, derivation, method))

    def _code(self, item: "Dataset") -> None:
        name = first_concept(item, "ConceptNameCodeSequence")
        value = first_concept(item, "ConceptCodeSequence")
        if name is None or value is None:
            return
        if name.value == _FINDING:
            self.finding = value
        elif name.value in _SITE:
            self.sites.append(value)
        else:
            self.evaluations.append((name, value))

    def _reference(self, item: "Dataset") -> InstanceReference:
        found = instance_reference(item)
        return replace(found, series_uid=self.series.get(found.sop_uid, ""))

    def _image(self, item: "Dataset") -> None:
        for reference in item.get("ReferencedSOPSequence") or ():
            segment = reference.get("ReferencedSegmentNumber")
            if segment is None:
                self.images.append(self._reference(reference))
            else:
                number = segment[0] if hasattr(segment, "__iter__") else segment
                self.segment = SegmentReference(self._reference(reference), int(number))

    def _region(self, item: "Dataset", size: int) -> None:
        values = [float(value) for value in item.get("GraphicData") or ()]
        points = tuple(
            tuple(values[start : start + size]) for start in range(0, len(values) - size + 1, size)
        )
        image = None
        for child in _children(item):
            for reference in child.get("ReferencedSOPSequence") or ():
                image = image or self._reference(reference)
        frame = str(item.get("ReferencedFrameOfReferenceUID", "") or "")
        self.regions.append(Region(str(item.get("GraphicType", "")), points, image, frame))
