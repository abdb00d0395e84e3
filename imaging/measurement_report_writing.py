"""Writing structured reports of measurements with highdicom (PS3.16 TID 1500, Comprehensive 3D SR)."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.coded_concept import InstanceReference
from core.errors import BadInput
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, Region
from core.message import QT_TRANSLATE_NOOP, message
from imaging.coded_terms import code
from imaging.equipment import MANUFACTURER, MODEL, SERIAL, contributing_equipment
from imaging.instance_decoding import derived_uid
from imaging.object_file import write_object

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_BODIES = ("ELLIPSOID", "POINT")


def write_measurement_report(
    path: Path, report: MeasurementReport, evidence: list["Dataset"], *, force: bool = False
) -> None:
    """Write a report.

    Parameters
    ----------
    evidence : list of Dataset
        Headers of every object that the groups refer to, of one study; the first gives patient and study.

    Raises
    ------
    BadInput
        When `path` exists and may not be replaced, or the report is empty.
    ValueError
        When a group refers to what is not among `evidence`.
    """
    write_object(path, measurement_report_object(report, evidence), force=force)


def measurement_report_object(report: MeasurementReport, evidence: list["Dataset"]) -> "Dataset":
    """Make the data set; see `write_measurement_report`."""
    import highdicom.sr as sr
    from pydicom.sr.codedict import codes
    from pydicom.uid import generate_uid

    if not report.groups:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "The report holds no measurements.")))
    procedures = [code(procedure) for procedure in report.procedures]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = sr.MeasurementReport(
            observation_context=_observer(),
            procedure_reported=procedures or [sr.CodedConcept("363679005", "SCT", "Imaging procedure")],
            imaging_measurements=[_group(group) for group in report.groups],
            title=code(report.title) if report.title.value else codes.DCM.ImagingMeasurementReport,
        )
        return sr.Comprehensive3DSR(
            evidence=evidence,
            content=content,
            series_instance_uid=generate_uid(prefix=None),
            series_number=1002,
            sop_instance_uid=generate_uid(prefix=None),
            instance_number=1,
            manufacturer=MANUFACTURER,
            is_complete=True,
            series_description="Measurements",
            contributing_equipment=[contributing_equipment("report of measurements")],
        )


def _observer() -> Any:
    import highdicom.sr as sr
    from pydicom.sr.codedict import codes

    device = sr.DeviceObserverIdentifyingAttributes(
        uid=derived_uid("device observer", MODEL),
        name=MODEL,
        manufacturer_name=MANUFACTURER,
        model_name=MODEL,
        serial_number=SERIAL,
    )
    context = sr.ObserverContext(observer_type=codes.DCM.Device, observer_identifying_attributes=device)
    return sr.ObservationContext(observer_device_context=context)


def _group(group: MeasurementGroup) -> Any:
    import highdicom.sr as sr

    shared: dict[str, Any] = {
        "tracking_identifier": sr.TrackingIdentifier(group.tracking_uid or None, group.tracking_id or None),
        "finding_type": code(group.finding) if group.finding else None,
        "finding_sites": [sr.FindingSite(code(site)) for site in group.sites] or None,
        "measurements": [_measurement(item) for item in group.measurements] or None,
        "qualitative_evaluations": [
            sr.QualitativeEvaluation(code(name), code(value)) for name, value in group.evaluations
        ]
        or None,
    }
    if group.measurements and group.regions and all(_is_line(region) for region in group.regions):
        shared["measurements"] = _measurements_on_lines(group)
        return sr.MeasurementsAndQualitativeEvaluations(**shared)
    if group.segment is not None:
        return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
            referenced_segment=_segment(group), **shared
        )
    if len(group.regions) > 1 and all(region.image is not None for region in group.regions):
        regions = [_region(region) for region in group.regions]
        return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(referenced_regions=regions, **shared)
    if group.regions and _is_body(group.regions[0]) and (group.images or group.source_series_uid):
        return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
            referenced_volume_surface=_surface(group), **shared
        )
    if group.regions:
        return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            referenced_region=_region(group.regions[0]), **shared
        )
    images = [sr.SourceImageForMeasurementGroup(item.sop_class_uid, item.sop_uid) for item in group.images]
    return sr.MeasurementsAndQualitativeEvaluations(source_images=images or None, **shared)


def _is_body(region: Region) -> bool:
    """Whether a region is a surface in space on its own."""
    return region.image is None and region.shape in _BODIES


def _is_line(region: Region) -> bool:
    """Whether a region encloses nothing, so that its numbers are inferred from it (TID 300, row 15)."""
    open_line = region.shape == "POLYLINE" and region.points[0] != region.points[-1]
    return region.shape == "POINT" or open_line


def _measurements_on_lines(group: MeasurementGroup) -> list[Any]:
    """Give each number its line, or all lines to the first one where they are not as many."""
    each = len(group.regions) == len(group.measurements)
    lines = [_coordinates(region) for region in group.regions]
    found: list[Any] = []
    for number, measurement in enumerate(group.measurements):
        own = [lines[number]] if each else lines if number == 0 else []
        found.append(_measurement(measurement, own))
    return found


def _coordinates(region: Region) -> Any:
    import highdicom.sr as sr

    points = np.array(region.points, np.float64)
    if region.image is None:
        return sr.CoordinatesForMeasurement3D(region.shape, points, region.frame_of_reference_uid)
    return sr.CoordinatesForMeasurement(region.shape, points, _source_image(region.image))


def _measurement(measurement: Measurement, coordinates: list[Any] | None = None) -> Any:
    import highdicom.sr as sr

    return sr.Measurement(
        name=code(measurement.name),
        value=float(measurement.value),
        unit=code(measurement.unit),
        derivation=code(measurement.derivation) if measurement.derivation else None,
        method=code(measurement.method) if measurement.method else None,
        referenced_coordinates=coordinates or None,
    )


def _segment(group: MeasurementGroup) -> Any:
    import highdicom.sr as sr

    segment = group.segment
    assert segment is not None
    instance = segment.instance
    return sr.ReferencedSegment(instance.sop_class_uid, instance.sop_uid, segment.number, **_sources(group))


def _sources(group: MeasurementGroup) -> dict[str, Any]:
    """Name the series that a region was found on, or else its images."""
    import highdicom.sr as sr

    if group.source_series_uid:
        return {"source_series": sr.SourceSeriesForSegmentation(group.source_series_uid)}
    return {
        "source_images": [
            sr.SourceImageForSegmentation(image.sop_class_uid, image.sop_uid) for image in group.images
        ]
    }


def _surface(group: MeasurementGroup) -> Any:
    import highdicom.sr as sr

    region = group.regions[0]
    points = np.array(region.points, np.float64)
    graphic = sr.GraphicTypeValues3D(region.shape)
    several = [points] if graphic is not sr.GraphicTypeValues3D.POINT else list(points)
    return sr.VolumeSurface(graphic, several, region.frame_of_reference_uid, **_sources(group))


def _region(region: Region) -> Any:
    import highdicom.sr as sr

    points = np.array(region.points, np.float64)
    if region.image is None:
        return sr.ImageRegion3D(region.shape, points, region.frame_of_reference_uid)
    return sr.ImageRegion(region.shape, points, _source_image(region.image))


def _source_image(image: InstanceReference) -> Any:
    import highdicom.sr as sr

    return sr.SourceImageForRegion(image.sop_class_uid, image.sop_uid, list(image.frames) or None)
