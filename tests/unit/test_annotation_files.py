"""Annotations written as DICOM objects come back the same, and other programs can read them."""

import json
import shutil
import subprocess

import numpy as np
import pydicom.config
import pytest

from core.annotation import Annotation, AnnotationKind
from core.context import Context
from core.errors import BadInput
from imaging.importing import import_paths
from imaging.measurement_report_reading import read_measurement_report
from imaging.measurement_report_writing import write_measurement_report
from imaging.presentation_states import read_presentation_state
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series
from tests.report_factory import measured_ct
from viewers.annotation_files import (
    JSON,
    REPORT,
    STATE,
    TABLE,
    AnnotatedSeries,
    annotated_images,
    read_annotations,
    write_annotations,
)
from viewers.annotation_kinds import TRAITS
from viewers.annotation_report import AnnotatedImages
from viewers.annotation_shapes import canonical, drawn_points
from viewers.annotation_store import AnnotationStore
from viewers.annotation_values import MeasuredImages
from viewers.mpr_state import MprState, Pane, first_state, pane_plane
from viewers.orientation import Orientation
from viewers.report_command import ReportOptions, report_command
from viewers.series_loading import LoadingEvents, open_series

K = AnnotationKind


@pytest.fixture
def opened(library, tmp_path):
    return open_ct(library, make_ct_series(tmp_path / "ct", slices=8, rows=40, columns=48).folder)


def open_ct(library, folder):
    (series,) = import_paths(library, [folder]).series
    loaded = open_series(library, series, LoadingEvents(lambda *_: None, lambda *_: None))
    return series, loaded.volume, annotated_images(library, series, loaded.volume)


def drawn(volume, kind, orientation, number, **fields):
    """Draw an annotation in the middle of a view of 200 x 200 pixels."""
    plane = pane_plane(first_state(MprState(), volume), volume, Pane(orientation.value), (200, 200))
    clicks = TRAITS[kind].clicks or 5
    angles = 2 * np.pi * np.arange(clicks) / max(clicks, 2) + 0.3
    pixels = [(100 + 22 * np.cos(a), 100 + 17 * np.sin(a)) for a in angles]
    points = drawn_points(kind, [plane.lps_from_pixel(*pixel) for pixel in pixels], plane)
    return Annotation(f"2.25.{number}", kind, points, canonical(plane.normal), **fields)


def all_kinds(volume):
    for number, kind in enumerate(K):
        yield drawn(
            volume, kind, Orientation.AXIAL, 10 + number, text=f"finding {number}" if number % 2 else ""
        )
        yield drawn(volume, kind, Orientation.CORONAL, 110 + number, slab_mm=4.5, projection="maximum")


def assert_same(one, other):
    assert (one.uid, one.kind, one.text) == (other.uid, other.kind, other.text)
    assert (one.slab_mm, one.projection) == (other.slab_mm, other.projection)
    assert np.array(one.points_lps_mm) == pytest.approx(np.array(other.points_lps_mm), abs=1e-4)
    assert np.array(one.normal_lps) == pytest.approx(np.array(other.normal_lps), abs=1e-6)


def source_of(opened, annotations):
    _, volume, images = opened
    return AnnotatedSeries(images, tuple(annotations), MeasuredImages(volume, modality="CT"), (40.0, 400.0))


def test_every_kind_comes_back_from_a_report(opened, tmp_path):
    annotations = list(all_kinds(opened[1]))
    path = tmp_path / "report.dcm"
    assert write_annotations(path, source_of(opened, annotations), REPORT) == ()
    found, others = read_annotations(path, opened[2])
    assert others == 0
    for one, other in zip(found, annotations, strict=True):
        assert_same(one, other)


def test_the_numbers_of_a_report_are_those_that_were_shown(opened, tmp_path):
    length = drawn(opened[1], K.LENGTH, Orientation.AXIAL, 1)
    source = source_of(opened, [length])
    path = tmp_path / "report.dcm"
    write_annotations(path, source, REPORT)
    (group,) = read_measurement_report(path).groups
    (number,) = group.measurements
    assert number.value == pytest.approx(source.readings(length).measurements[0].value)
    assert (number.name.value, number.unit.value) == ("410668003", "mm")
    (region,) = group.regions
    assert region.image is not None
    assert region.shape == "POLYLINE"


def test_a_report_of_another_program_can_be_changed_here(library, tmp_path):
    _, report = measured_ct(tmp_path / "ct")
    opened = open_ct(library, tmp_path / "ct")
    headers = [source_header(one) for one in sorted((tmp_path / "ct").iterdir())]
    write_measurement_report(tmp_path / "report.dcm", report, headers)
    found, others = read_annotations(tmp_path / "report.dcm", opened[2])
    assert [one.kind for one in found] == [K.LENGTH, K.POLYGON]
    assert [one.text for one in found] == ["nodule 1", "nodule 2"]
    assert others == 0
    first, last = np.array(found[0].points_lps_mm)
    assert np.linalg.norm(last - first) == pytest.approx(6.0)


def test_a_report_on_other_images_is_refused(opened, tmp_path):
    path = tmp_path / "report.dcm"
    write_annotations(path, source_of(opened, [drawn(opened[1], K.LENGTH, Orientation.AXIAL, 1)]), REPORT)
    images = opened[2]
    other = AnnotatedImages(
        type(images.places)(images.places.geometry, {}), images.instances, "1.2.3", lps_known=True
    )
    with pytest.raises(BadInput):
        read_annotations(path, other)


def test_a_presentation_state_has_what_lies_on_the_images(opened, tmp_path):
    annotations = list(all_kinds(opened[1]))
    path = tmp_path / "state.dcm"
    (told,) = write_annotations(path, source_of(opened, annotations), STATE)
    in_space = sum(TRAITS[kind].in_space for kind in K)
    assert told.values["count"] == len(annotations) // 2 + in_space
    state = read_presentation_state(path)
    assert (state.label, state.window) == ("MEASUREMENTS", (40.0, 400.0))
    shapes = [one.shape for one in state.drawings]
    assert shapes.count("ELLIPSE") == 1
    assert shapes.count("INTERPOLATED") == 1
    length = next(one for one in annotations if one.kind is K.LENGTH)
    (line, *_) = state.drawings
    k = opened[2].slice_of(length)
    expected = opened[2].places.pixels(k, np.array(length.points_lps_mm))
    assert np.array(line.points) == pytest.approx(expected, abs=1e-4)
    assert any(note.text.startswith("finding") for note in state.notes)


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy (dicom3tools) is not installed")
@pytest.mark.parametrize("form", [REPORT, STATE])
def test_no_error_is_found_in_what_is_written(opened, tmp_path, form):
    path = tmp_path / "object.dcm"
    write_annotations(path, source_of(opened, all_kinds(opened[1])), form)
    done = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert errors == []


def test_highdicom_reads_the_report(opened, tmp_path):
    import highdicom as hd

    path = tmp_path / "report.dcm"
    write_annotations(path, source_of(opened, all_kinds(opened[1])), REPORT)
    content = hd.sr.srread(path).content
    planar = content.get_planar_roi_measurement_groups()
    numbers = content.get_image_measurement_groups()
    volumes = content.get_volumetric_roi_measurement_groups()
    assert len(planar) + len(numbers) + len(volumes) == 2 * len(K)


def test_measurements_are_written_as_a_table_and_as_json(opened, tmp_path):
    source = source_of(opened, [drawn(opened[1], K.ELLIPSE, Orientation.AXIAL, 1, text="liver")])
    write_annotations(tmp_path / "a.json", source, JSON)
    (one,) = json.loads((tmp_path / "a.json").read_text())["measurements"]
    assert (one["kind"], one["text"], len(one["values"])) == ("ellipse", "liver", 6)
    write_annotations(tmp_path / "a.tsv", source, TABLE)
    assert (tmp_path / "a.tsv").read_text("utf-8-sig").startswith("liver\tMean ")
    with pytest.raises(BadInput):
        write_annotations(tmp_path / "a.tsv", source, TABLE)


def test_the_command_line_writes_what_was_drawn(opened, library, tmp_path):
    series, volume, images = opened
    context = Context(library)
    with pytest.raises(BadInput):
        report_command(context, ReportOptions(series.series_uid, tmp_path / "a.dcm"))
    length = drawn(volume, K.LENGTH, Orientation.AXIAL, 1)
    AnnotationStore(library).save(series.series_uid, series.part, [length])
    written = report_command(context, ReportOptions(series.series_uid, tmp_path / "a.dcm"))
    assert [one["kind"] for one in written.to_json()["measurements"]] == ["length"]
    (found,), _ = read_annotations(tmp_path / "a.dcm", images)
    assert_same(found, length)


@pytest.mark.parametrize(("age", "kept"), [("042Y", True), ("42", False), ("", False)])
def test_an_age_that_is_none_is_not_taken_over(tmp_path, age, kept):
    with pydicom.config.disable_value_validation():
        made = make_ct_series(tmp_path / "ct", slices=1, attributes={"PatientAge": age})
        assert ("PatientAge" in source_header(made.files[0])) is kept
