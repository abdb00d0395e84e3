import dataclasses

import numpy as np
import pytest

from core.message import message
from core.series import Series
from core.settings import Settings
from core.volume import Volume
from imaging.reslice import Interpolation, Projection
from viewers.mouse_tools import MouseTool
from viewers.orientation import Orientation, orientation_title
from viewers.strokes import StrokeStart, begin_stroke
from viewers.viewer_document import ViewerDocument
from viewers.window_level import Window
from viewers.workspace_states import document_states

SERIES = Series("1.2", "1.1", "", "CT", "Head", "3", 12, None, window=(40.0, 400.0), unit="HU")


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.json")


@pytest.fixture
def document(settings):
    made = ViewerDocument(settings)
    made.open(_volume(), SERIES, None)
    return made


def _volume(slices=12):
    voxels = np.arange(slices * 10 * 8, dtype=np.int16).reshape(slices, 10, 8)
    return Volume(voxels, np.diag([1.0, 1.0, 2.0, 1.0]), "HU")


def test_opening_shows_the_middle_in_the_window_of_the_file(document):
    assert document.state.window == Window(40, 400)
    assert document.stack(Orientation.AXIAL).nearest_index(np.array(document.state.cursor_lps_mm)) in (5, 6)
    assert not document.state.inverted


def test_a_picture_with_low_values_white_opens_inverted(document):
    document.open(_volume(), dataclasses.replace(SERIES, inverted=True), None)
    assert document.state.inverted


def test_a_drag_is_undone_as_one(document):
    start = document.state.window
    stroke = begin_stroke(
        MouseTool.WINDOW, StrokeStart(document, Orientation.AXIAL, _plane(document), 10, 10)
    )
    for x in range(11, 40):
        stroke.moved(x, 20)
    dragged = document.state.window
    assert dragged.width > start.width
    document.history.undo()
    assert document.state.window == start
    document.history.redo()
    assert document.state.window == dragged


def test_two_drags_are_undone_one_by_one(document):
    windows = [document.state.window]
    for _ in range(2):
        start = StrokeStart(document, Orientation.AXIAL, _plane(document), 10, 10)
        begin_stroke(MouseTool.WINDOW, start).moved(60, 10)
        windows.append(document.state.window)
    document.history.undo()
    assert document.state.window == windows[1]
    document.history.undo()
    assert document.state.window == windows[0]


def _plane(document):
    from viewers.mpr_state import pane_plane

    return pane_plane(document.state, document.volume, document.state.panes[0], (100, 100))


def test_slab_layout_and_inversion_are_undone(document):
    before = document.state
    document.set_slab(30)
    document.set_projection(Projection.MAXIMUM)
    document.choose_layout("3x3")
    document.toggle_inverted()
    assert document.state.slab_mm == 30
    assert len(document.state.panes) == 9
    while document.history.undo_title:
        document.history.undo()
    for name in ("slab_mm", "projection", "layout_id", "panes", "inverted", "active"):
        assert getattr(document.state, name) == getattr(before, name)


def test_a_change_that_changes_nothing_is_no_edit(document):
    document.set_window(document.state.window)
    document.set_slab(-5)
    assert document.history.undo_title is None


def test_a_slab_is_never_thicker_than_it_may_be(document):
    document.set_slab(1e9)
    assert document.state.slab_mm == 100


def test_choosing_a_projection_gives_a_thin_slice_a_slab(document):
    document.set_projection(Projection.MINIMUM)
    assert document.state.slab_mm > 0


def test_scrolling_moves_only_along_the_normal(document):
    before = np.array(document.state.cursor_lps_mm)
    document.scroll(Orientation.AXIAL, 2)
    assert np.array(document.state.cursor_lps_mm) - before == pytest.approx([0, 0, -4])
    document.scroll(Orientation.SAGITTAL, -1)
    assert np.array(document.state.cursor_lps_mm) - before == pytest.approx([-1, 0, -4])
    document.go_to_end(Orientation.AXIAL, last=True)
    assert document.state.cursor_lps_mm[2] == pytest.approx(0)


def test_the_preset_of_a_modality_is_remembered(document, settings):
    document.choose_preset("bone")
    other = ViewerDocument(settings)
    other.open(_volume(), SERIES, None)
    assert other.state.window == Window(450, 2000)
    other.open(_volume(), dataclasses.replace(SERIES, modality="MR"), None)
    assert other.state.window == Window(40, 400)


def test_layout_interpolation_and_crosshair_are_remembered(document, settings):
    document.choose_layout("1+3")
    document.set_interpolation(Interpolation.NEAREST)
    document.toggle("crosshair")
    document.toggle("patient_hidden")
    other = ViewerDocument(settings).state
    assert (other.layout_id, other.interpolation, other.crosshair) == ("1+3", Interpolation.NEAREST, False)
    assert not other.patient_hidden


def test_without_a_window_the_values_that_come_decide(document):
    series = dataclasses.replace(SERIES, window=None, modality="MR")
    document.open(_volume(), series, None)
    document.slices_filled([(6, 6)])
    sixth = document.state.window
    assert 480 <= sixth.low < sixth.high <= 560
    document.slices_filled([(0, 5), (7, 11)])
    assert document.state.window.width > sixth.width


def test_a_window_that_the_user_set_stays_while_slices_come(document):
    document.open(_volume(), dataclasses.replace(SERIES, window=None, modality="MR"), None)
    document.slices_filled([(6, 6)])
    document.set_window(Window(1, 2))
    document.slices_filled([(0, 11)])
    document.loaded(document.series, ())
    assert document.state.window == Window(1, 2)


def test_a_single_image_stands_alone_and_the_layout_comes_back(document):
    document.choose_layout("2x2")
    document.open(_volume(slices=1), SERIES, None)
    assert [pane.orientation for pane in document.state.panes] == [Orientation.ACQUIRED]
    document.choose_layout("3x3")
    assert len(document.state.panes) == 1
    document.open(_volume(), SERIES, None)
    assert document.state.layout_id == "2x2"
    assert len(document.state.panes) == 4


def test_images_without_a_place_are_shown_as_they_were_acquired(document):
    volume = _volume()
    document.open(Volume(volume.voxels, volume.lps_from_ijk, lps_known=False), SERIES, None)
    assert [pane.orientation for pane in document.state.panes] == [Orientation.ACQUIRED]
    assert str(orientation_title(Orientation.AXIAL, document.volume)) == "Plane 1"
    document.choose_layout("1x3")
    assert len(document.state.panes) == 3


def test_reset_brings_back_what_was_shown_first(document):
    first = document.state
    document.scroll(Orientation.AXIAL, 3)
    document.set_window(Window(5, 6))
    document.set_slab(20)
    document.turn_active(1)
    document.reset()
    assert document.state == first
    document.history.undo()
    assert document.state.window == Window(5, 6)


def test_states_for_the_menus(document):
    states = document_states(document)
    assert {"series-open", "ct-open", "grey-open", "depth-open", "not-single", "linked"} <= states
    document.open(_volume(slices=1), dataclasses.replace(SERIES, modality="CR"), None)
    assert not {"ct-open", "depth-open", "not-single"} & document_states(document)
    document.close()
    assert "series-open" not in document_states(document)


def test_listeners_hear_of_warnings(document):
    heard = []
    document.listen(lambda: heard.append(document.warnings))
    document.loaded(SERIES, (message("tilted"),))
    assert heard[-1] == (message("tilted"),)


def test_mirroring_a_turned_view_exchanges_left_and_right_on_the_screen(document):
    from viewers.mpr_state import pane_axes
    from viewers.orientation import edge_letters

    def letters():
        pane, view = document.state.panes[0], document.state.view(Orientation.AXIAL)
        axes = pane_axes(document.volume, pane)
        return edge_letters(axes.turned(view.quarter_turns, mirrored=view.mirrored))

    document.turn_active(1)
    turned = letters()
    assert (turned.top, turned.right) == ("R", "A")
    document.turn_active(mirror=True)
    mirrored = letters()
    assert (mirrored.left, mirrored.right) == (turned.right, turned.left)
    assert (mirrored.top, mirrored.bottom) == (turned.top, turned.bottom)
