"""Reports, key images and presentation states in the Care workspace, as a user meets them."""

import pytest
from PySide6.QtCore import QUrl

from core.coded_concept import InstanceReference
from core.presentation_state import Drawing, PresentationState
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.key_objects import OF_INTEREST, write_key_objects
from imaging.measurement_report_writing import write_measurement_report
from imaging.presentation_state_writing import write_presentation_state
from tests.report_factory import measured_ct
from viewers.orientation import Orientation
from viewers.ui.reading_window import ReadingWindow

PATIENCE_MS = 20_000


@pytest.fixture
def images(tmp_path, library):
    """A CT of eight slices with a report, key images and a presentation state, imported."""
    images, report = measured_ct(tmp_path / "study" / "ct", slices=8)
    folder = tmp_path / "study"
    write_measurement_report(folder / "sr.dcm", report, images)
    write_key_objects(folder / "ko.dcm", OF_INTEREST, [images[0], images[6]])
    references = tuple(
        InstanceReference(str(one.SOPClassUID), str(one.SOPInstanceUID), str(one.SeriesInstanceUID))
        for one in images[4:6]
    )
    drawn = (Drawing("CIRCLE", ((8.0, 8.0), (12.0, 8.0))),)
    state = PresentationState("A", references, (-600.0, 1500.0), rotation_deg=180, drawings=drawn)
    write_presentation_state(folder / "pr.dcm", state, images[4:6])
    result = import_paths(library, [folder])
    assert not result.rejected
    return images


@pytest.fixture
def workspace(make_workspace, qtbot, library, errors, images):
    made = make_workspace()
    made.resize(1000, 700)
    open_series(qtbot, made, library, "CT")
    yield made
    assert errors == []


def open_series(qtbot, workspace, library, modality):
    with StudyIndex.open(library) as index:
        (study,) = index.studies()
        series = next(one for one in index.series_of(study.study_uid) if one.modality == modality)
    workspace.open_series(series)
    objects = workspace.document.objects
    qtbot.waitUntil(lambda: len(objects.objects) == 3 and len(objects.shown) >= 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: workspace.document.filled_fraction == 1.0, timeout=PATIENCE_MS)


def object_of(workspace, kind):
    return next(one for one in workspace.document.objects.objects if one.kind.id == kind)


def slice_shown(workspace):
    document = workspace.document
    here = document.state.point_of(Orientation.ACQUIRED)
    return document.stack(Orientation.ACQUIRED).nearest_index(here)


def test_choosing_a_presentation_state_shows_the_images_as_it_says(workspace, qtbot):
    document = workspace.document
    before = document.state.window
    workspace.objects.activate_row(object_of(workspace, "presentation-state").sop_uid, "")
    qtbot.waitUntil(lambda: document.state.window.centre == -600.0, timeout=PATIENCE_MS)
    assert document.state.active_orientation is Orientation.ACQUIRED
    assert document.state.view(Orientation.ACQUIRED).quarter_turns == 2
    assert slice_shown(workspace) in (4, 5)
    view = workspace.grid.active_view()
    qtbot.waitUntil(lambda: view.pictures.settled and bool(view.pictures.marks), timeout=PATIENCE_MS)
    document.history.undo()
    assert document.state.window == before


def test_keys_go_through_the_key_images(workspace):
    assert "key-images" in workspace.states()
    workspace.document.go_to_end(Orientation.ACQUIRED, last=False)
    workspace.run("care.next-key-image")
    assert slice_shown(workspace) == 6
    workspace.run("care.previous-key-image")
    assert slice_shown(workspace) == 0
    workspace.run("care.key-images-only")
    assert "key-images-only" in workspace.states()
    workspace.document.scroll(Orientation.ACQUIRED, 1)
    assert slice_shown(workspace) == 6


def test_a_measurement_in_the_list_leads_to_its_slice(workspace):
    workspace.objects.activate_row(object_of(workspace, "report").sop_uid, "0")
    assert slice_shown(workspace) == 1


def test_a_report_from_the_library_opens_its_page_and_leads_to_its_images(workspace, qtbot, library, images):
    open_series(qtbot, workspace, library, "SR")
    qtbot.waitUntil(lambda: bool(workspace.findChildren(ReadingWindow)), timeout=PATIENCE_MS)
    (window,) = workspace.findChildren(ReadingWindow)
    qtbot.waitUntil(lambda: "nodule 1" in window.text.toPlainText(), timeout=PATIENCE_MS)
    window.text.anchorClicked.emit(QUrl(f"image:{images[7].SOPInstanceUID}"))
    qtbot.waitUntil(lambda: slice_shown(workspace) == 7, timeout=PATIENCE_MS)
    window.close()
