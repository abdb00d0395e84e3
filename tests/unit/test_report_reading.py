"""Structured reports as trees."""

import pytest

from core.errors import BadInput
from imaging.key_objects import OF_INTEREST, write_key_objects
from imaging.measurement_report_writing import write_measurement_report
from imaging.report_reading import read_report
from tests.dicom_factory import make_ct_series
from tests.report_factory import measured_ct


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sr")
    images, report = measured_ct(folder / "ct")
    write_measurement_report(folder / "sr.dcm", report, images)
    write_key_objects(folder / "ko.dcm", OF_INTEREST, images[:2], "compare these")
    return folder, images, report


def test_everything_that_the_report_says_is_in_the_tree(written):
    folder, images, _ = written
    report = read_report(folder / "sr.dcm")
    items = list(report.root.walk())
    assert (report.template, report.complete, report.verified) == ("1500", True, False)
    assert report.root.name is not None
    assert report.root.name.meaning == "Imaging Measurement Report"
    numbers = {item.name.meaning: (item.text, item.value.value) for item in items if item.kind == "NUM"}
    assert numbers == {"Length": ("12.5", "mm"), "Area": ("48.25", "mm2")}
    drawn = {item.text: item.points for item in items if item.kind in ("SCOORD", "SCOORD3D")}
    assert drawn == {"POLYLINE": 2, "POLYGON": 5}
    codes = {(item.name.meaning, item.value.meaning) for item in items if item.kind == "CODE"}
    assert ("Finding", "Nodule") in codes
    named = {reference.sop_uid for item in items for reference in item.references}
    assert str(images[1].SOPInstanceUID) in named
    assert all(r.series_uid == images[0].SeriesInstanceUID for item in items for r in item.references)


def test_the_tree_keeps_what_belongs_to_what(written):
    report = read_report(written[0] / "sr.dcm")
    groups = [item for item in report.root.walk() if item.name and item.name.value == "125007"]
    assert [item.kind for item in groups] == ["CONTAINER", "CONTAINER"]
    (length,) = [child for child in groups[0].children if child.kind == "NUM"]
    (line,) = length.children
    assert (line.kind, line.relationship) == ("SCOORD", "INFERRED FROM")
    assert [(child.kind, child.relationship) for child in line.children] == [("IMAGE", "SELECTED FROM")]
    (area,) = [child for child in groups[1].children if child.kind == "SCOORD3D"]
    assert area.relationship == "CONTAINS"


def test_a_key_object_selection_is_a_report_too(written):
    report = read_report(written[0] / "ko.dcm")
    assert [item.text for item in report.root.walk() if item.kind == "TEXT"] == ["compare these"]


def test_an_image_is_refused(tmp_path):
    made = make_ct_series(tmp_path, slices=1)
    with pytest.raises(BadInput, match="is no structured report"):
        read_report(made.files[0])
