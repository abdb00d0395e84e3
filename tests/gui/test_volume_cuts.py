"""What cuts the volume of the 3D view, lies in it, and is remembered of it."""

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from core.history import History
from tests.gui.shown_ball import BALL_SERIES, ball, is_full, middle_of_what_is_lit, mouse_move, pixels_of
from tests.gui.surface_files import write_box
from viewers.ui.cube_overlay import projection_of
from viewers.ui.volume_view import VolumeView
from viewers.volume_scene import Background


@pytest.fixture
def history():
    return History()


@pytest.fixture
def view(services, history, errors, qtbot):
    made = VolumeView(services, history)
    qtbot.addWidget(made)
    made.resize(400, 340)
    made.show()
    with qtbot.waitSignal(made.picture_drawn, check_params_cb=is_full):
        made.set_volume(ball(), BALL_SERIES)
    yield made
    made.close_view()
    assert errors == []


def _drag_canvas(view, qtbot, start, offset):
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        view.canvas.mouseMoveEvent(mouse_move(start + offset * step / 4))
    qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=start + offset)


def _handle(view, *, turns):
    found = [place for handle, place in view.clips.overlay.handles() if handle.turns is turns]
    return found[-1].toPoint()


def test_a_clip_plane_is_added_dragged_flipped_and_removed(view, qtbot, history):
    view.clips.add_section("sagittal")
    first = view.scene.look.clip_planes[0]
    assert {"volume-clipped", "volume-clipping"} <= view.states()
    _drag_canvas(view, qtbot, _handle(view, turns=False), QPoint(-25, 0))
    moved = view.scene.look.clip_planes[0]
    assert moved.normal == first.normal
    assert moved.offset > first.offset + 3  # more of the left is cut
    _drag_canvas(view, qtbot, _handle(view, turns=True), QPoint(0, -40))
    turned = view.scene.look.clip_planes[0]
    assert turned.normal[2] < -0.2
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=_handle(view, turns=True))
    assert np.allclose(view.scene.look.clip_planes[0].normal, -np.array(turned.normal))
    qtbot.keyClick(view.canvas, Qt.Key.Key_Delete)
    assert view.scene.look.clip_planes == ()
    for _ in ("removal", "flip", "turn", "move"):
        history.undo()
    assert view.scene.look.clip_planes == (first,)
    history.undo()
    assert view.scene.look.clip_planes == ()


def test_what_a_clip_plane_cuts_is_gone_and_stays_so_in_another_preset(view, qtbot):
    with qtbot.waitSignal(view.picture_drawn, check_params_cb=is_full):
        view.clips.add_section("sagittal")
        view.clips.set_shown(False)
    left = middle_of_what_is_lit(view)[0]
    with qtbot.waitSignal(view.picture_drawn, check_params_cb=is_full):
        view.clips.flip()
    assert middle_of_what_is_lit(view)[0] > left + 10
    view.looks.set_preset("ct-skin")
    assert len(view.scene.look.clip_planes) == 1


def test_keys_move_clip_planes_and_choose_the_next(view, qtbot):
    view.clips.add_section("sagittal")
    view.clips.add_section("axial")
    before = view.scene.look.clip_planes
    qtbot.keyClick(view.canvas, Qt.Key.Key_BracketRight)
    qtbot.keyClick(view.canvas, Qt.Key.Key_C)
    qtbot.keyClick(view.canvas, Qt.Key.Key_BracketLeft)
    now = view.scene.look.clip_planes
    assert now[1].offset > before[1].offset
    assert now[0].offset < before[0].offset


def test_there_is_an_end_to_clip_planes(view):
    for _ in range(9):
        view.clips.add_facing()
    assert len(view.scene.look.clip_planes) == 6
    assert "volume-clip-room" not in view.states()


def test_a_series_is_seen_as_it_was_last_seen(view, services, qtbot, history):
    view.looks.set_preset("ct-skin")
    view.clips.add_section("axial")
    view.set_background(Background.WHITE)
    view.look_from("L")
    left = view.scene
    view.set_volume(ball(), dataclasses.replace(BALL_SERIES, series_uid="1.2.4"))
    assert view.scene.preset == "ct-bone"
    view.set_volume(ball(), BALL_SERIES)
    assert view.scene == left
    view.looks.reset_all()
    assert view.scene.look.clip_planes == ()
    assert view.scene.preset == "ct-bone"
    history.undo()
    assert view.scene == left


def test_what_was_left_as_it_was_is_not_remembered(view, services):
    view.look_from("P")
    view.reset_view()
    view.set_volume(None)
    assert services.library.settings.get("viewer.volume-scenes", []) == []


def test_surfaces_are_shown_in_the_volume_and_hide_it(view, qtbot, history, tmp_path, services):
    implant, beside = (
        write_box(tmp_path / "implant.stl", (36, 6, 20)),
        write_box(tmp_path / "far.stl", (900, 0, 0)),
    )
    bone = pixels_of(view)[:, :300].astype(int)
    view.surfaces.add([implant])
    with qtbot.waitSignal(view.picture_drawn, check_params_cb=is_full, timeout=20_000):
        qtbot.waitUntil(lambda: view.canvas.has_surfaces, timeout=20_000)
    x, y = projection_of(view.canvas).pixels(np.array([36.0, 1.0, 20.0]))[0]
    before, after = bone[int(y), int(x)], pixels_of(view)[int(y), int(x)].astype(int)
    assert np.abs(before - after).max() > 40  # in front of the ball
    assert "volume-surfaces" in view.states()
    assert view.notes.notes == ()
    view.surfaces.add([beside])
    qtbot.waitUntil(lambda: view.notes.notes == ("far.stl lies outside of the volume.",), timeout=20_000)
    history.undo()
    history.undo()
    assert not view.canvas.has_surfaces


def test_a_file_that_is_no_surface_is_told_and_left_out(view, qtbot, errors, tmp_path):
    path = tmp_path / "broken.stl"
    path.write_bytes(b"solid nothing")
    view.surfaces.add([path])
    qtbot.waitUntil(lambda: bool(errors), timeout=20_000)
    assert view.scene.surfaces == ()
    errors.clear()
