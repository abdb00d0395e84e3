"""Reported measurements and what they were made on."""

from dataclasses import dataclass
from typing import Any

from core.coded_concept import CodedConcept, InstanceReference


@dataclass(frozen=True)
class Measurement:
    """One number with its meaning.

    Parameters
    ----------
    name : CodedConcept
        What was measured: (118565006, SCT, "Volume").
    value : float
        In `unit`.
    unit : CodedConcept
        In UCUM: ("ml", UCUM, "milliliter").
    derivation, method : CodedConcept, optional
        Mean, maximum, ... of the voxels; how it was measured.
    """

    name: CodedConcept
    value: float
    unit: CodedConcept
    derivation: CodedConcept | None = None
    method: CodedConcept | None = None

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary."""
        return {
            "name": self.name.to_json(),
            "value": self.value,
            "unit": self.unit.to_json(),
            "derivation": self.derivation.to_json() if self.derivation else None,
            "method": self.method.to_json() if self.method else None,
        }


@dataclass(frozen=True)
class SegmentReference:
    """A segment of a segmentation object.

    Parameters
    ----------
    instance : InstanceReference
        The object.
    number : int
        Its segment.
    """

    instance: InstanceReference
    number: int


@dataclass(frozen=True)
class Region:
    """A drawn region.

    Parameters
    ----------
    shape : str
        GraphicType: "POINT", "POLYLINE", "POLYGON", "CIRCLE", "ELLIPSE", ...
    points : tuple of tuple of float
        (column, row) on `image`, the centre of the first pixel at (0.5, 0.5) (PS3.3 C.18.6), or (x, y, z) in
        LPS millimetres.
    image : InstanceReference, optional
        Of a region in two dimensions.
    frame_of_reference_uid : str
        Of a region in three dimensions.
    """

    shape: str
    points: tuple[tuple[float, ...], ...]
    image: InstanceReference | None = None
    frame_of_reference_uid: str = ""


@dataclass(frozen=True)
class MeasurementGroup:
    """What was found and measured at one place (TID 1410, 1411, 1501).

    Parameters
    ----------
    tracking_id, tracking_uid : str
        What identifies the finding over several reports.
    finding : CodedConcept, optional
        What it is.
    sites : tuple of CodedConcept
        Where it is.
    measurements : tuple of Measurement
    evaluations : tuple of (CodedConcept, CodedConcept)
        Name and value of what is not a number.
    segment : SegmentReference, optional
        Where it was measured; or
    regions : tuple of Region
        where it was drawn.
    images : tuple of InstanceReference
        What it was measured on.
    source_series_uid : str
        Series of those images, where the report names it.
    """

    tracking_id: str = ""
    tracking_uid: str = ""
    finding: CodedConcept | None = None
    sites: tuple[CodedConcept, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    evaluations: tuple[tuple[CodedConcept, CodedConcept], ...] = ()
    segment: SegmentReference | None = None
    regions: tuple[Region, ...] = ()
    images: tuple[InstanceReference, ...] = ()
    source_series_uid: str = ""

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary."""
        segment = self.segment
        return {
            "tracking_id": self.tracking_id,
            "tracking_uid": self.tracking_uid,
            "finding": self.finding.to_json() if self.finding else None,
            "sites": [site.to_json() for site in self.sites],
            "measurements": [measurement.to_json() for measurement in self.measurements],
            "evaluations": [
                {"name": name.to_json(), "value": value.to_json()} for name, value in self.evaluations
            ],
            "segment": segment and {"sop_uid": segment.instance.sop_uid, "number": segment.number},
            "regions": [
                {
                    "shape": region.shape,
                    "points": [list(point) for point in region.points],
                    "sop_uid": region.image.sop_uid if region.image else None,
                }
                for region in self.regions
            ],
            "images": [image.sop_uid for image in self.images],
        }


@dataclass(frozen=True)
class MeasurementReport:
    """A report of measurements (TID 1500).

    Parameters
    ----------
    title : CodedConcept
        Of the document.
    groups : tuple of MeasurementGroup
    procedures : tuple of CodedConcept
        What was examined.
    references : tuple of InstanceReference
        Everything that it refers to.
    """

    title: CodedConcept
    groups: tuple[MeasurementGroup, ...]
    procedures: tuple[CodedConcept, ...] = ()
    references: tuple[InstanceReference, ...] = ()
