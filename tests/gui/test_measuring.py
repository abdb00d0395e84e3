"""Measuring with the mouse in the Care workspace: drawn, changed, undone, listed, kept."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QInputDialog

from core.annotation import AnnotationKind
from imaging.importing import import_paths
from tests.dicom_factory import make_ct_series
from viewers.annotation_store import AnnotationStore

PATIENCE_MS = 20_000


@pytest.fixture
def workspace(make_workspace, library, tmp_path, qtbot):
    library.settings.set("viewer.layout", "1x3")
    made = make_workspace()
    opened(made, library, tmp_path, qtbot)
    return made


def opened(workspace, library, tmp_path, qtbot):
    folder = make_ct_series(tmp_path / "ct", slices=8, rows=40, columns=40).folder
    (series,) = import_paths(library, [folder]).series
    workspace.open_series(series)
    qtbot.waitUntil(
        lambda: workspace.document.volume is not None and workspace.document.filled_fraction == 1,
        timeout=PATIENCE_MS,
    )


@pytest.fixture
def view(workspace, qtbot):
    workspace.resize(1200, 600)
    workspace.show()
    (first, *_) = workspace.grid.views()
    qtbot.waitUntil(lambda: first.pictures.settled and first.width() > 150, timeout=PATIENCE_MS)
    return first


def drag(qtbot, view, start, end):
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(view, start + (end - start) * share)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


def run(workspace, command):
    workspace._services.run_command(command)


def middle(view, dx=0, dy=0):
    return QPoint(view.width() // 2 + dx, view.height() // 2 + dy)


def test_a_length_is_drawn_changed_undone_listed_and_kept(workspace, view, library, qtbot):
    document = workspace.document
    run(workspace, "care.tool-length")
    assert not workspace.measurements.isHidden()
    drag(qtbot, view, middle(view, -40), middle(view, 40))
    (length,) = document.annotations.items
    assert length.kind is AnnotationKind.LENGTH
    expected = 80 * view.plane().spacing_mm[0] * view.devicePixelRatioF()
    assert document.readings(length).measurements[0].value == pytest.approx(expected)
    assert workspace.measurements.tree.topLevelItemCount() == 1
    # An end is taken hold of with any tool.
    run(workspace, "care.tool-window")
    window = document.state.window
    drag(qtbot, view, middle(view, 40), middle(view, 40, 30))
    (changed,) = document.annotations.items
    assert changed.points_lps_mm[0] == length.points_lps_mm[0]
    assert changed.points_lps_mm[1] != length.points_lps_mm[1]
    assert document.state.window == window
    document.history.undo()
    assert document.annotations.items == (length,)
    document.history.undo()
    assert document.annotations.items == ()
    document.history.redo()
    series, openings = document.series, document.openings
    qtbot.waitUntil(
        lambda: AnnotationStore(library).load(series.series_uid) == (length,), timeout=PATIENCE_MS
    )
    workspace.open_series(series)
    qtbot.waitUntil(lambda: document.openings > openings, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: document.annotations.items == (length,), timeout=PATIENCE_MS)
    assert document.history.undo_title is None


def test_an_angle_takes_three_clicks_and_escape_gives_it_up(workspace, view, qtbot):
    annotations = workspace.document.annotations
    run(workspace, "care.tool-angle")
    for place in (middle(view, -40), middle(view)):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseMove(view, place + QPoint(0, 20))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 0, -30))
    assert annotations.items == ()
    for place in (middle(view), middle(view, 40, 30)):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert [one.kind for one in annotations.items] == [AnnotationKind.ANGLE]
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert annotations.items == ()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert "tool-window" in workspace.states()


def test_an_ellipse_tells_the_values_under_it(workspace, view, qtbot):
    document = workspace.document
    run(workspace, "care.tool-ellipse")
    drag(qtbot, view, middle(view, -30, -30), middle(view, 30, 20))
    (ellipse,) = document.annotations.items
    meanings = [(one.derivation or one.name).meaning for one in document.readings(ellipse).measurements]
    assert meanings == ["Mean", "Standard Deviation", "Minimum", "Maximum", "Area", "Perimeter"]
    assert document.readings(ellipse).measurements[0].unit.value == "[hnsf'U]"


def test_a_polygon_is_closed_by_a_double_click(workspace, view, qtbot):
    annotations = workspace.document.annotations
    run(workspace, "care.tool-polygon")
    for place in (middle(view, -30, -30), middle(view, 30, -30), middle(view, 30, 30)):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 30, 30))
    (polygon,) = annotations.items
    assert len(polygon.points_lps_mm) == 3


def test_a_row_leads_back_to_the_slice(workspace, view, qtbot):
    document = workspace.document
    run(workspace, "care.tool-length")
    drag(qtbot, view, middle(view, -40), middle(view, 40))
    place = document.state.cursor_lps_mm
    document.scroll(view.orientation, 3)
    assert document.state.cursor_lps_mm != place
    tree = workspace.measurements.tree
    tree.itemClicked.emit(tree.topLevelItem(0), 0)
    assert document.state.cursor_lps_mm[2] == place[2]


def test_what_overlays_hide_cannot_be_taken_hold_of(workspace, view, qtbot):
    document = workspace.document
    run(workspace, "care.tool-length")
    drag(qtbot, view, middle(view, -40), middle(view, 40))
    run(workspace, "care.tool-window")
    run(workspace, "care.toggle-objects")
    before = document.annotations.items
    drag(qtbot, view, middle(view, 40), middle(view, 40, 30))
    assert document.annotations.items == before


def test_measurements_become_objects_of_the_study_and_come_back(workspace, view, library, qtbot):
    document = workspace.document
    run(workspace, "care.tool-length")
    drag(qtbot, view, middle(view, -40), middle(view, 40))
    (length,) = document.annotations.items
    run(workspace, "care.add-annotations-to-study")
    qtbot.waitUntil(lambda: len(document.objects.objects) == 2, timeout=PATIENCE_MS)
    assert {one.kind.id for one in document.objects.objects} == {"report", "presentation-state"}
    assert document.objects.shown == ()  # it is seen already, where it can be changed
    run(workspace, "care.delete-annotations")
    assert document.annotations.items == ()
    report = next(one for one in document.objects.objects if one.kind.id == "report")
    workspace.objects.report_wanted.emit(report)
    qtbot.waitUntil(lambda: len(document.annotations.items) == 1, timeout=PATIENCE_MS)
    (back,) = document.annotations.items
    assert (back.uid, back.kind) == (length.uid, length.kind)
    for one, other in zip(back.points_lps_mm, length.points_lps_mm, strict=True):
        assert one == pytest.approx(other, abs=1e-3)


def test_measurements_are_saved_as_a_table(workspace, view, tmp_path, qtbot):
    run(workspace, "care.tool-ellipse")
    drag(qtbot, view, middle(view, -30, -30), middle(view, 30, 20))
    path = tmp_path / "table.tsv"
    workspace.annotation_files.save(path, "table")
    qtbot.waitUntil(path.exists, timeout=PATIENCE_MS)
    assert path.read_text("utf-8-sig").startswith("Ellipse\tMean ")


def test_a_radiograph_is_calibrated_by_a_length_and_remembers_it(make_workspace, library, tmp_path, qtbot):
    attributes = {"Modality": "DX", "ImagerPixelSpacing": [0.2, 0.2]}
    folder = make_ct_series(tmp_path / "dx", slices=1, rows=40, columns=40, attributes=attributes).folder
    (series,) = import_paths(library, [folder]).series
    workspace = make_workspace()
    workspace.open_series(series)
    document = workspace.document
    qtbot.waitUntil(lambda: document.facts.calibration is not None, timeout=PATIENCE_MS)
    workspace.resize(1200, 600)
    workspace.show()
    (view,) = workspace.grid.views()
    qtbot.waitUntil(lambda: view.pictures.settled and view.width() > 150, timeout=PATIENCE_MS)
    run(workspace, "care.tool-length")
    drag(qtbot, view, middle(view, -40), middle(view, 40))
    (length,) = document.annotations.items
    assert workspace.measurements.note.text()
    workspace.measurements.calibrate(length.uid, 100.0)
    assert document.readings(length).measurements[0].value == pytest.approx(100.0)
    assert "100 mm" in workspace.measurements.note.text()
    openings = document.openings
    workspace.open_series(series)
    qtbot.waitUntil(lambda: document.openings > openings, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: document.annotations.calibration is not None, timeout=PATIENCE_MS)
    assert document.readings(length).measurements[0].value == pytest.approx(100.0)


def test_what_was_begun_is_given_up_with_its_tool(workspace, view, qtbot):
    document = workspace.document
    run(workspace, "care.tool-angle")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, -40))
    (editor,) = document.editors
    assert editor.drawing
    run(workspace, "care.tool-window")
    qtbot.mouseMove(view, middle(view, 10))
    qtbot.mouseMove(view, middle(view, 12))
    assert not editor.drawing
    assert document.annotations.items == ()


@pytest.mark.parametrize("text", ["here", ""])
def test_a_text_is_asked_for_and_an_empty_one_leaves_nothing(workspace, view, qtbot, text):
    run(workspace, "care.tool-text")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, 20, 20))
    (dialog,) = workspace.measurements.findChildren(QInputDialog)
    dialog.setTextValue(text)
    dialog.accept()
    qtbot.waitUntil(lambda: not workspace.measurements.findChildren(QInputDialog), timeout=PATIENCE_MS)
    assert [one.text for one in workspace.document.annotations.items] == ([text] if text else [])
