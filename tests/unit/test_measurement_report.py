"""Reports of measurements come back as they were written."""

import copy
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, Region, SegmentReference
from imaging.measurement_report_reading import read_measurement_report
from imaging.measurement_report_writing import measurement_report_object, write_measurement_report
from imaging.object_file import read_object
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series

VOLUME = CodedConcept("118565006", "SCT", "Volume")
ML = CodedConcept("ml", "UCUM", "milliliter")
MEAN = CodedConcept("373098007", "SCT", "Mean")
TITLE = CodedConcept("126000", "DCM", "Imaging Measurement Report")
CT = "1.2.840.10008.5.1.4.1.1.2"
SEG = "1.2.840.10008.5.1.4.1.1.66.4"


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    made = make_ct_series(tmp_path_factory.mktemp("ct"), slices=3)
    headers = [source_header(file) for file in made.files]
    segmentation = copy.deepcopy(headers[0])
    segmentation.SOPClassUID, segmentation.SOPInstanceUID = SEG, "1.2.3.4"
    segmentation.SeriesInstanceUID = "1.2.3"
    return [*headers, segmentation]


def groups(images) -> tuple[MeasurementGroup, ...]:
    image = InstanceReference(CT, str(images[0].SOPInstanceUID), str(images[0].SeriesInstanceUID))
    liver = CodedConcept("10200004", "SCT", "Liver")
    normal = (
        CodedConcept("121402", "DCM", "Normality"),
        CodedConcept("17621005", "SCT", "Normal"),
    )
    volume = Measurement(VOLUME, 12.3456789, ML, MEAN)
    circle = Region("CIRCLE", ((10.5, 8.5), (14.5, 8.5)), image)
    line = Region("POLYLINE", ((1.0, 2.0), (5.0, 2.0), (5.0, 7.0)), image)
    box = ((0.0, 0.0, 1.0), (4.0, 0.0, 1.0), (4.0, 4.0, 1.0), (0.0, 0.0, 1.0))
    plane = Region("POLYGON", box, None, str(images[0].FrameOfReferenceUID))
    segment = SegmentReference(InstanceReference(SEG, "1.2.3.4", "1.2.3"), 3)
    return (
        MeasurementGroup(
            "lesion 1", "1.2.1", liver, (liver,), (volume,), (normal,), segment, (), (), "1.2.9"
        ),
        MeasurementGroup("lesion 2", "1.2.2", liver, (), (volume, volume), regions=(circle,)),
        MeasurementGroup("lesion 3", "1.2.3", None, (), (volume,), regions=(circle, line)),
        MeasurementGroup("lesion 4", "1.2.4", None, (), (volume,), regions=(plane,)),
        MeasurementGroup("image", "1.2.5", None, (), (volume,), images=(image,)),
    )


def test_every_kind_of_group_comes_back(images, tmp_path):
    report = MeasurementReport(
        TITLE, groups(images), (CodedConcept("363679005", "SCT", "Imaging procedure"),)
    )
    write_measurement_report(tmp_path / "sr.dcm", report, images)
    read = read_measurement_report(tmp_path / "sr.dcm")
    assert read.title == TITLE
    assert read.procedures == report.procedures
    assert read.groups == report.groups
    assert {reference.sop_uid for reference in read.references} >= {str(images[0].SOPInstanceUID)}


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
def test_the_validator_finds_no_error(images, tmp_path):
    path = tmp_path / "sr.dcm"
    write_measurement_report(path, MeasurementReport(TITLE, groups(images)), images)
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda value: value == 0 or abs(value) > 1e-6))
def test_values_are_kept(tmp_path_factory, images, value):
    group = MeasurementGroup("a", "1.2", None, (), (Measurement(VOLUME, value, ML),))
    path = tmp_path_factory.mktemp("sr") / "sr.dcm"
    write_measurement_report(path, MeasurementReport(TITLE, (group,)), images)
    (read,) = read_measurement_report(path).groups
    assert read.measurements[0].value == pytest.approx(value, rel=1e-12)


def test_a_region_that_a_number_was_inferred_from_is_found(images, tmp_path):
    """As OHIF and others write lengths: the line stands below the number, not beside it."""
    (drawn,) = [group for group in groups(images) if group.tracking_id == "lesion 2"]
    path = tmp_path / "sr.dcm"
    write_measurement_report(path, MeasurementReport(TITLE, (drawn,)), images)
    data = read_object(path)
    found = next(
        item for item in data.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == "126010"
    )
    group = found.ContentSequence[0]
    region = next(item for item in group.ContentSequence if item.ValueType == "SCOORD")
    number = next(item for item in group.ContentSequence if item.ValueType == "NUM")
    region.RelationshipType = "INFERRED FROM"
    number.ContentSequence = [*(number.get("ContentSequence") or ()), region]
    group.ContentSequence = [item for item in group.ContentSequence if item is not region]
    data.save_as(path)
    (read,) = read_measurement_report(tmp_path / "sr.dcm").groups
    assert read.regions == drawn.regions
    assert read.measurements == drawn.measurements


def _code(item) -> str:
    return str(item.ConceptNameCodeSequence[0].CodeValue)


def test_an_empty_report_and_an_image_are_refused(images, tmp_path):
    with pytest.raises(BadInput, match="no measurements"):
        measurement_report_object(MeasurementReport(TITLE, ()), images)
    made = make_ct_series(tmp_path / "ct", slices=1)
    with pytest.raises(BadInput, match="no report"):
        read_measurement_report(made.files[0])
