"""The Care workspace with real files, jobs and widgets, off screen."""

import dataclasses
import gc
import weakref

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from core.message import message
from tests.dicom_factory import make_ct_series
from viewers.contribution import CONTRIBUTION
from viewers.library_list import SERIES_MIME_TYPE, encode_series
from viewers.mouse_tools import MouseTool
from viewers.orientation import Orientation
from viewers.ui.picture_saving import ViewPictures
from viewers.window_level import Window

LOADED_MS = 20_000
EXCLUSIVE = ("layout", "plane", "tool", "slab", "interpolation")


@pytest.fixture
def series(tmp_path):
    return make_ct_series(tmp_path / "ct", slices=12, rows=24, columns=20)


@pytest.fixture
def runner(services):
    return services.runner


@pytest.fixture
def workspace(make_workspace, library):
    library.settings.set("viewer.layout", "1x3")
    return make_workspace()


@pytest.fixture
def opened(qtbot, workspace, series):
    workspace.open_paths([series.folder])
    qtbot.waitUntil(
        lambda: (
            workspace.document.volume is not None
            and not workspace.opener.loading
            and workspace.document.series.instances == 12
        ),
        timeout=LOADED_MS,
    )
    settle(qtbot, workspace)
    return workspace


def settle(qtbot, workspace):
    views = list(workspace.grid.views())
    qtbot.waitUntil(lambda: all(view.pictures.settled for view in views if view.isVisible()), timeout=10_000)


def test_nothing_open_says_how_to_begin(workspace):
    assert workspace._pages.currentWidget() is workspace._empty
    assert "series-open" not in workspace.states()


def test_files_that_are_dropped_are_shown(opened, series):
    document = opened.document
    assert np.array_equal(document.volume.voxels, series.voxels)
    assert document.series.series_uid == series.series_uid
    assert {"series-open", "ct-open"} <= opened.states()
    assert [view.orientation for view in opened.grid.views()] == [
        Orientation.AXIAL,
        Orientation.CORONAL,
        Orientation.SAGITTAL,
    ]


def test_every_command_runs_and_its_check_follows(qtbot, opened, monkeypatch):
    monkeypatch.setattr(ViewPictures, "ask_to_save", lambda self, *, texts: None)
    for command in (command for command in CONTRIBUTION.commands if ".volume." not in command.id):
        if "layout" in command.id and "layout-t" not in command.id and command.id != "care.layout-nine":
            continue
        if command.id.startswith("care.volume."):
            continue  # they need a 3D view: see test_volume_view.py
        if command.workspace is None:
            continue  # they are asked for their options first
        if command.enabled_when in ("volumes-open", "pet-open", "suv-open", "key-images"):
            continue  # see test_volume_film.py, test_series_facts.py, test_reports_and_states.py
        before = opened.states()
        opened.run(command.id)
        if command.checked_when is not None:
            toggles = command.checked_when in before
            exclusive = command.checked_when.split("-")[0] in EXCLUSIVE
            assert (command.checked_when in opened.states()) is (exclusive or not toggles), command.id
    settle(qtbot, opened)


def test_a_double_click_maximises_and_another_restores(qtbot, opened):
    first, second, third = opened.grid.views()
    qtbot.mouseDClick(second, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert second.isVisible()
    assert not first.isVisible()
    qtbot.waitUntil(lambda: second.width() > 600)
    qtbot.mouseDClick(second, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert first.isVisible()
    assert third.isVisible()


@pytest.mark.parametrize(
    ("command", "count"), [("layout-one", 1), ("layout-two", 2), ("layout-three", 3), ("layout-nine", 9)]
)
def test_layouts_have_their_number_of_views(qtbot, opened, command, count):
    opened.run(f"care.{command}")
    views = list(opened.grid.views())
    assert len(views) == count
    assert all(view.isVisible() for view in views)
    opened.history.undo()
    assert len(list(opened.grid.views())) == 3


def test_the_3d_picture_is_the_fourth_view(qtbot, opened):
    opened.run("care.layout-four")
    pane = opened.grid.volume_pane
    assert pane.isVisible()
    assert pane.view.volume is opened.document.volume
    qtbot.waitUntil(lambda: not pane.view.picture().isNull(), timeout=20_000)
    pane.view.maximise_requested.emit()
    assert [view.isVisible() for view in opened.grid.views()] == [False] * 3
    assert opened.grid.active_widget() is pane.view
    opened.run("care.copy-picture")
    assert not QGuiApplication.clipboard().image().isNull()
    opened.run("care.maximise")
    assert [view.isVisible() for view in opened.grid.views()] == [True] * 3


def test_the_scroll_bar_goes_to_a_slice(qtbot, opened):
    pane = next(iter(opened.grid.views())).parent()
    pane.bar.setSliderPosition(2)
    pane.bar.triggerAction(pane.bar.SliderAction.SliderMove)
    stack = opened.document.stack(Orientation.AXIAL)
    assert stack.nearest_index(np.array(opened.document.state.cursor_lps_mm)) == 2
    pane.bar.triggerAction(pane.bar.SliderAction.SliderSingleStepAdd)
    assert stack.nearest_index(np.array(opened.document.state.cursor_lps_mm)) == 3


def test_the_saved_picture_is_what_is_shown(qtbot, opened, runner, tmp_path):
    view = opened.grid.active_view()
    path = tmp_path / "pictures" / "view.png"
    opened.pictures._saver.save(view.grab().toImage(), path)
    qtbot.waitUntil(lambda: path.exists() and not runner.active(), timeout=10_000)
    assert QPixmap(str(path)).toImage().convertToFormat(QImage.Format.Format_RGB32) == (
        view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    )


def test_a_picture_that_cannot_be_written_is_reported(qtbot, opened, runner, errors, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    opened.pictures._saver.save(QImage(4, 4, QImage.Format.Format_RGB32), blocked / "view.png")
    qtbot.waitUntil(lambda: bool(errors), timeout=10_000)
    assert "view.png" in str(errors[0])


def test_a_copy_without_texts_is_the_slice_alone(opened):
    opened.run("care.copy-picture")
    assert QGuiApplication.clipboard().image() == opened.grid.active_view().picture_image()


def test_the_film_plays_and_stops(qtbot, opened):
    opened.players.change_rate(10)
    start = opened.document.state.cursor_lps_mm
    opened.run("care.play")
    assert "playing" in opened.states()
    qtbot.waitUntil(lambda: opened.document.state.cursor_lps_mm != start, timeout=5000)
    opened.run("care.play")
    stopped = opened.document.state.cursor_lps_mm
    qtbot.wait(150)
    assert opened.document.state.cursor_lps_mm == stopped


def test_warnings_are_on_every_view_and_a_click_tells_them(qtbot, opened):
    opened.document.loaded(opened.document.series, (message("The stack is tilted."),))
    badges = [view.parent()._badge for view in opened.grid.views()]
    assert all(badge.isVisible() for badge in badges)
    assert badges[0].sentences() == ["The stack is tilted."]
    qtbot.mouseClick(badges[0], Qt.MouseButton.LeftButton)
    popup = QApplication.activePopupWidget()
    assert any("tilted" in label.text() for label in popup.findChildren(QLabel))
    popup.close()


def test_another_series_supersedes_the_one_that_loads(qtbot, opened, library, tmp_path):
    from imaging.importing import import_paths

    other = make_ct_series(tmp_path / "other", slices=9, rows=24, columns=20, name="Other")
    result = import_paths(library, [other.folder])
    mine = opened.document.series
    opened.open_series(mine)
    opened.open_series(result.series[0])
    qtbot.waitUntil(
        lambda: not opened.opener.loading and opened.document.volume.shape_ijk[2] == 9, timeout=LOADED_MS
    )
    assert opened.document.series.series_uid == other.series_uid


def test_a_series_that_holds_no_images_leaves_what_is_shown(qtbot, opened, errors):
    shown = opened.document.volume
    opened.open_series(dataclasses.replace(opened.document.series, series_uid="1.2.3", geometry=None))
    qtbot.waitUntil(lambda: bool(errors), timeout=LOADED_MS)
    assert opened.document.volume is shown


def test_a_series_dropped_on_the_views_is_opened(qtbot, opened, library, tmp_path):
    from imaging.importing import import_paths

    other = make_ct_series(tmp_path / "other", slices=9, rows=24, columns=20, name="Other")
    (series,) = import_paths(library, [other.folder]).series
    data = QMimeData()
    data.setData(SERIES_MIME_TYPE, encode_series([series]))
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, left, none)
    drop = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, left, none)
    for event in (enter, drop):
        QApplication.sendEvent(opened._pages, event)
        assert event.isAccepted()
    qtbot.waitUntil(lambda: opened.document.series.series_uid == other.series_uid, timeout=LOADED_MS)


def test_f6_goes_round_the_views(opened):
    first = opened.document.state.active
    for expected in (1, 2, 0):
        opened.run("care.next-view")
        assert opened.document.state.active == (first + expected) % 3
        assert opened.grid.active_view().hasFocus()


def test_one_voxel_on_one_pixel(opened):
    opened.run("care.zoom-to-voxels")
    plane = opened.grid.active_view().plane()
    assert plane.spacing_mm[0] == pytest.approx(opened.document.volume.spacing_mm.min())


def test_a_closed_volume_leaves_the_memory(qtbot, opened, library, tmp_path):
    from imaging.importing import import_paths

    for layout in ("nine", "four", "one"):
        opened.run(f"care.layout-{layout}")
        settle(qtbot, opened)
    volume = weakref.ref(opened.document.volume)
    other = make_ct_series(tmp_path / "other", slices=9, rows=24, columns=20, name="Other")
    opened.open_series(import_paths(library, [other.folder]).series[0])
    qtbot.waitUntil(
        lambda: not opened.opener.loading and opened.document.volume.shape_ijk[2] == 9, timeout=LOADED_MS
    )
    settle(qtbot, opened)
    opened._services.runner.forget_ended()
    gc.collect()
    assert volume() is None


def test_a_series_whose_files_are_gone_is_reported_and_nothing_shown(qtbot, opened, series, errors):
    for file in series.files:
        file.unlink()
    opened.open_series(opened.document.series)
    qtbot.waitUntil(lambda: bool(errors), timeout=LOADED_MS)
    assert opened.document.volume is None


def test_a_folder_without_images_is_reported(qtbot, workspace, errors, tmp_path):
    (tmp_path / "empty").mkdir()
    workspace.open_paths([tmp_path / "empty"])
    qtbot.waitUntil(lambda: bool(errors), timeout=LOADED_MS)
    assert "empty" in str(errors[0])


def test_tools_are_chosen_and_remembered(opened, library):
    opened.run("care.tool-pan")
    assert "tool-pan" in opened.states()
    assert library.settings.get("viewer.tool", "") == MouseTool.PAN.value
    opened.run("care.right-drag-window")
    assert "right-drag-window" in opened.states()


def test_slab_and_rate_controls_change_what_they_show(qtbot, opened):
    opened.toolbar._slab.setValue(12.5)
    assert opened.document.state.slab_mm == 12.5
    opened.history.undo()
    assert opened.toolbar._slab.value() == 0
    opened.toolbar._rate.setValue(7)
    assert opened.save_state()["rate"] == 7


def test_the_arrangement_is_restored(qtbot, opened):
    opened.run("care.toggle-library")
    opened.players.change_rate(2)
    state = opened.save_state()
    opened.restore_state({"splitter": "nonsense", "rate": "fast"})
    opened.run("care.toggle-library")
    opened.restore_state(state)
    assert "library-shown" not in opened.states()
    assert opened.save_state()["rate"] == 30


def test_window_keys_work_on_what_is_open(opened):
    opened.run("care.window-lung")
    assert opened.document.state.window == Window(-600, 1500)
    opened.run("care.invert")
    assert "inverted" in opened.states()


def test_every_file_that_cannot_be_used_is_told_of_and_many_are_told_at_once(
    qtbot, workspace, runner, series, errors, tmp_path
):
    few = [series.folder, tmp_path / "empty.dcm", tmp_path / "note.dcm"]
    few[1].write_bytes(b"")
    few[2].write_text("not an image")
    workspace.open_paths(few)
    qtbot.waitUntil(lambda: len(errors) == 2, timeout=LOADED_MS)
    assert sorted(str(error.message) for error in errors) == [
        "empty.dcm is empty.",
        "note.dcm is not a DICOM file.",
    ]
    many = tmp_path / "many"
    many.mkdir()
    for number in range(5):
        (many / f"{number}.txt").write_text("not an image")
    workspace.open_paths([many])
    qtbot.waitUntil(lambda: len(errors) == 3, timeout=LOADED_MS)
    assert str(errors[2].message) == "Files that were not imported: 5."
    qtbot.waitUntil(lambda: not runner.active(), timeout=LOADED_MS)
    assert len(runner.jobs()[-1].result.rejected) == 5


def test_a_moved_series_is_whole_after_it_is_imported_again(qtbot, opened, runner, series, tmp_path, errors):
    moved = tmp_path / "moved"
    series.folder.rename(moved)
    opener, shown = opened.opener, opened.document
    # What the import tells first: the series is there, its files are not yet known where they are now.
    opener.set_importing(True)
    opened.open_series(shown.series)
    qtbot.waitUntil(lambda: not opener.loading, timeout=LOADED_MS)
    assert shown.volume is None
    opened.open_paths([moved])
    qtbot.waitUntil(lambda: not runner.active() and not opener.loading, timeout=LOADED_MS)
    qtbot.waitUntil(lambda: shown.volume is not None and not opener.loading, timeout=LOADED_MS)
    assert np.array_equal(shown.volume.voxels, series.voxels)
    assert errors == []


def test_files_that_the_library_knows_are_opened_again(qtbot, opened, series, tmp_path):
    other = make_ct_series(tmp_path / "other", slices=4, rows=24, columns=20, name="other")
    opened.open_paths([other.folder])
    qtbot.waitUntil(lambda: opened.document.series.series_uid == other.series_uid, timeout=LOADED_MS)
    opened.open_paths([series.folder])
    qtbot.waitUntil(lambda: opened.document.series.series_uid == series.series_uid, timeout=LOADED_MS)
    qtbot.waitUntil(lambda: not opened.opener.loading, timeout=LOADED_MS)
    assert np.array_equal(opened.document.volume.voxels, series.voxels)
