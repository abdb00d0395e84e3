"""What other programs derived is listed with what it holds."""

import json

import pytest

from core.library import Library
from imaging.derived_contents import contents_of
from imaging.importing import import_paths
from imaging.measurement_report_reading import read_measurement_report
from tests.system.test_command_line import sense

pytestmark = pytest.mark.corpus


@pytest.fixture
def objects(corpus):
    return corpus / "dicom-objects"


def test_the_measurements_of_a_report_with_a_segment(objects):
    report = read_measurement_report(objects / "dcmqi" / "sr-example" / "sr.dcm")
    segmentation = contents_of(objects / "dcmqi" / "sr-example" / "seg.dcm")
    (group,) = report.groups
    assert group.tracking_id == "primary tumor"
    assert group.segment.instance.sop_uid == segmentation["sop_uid"]
    assert group.segment.number == segmentation["segments"][0]["number"] == 1
    values = {
        (item.name.meaning, item.derivation.meaning if item.derivation else ""): (item.value, item.unit.value)
        for item in group.measurements
    }
    assert len(group.measurements) == len(values) == 22
    assert values["SUVbw", "Mean"] == (6.01529, "{SUVbw}g/ml")
    assert values["SUVbw", "Maximum"] == (10.3814, "{SUVbw}g/ml")
    assert values["Volume", ""] == (33.5824, "ml")
    assert values["Total Lesion Glycolysis", ""] == (202.008, "g")


def test_the_groups_of_a_report_with_regions(objects):
    folder = objects / "highdicom" / "test_files"
    report = read_measurement_report(folder / "sr_document_with_multiple_groups.dcm")
    found = [(group.tracking_id, group.measurements[0].value, len(group.regions)) for group in report.groups]
    assert found == [
        ("Image0001", -119.0738525390625, 0),
        ("LungNodule0001", 10.0, 1),
        ("Aorta0001", 20.0, 1),
        ("Vertebra0001", 200.0, 1),
    ]
    assert report.groups[1].regions[0].shape == "CIRCLE"
    image = contents_of(folder / "ct_image.dcm")
    assert report.groups[1].regions[0].image.sop_uid == image["sop_uid"]


def test_plans_value_maps_and_annotations_are_told(objects):
    plan = contents_of(objects / "dicompyler" / "testdata" / "example_data" / "rtplan.dcm")
    assert plan["prescriptions"][0] == {"description": "Breast", "type": "TARGET", "dose_gy": 14.0}
    assert [beam["name"] for beam in plan["beams"]] == ["3 RAO", "4 AP", "5 LAO", "6 LPO"]
    (mapping,) = contents_of(objects / "dcmqi" / "sr-example" / "rwvm.dcm")["maps"]
    assert (mapping["slope"], mapping["intercept"]) == (0.000375125, 0.0)
    assert mapping["unit"]["value"] == "{SUVbw}g/ml"
    annotations = contents_of(objects / "highdicom" / "test_files" / "sm_annotations.dcm")
    assert annotations["kind"] == "annotations"
    assert all(group["count"] > 0 for group in annotations["groups"])


def test_a_series_lists_what_its_segmentations_hold(objects, tmp_path):
    library = Library.open(tmp_path / "library")
    folder = objects / "dcmqi" / "segmentations"
    names = ["ct-3slice", "liver.dcm", "partial_overlaps.dcm"]
    found = import_paths(library, [folder / name for name in names]).series
    uid = next(series.series_uid for series in found if series.modality == "CT")
    report = json.loads(sense(library.folder, "series", uid, "--json").stdout)
    labels = [
        segment["label"]
        for series in report["derived"]
        for item in series.get("objects", ())
        for segment in item["segments"]
    ]
    assert sorted(labels) == ["DARK_BLUE", "GREEN", "LIGHT_BLUE", "Liver", "ORANGE", "PURPLE"]
    own = report["derived"][0]["series_uid"]
    assert json.loads(sense(library.folder, "series", own, "--json").stdout)["objects"][0]["segments"]
