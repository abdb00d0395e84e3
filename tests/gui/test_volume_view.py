import dataclasses
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QToolButton

from core.command import resolve
from core.context import Context
from core.history import History
from core.volume import Volume
from render.camera import Camera
from render.picture_quality import Quality
from render.volume_look import VolumeMode
from tests.gui.shown_ball import BALL_SERIES, ball, is_full, middle_of_what_is_lit, mouse_move, pixels_of
from viewers.crop_box import CropBox, handle_pixels
from viewers.ui.cube_overlay import projection_of
from viewers.ui.volume_view import VolumeView
from viewers.user_presets import user_presets
from viewers.volume_contribution import VOLUME_COMMANDS
from viewers.volume_scene import Background, VolumeTool


@pytest.fixture
def history():
    return History()


@pytest.fixture
def empty(services, history, errors, qtbot):
    view = VolumeView(services, history)
    qtbot.addWidget(view)
    view.resize(400, 340)
    view.show()
    yield view
    view.close_view()
    assert errors == []


@pytest.fixture
def view(empty, qtbot):
    with qtbot.waitSignal(empty.picture_drawn, check_params_cb=is_full):
        empty.set_volume(ball(), BALL_SERIES)
    return empty


def test_a_ball_is_drawn_where_the_camera_sees_it(view):
    expected = projection_of(view.canvas).pixels(np.array([36.0, 25.0, 20.0]))[0]
    assert np.abs(middle_of_what_is_lit(view) - expected).max() < 3


def test_a_quick_picture_comes_before_the_good_one(empty, qtbot):
    drawn = []
    empty.picture_drawn.connect(lambda picture: drawn.append(picture.request.quality))
    empty.set_volume(ball(), BALL_SERIES)
    qtbot.waitUntil(lambda: Quality.FULL in drawn)
    assert drawn[0] is Quality.INTERACTIVE


def test_a_drag_turns_and_the_middle_button_moves(view, qtbot):
    before = view.scene.camera
    _drag(view, qtbot, Qt.MouseButton.LeftButton, (60, 0))
    turned = view.scene.camera
    assert not np.allclose(before.position_lps_mm, turned.position_lps_mm)
    assert before.focal_point_lps_mm == turned.focal_point_lps_mm
    _drag(view, qtbot, Qt.MouseButton.MiddleButton, (40, 10))
    assert not np.allclose(view.scene.camera.focal_point_lps_mm, turned.focal_point_lps_mm)


def test_the_right_button_and_the_wheel_zoom(view, qtbot):
    distance = view.scene.camera.distance_mm
    _drag(view, qtbot, Qt.MouseButton.RightButton, (0, -60))
    nearer = view.scene.camera.distance_mm
    assert nearer < distance
    place = QPointF(view.canvas.rect().center())
    wheel = QWheelEvent(
        place,
        view.canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.canvas, wheel)
    assert view.scene.camera.distance_mm > nearer


def test_a_right_click_shows_the_menu(view, qtbot):
    qtbot.mouseClick(view.canvas, Qt.MouseButton.RightButton)
    menu = view.toolbar.findChild(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert menu.isVisible()
    modes = next(action.menu() for action in menu.actions() if action.text() == "Mode")
    modes.actions()[1].trigger()
    assert view.scene.look.mode is VolumeMode.MIP
    menu.close()


def test_a_click_on_the_cube_snaps_to_its_face(view, qtbot):
    view.orbit(30, 0)
    face = next(face for face in view.canvas.cube.faces() if face.letter == "R")
    x, y = face.corners.mean(axis=0)
    qtbot.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert np.allclose(view.scene.camera.axes[2], (1, 0, 0))


@pytest.mark.parametrize("letter", list("APLRSI"))
def test_keys_look_from_the_sides(view, qtbot, letter):
    qtbot.keyClick(view.canvas, getattr(Qt.Key, f"Key_{letter}"))
    assert np.allclose(view.scene.camera.axes, Camera.looking(view.volume, letter).axes)


def test_keys_turn_zoom_and_reset(view, qtbot):
    first = view.scene.camera
    qtbot.keyClick(view.canvas, Qt.Key.Key_Right)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert view.scene.camera.distance_mm < first.distance_mm
    assert not np.allclose(view.scene.camera.axes, first.axes)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Home)
    assert view.scene.camera == first


@pytest.mark.parametrize("command", VOLUME_COMMANDS, ids=lambda command: command.id)
def test_every_command_runs_and_its_check_follows(view, library, command):
    workspace = SimpleNamespace(grid=SimpleNamespace(volume_pane=SimpleNamespace(view=view)))
    before = view.states()
    resolve(command.run)(Context(library, workspace=workspace), None)
    if command.checked_when is not None:
        is_choice = command.checked_when.startswith(
            ("volume-preset", "volume-mode", "volume-tool", "volume-background")
        )
        assert (command.checked_when in view.states()) is (is_choice or command.checked_when not in before)
    assert "volume-shown" in view.states()


def test_commands_do_nothing_where_there_is_no_3d_view(library):
    workspace = SimpleNamespace(grid=SimpleNamespace(volume_pane=None))
    for command in VOLUME_COMMANDS:
        resolve(command.run)(Context(library, workspace=workspace), None)


def test_its_keys_come_before_shortcuts_of_the_window(view):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a")
    event.ignore()
    QApplication.sendEvent(view.canvas, event)
    assert event.isAccepted()
    other = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    other.ignore()
    QApplication.sendEvent(view.canvas, other)
    assert not other.isAccepted()


def test_a_double_click_asks_for_the_whole_window(view, qtbot):
    with qtbot.waitSignal(view.maximise_requested):
        qtbot.mouseDClick(view.canvas, Qt.MouseButton.LeftButton)


def test_presets_change_the_look_and_can_be_undone(view, history):
    first = view.scene.look
    view.looks.set_preset("ct-skin")
    view.orbit(20, 0)
    camera = view.scene.camera
    assert view.scene.preset == "ct-skin"
    history.undo()
    assert view.scene.look == first
    assert view.scene.preset == "ct-bone"
    assert view.scene.camera == camera
    history.redo()
    assert view.scene.preset == "ct-skin"


def test_undo_leaves_another_volume_alone(view, history):
    view.looks.set_preset("ct-skin")
    view.set_volume(ball(), BALL_SERIES)
    history.undo()
    assert view.scene.preset == "ct-bone"


def test_a_drag_with_the_window_tool_is_one_edit(view, qtbot, history):
    first = view.scene.look
    view.set_tool(VolumeTool.WINDOW)
    _drag(view, qtbot, Qt.MouseButton.LeftButton, (30, 20))
    assert view.scene.look.transfer != first.transfer
    history.undo()
    assert view.scene.look == first
    assert history.undo_title is None


def test_a_projection_begins_with_the_range_of_the_colours(view):
    low, high = view.scene.look.transfer.value_range
    view.looks.set_mode(VolumeMode.MIP)
    assert view.scene.look.mode is VolumeMode.MIP
    assert view.scene.look.window == ((low + high) / 2, high - low)
    assert "volume-mode-mip" in view.states()


def test_a_handle_of_the_crop_box_cuts(view, qtbot, history):
    view.set_cropping(True)
    box = CropBox.whole(view.volume)
    x, y = handle_pixels(box, view.volume, projection_of(view.canvas))[1]
    place = QPoint(round(x), round(y))
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=place)
    for step in range(1, 6):
        qtbot.mouseMove(view.canvas, place - QPoint(12 * step, 0))
        view.canvas.mouseMoveEvent(mouse_move(place - QPoint(12 * step, 0)))
    qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=place - QPoint(60, 0))
    cut = CropBox.of(view.scene.look, view.volume)
    assert cut.high_ijk[0] < 55
    assert dataclasses.replace(cut, high_ijk=box.high_ijk) == box
    history.undo()
    assert view.scene.look.crop is None


def test_the_crop_box_follows_the_keyboard_and_is_reset(view, qtbot):
    view.set_cropping(True)
    qtbot.keyClick(view.canvas, Qt.Key.Key_C)
    qtbot.keyClick(view.canvas, Qt.Key.Key_BracketLeft)
    assert view.scene.look.crop[1][0] < 63.5
    assert "volume-cropped" in view.states()
    view.looks.reset_crop()
    assert view.scene.look.crop is None


def test_cropped_voxels_are_gone_from_the_picture(view, qtbot):
    with qtbot.waitSignal(view.picture_drawn, check_params_cb=is_full):
        view.looks.set_crop(CropBox.whole(view.volume).with_face(1, 10.0, view.volume))
    assert pixels_of(view)[:, :300].max() < 30


def test_slices_that_come_later_are_drawn(empty, qtbot):
    voxels = np.zeros((48, 56, 64), np.int16)
    empty.set_volume(Volume(voxels, np.eye(4), "HU"), BALL_SERIES)
    assert empty.scene.preset == "mr-head"  # nothing says yet that these are Hounsfield units
    voxels[:] = ball().voxels
    empty.slices_filled(0, 47)
    qtbot.waitUntil(lambda: empty.scene.preset == "ct-bone")
    with qtbot.waitSignal(empty.picture_drawn, check_params_cb=is_full):
        pass
    assert pixels_of(empty).max() > 100


def test_a_look_that_the_user_chose_stays_while_slices_come(view, qtbot):
    view.looks.set_preset("ct-skin")
    with qtbot.waitSignal(view.picture_drawn):
        view.slices_filled(0, 47)
    qtbot.wait(800)
    assert view.scene.preset == "ct-skin"


@pytest.mark.parametrize(
    "voxels", [np.zeros((5, 8, 8, 3), np.uint8), np.zeros((1, 8, 8), np.int16)], ids=["colour", "flat"]
)
def test_what_cannot_be_drawn_says_so(empty, voxels):
    empty.set_volume(Volume(voxels, np.eye(4)), BALL_SERIES)
    assert empty.scene is None
    assert empty.canvas.note().endswith(".")
    assert empty.states() == set()
    assert empty.picture().size() == empty.canvas.size()


def test_it_turns_by_itself(view, qtbot):
    first = view.scene.camera
    view.set_spinning(True)
    qtbot.waitUntil(lambda: view.scene.camera != first)
    view.set_spinning(False)
    still = view.scene.camera
    qtbot.wait(100)
    assert view.scene.camera == still


def test_the_picture_is_copied_with_its_background(view, qtbot):
    view.set_background(Background.WHITE)
    view.copy_picture()
    image = QGuiApplication.clipboard().image()
    assert image.size() == view.canvas.size()
    assert image.pixelColor(3, 3).name() == "#ffffff"


def test_the_picture_is_saved_as_png(view, qtbot, tmp_path):
    view.toolbar.save_picture()
    dialog = view.toolbar.findChild(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "ball.png"))
    dialog.close()
    qtbot.waitUntil((tmp_path / "ball.png").exists)
    assert QImage(str(tmp_path / "ball.png")).size() == view.canvas.size()


def test_a_narrow_pane_keeps_what_matters(view):
    shown = lambda: [button for button in view.toolbar.findChildren(QToolButton) if button.isVisible()]  # noqa: E731
    everything = len(shown())
    view.resize(220, 340)
    assert 4 <= len(shown()) < everything
    view.resize(500, 340)
    assert len(shown()) == everything


def test_unknown_patient_axes_show_no_cube(empty):
    empty.set_volume(dataclasses.replace(ball(), lps_known=False), BALL_SERIES)
    assert empty.canvas.cube.faces() == []


def test_the_editor_edits_saves_and_undoes(view, qtbot, history, library):
    view.edit_transfer_function()
    editor = view.editor
    qtbot.waitUntil(lambda: editor.plot.has_histogram())
    first = view.scene.look.transfer
    qtbot.mouseClick(editor.plot, Qt.MouseButton.LeftButton, pos=QPoint(editor.plot.width() // 2, 60))
    assert len(view.scene.look.transfer.points) == len(first.points) + 1
    qtbot.keyClick(editor.plot, Qt.Key.Key_Up)
    qtbot.keyClick(editor.plot, Qt.Key.Key_Right)
    qtbot.keyClick(editor.plot, Qt.Key.Key_Delete)
    assert view.scene.look.transfer == first
    editor.presets.save("mine")
    assert [preset.name for preset in user_presets(library.settings)] == ["mine"]
    assert view.scene.preset == "user:mine"
    editor.presets.rename("yours")
    assert view.scene.preset == "user:yours"
    editor.presets.delete()
    assert user_presets(library.settings) == ()
    while history.undo_title is not None:
        history.undo()
    assert view.scene.look.transfer == first


def test_undo_and_redo_by_key_work_from_the_editor_too(view, qtbot):
    asked = []
    view._services = replace(view._services, run_command=asked.append)
    view.edit_transfer_function()
    for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo):
        qtbot.keySequence(view.editor.plot, key)
    assert asked == ["app.undo", "app.redo"]


def test_the_editor_follows_undo(view, qtbot, history):
    view.edit_transfer_function()
    shaded = view.scene.look.shaded
    view.editor.shading.click()
    assert view.scene.look.shaded is not shaded
    history.undo()
    assert view.editor.shading.isChecked() is shaded


def test_the_shown_titles_are_what_translate_gives(services, history, qtbot):
    shouting = dataclasses.replace(services, translate=lambda text: str(text).upper())
    view = VolumeView(shouting, history)
    qtbot.addWidget(view)
    view.set_volume(Volume(np.zeros((1, 8, 8), np.int16), np.eye(4)), BALL_SERIES)
    assert view.canvas.note() == "THIS SERIES HAS A SINGLE SLICE: THERE IS NO VOLUME TO SHOW IN 3D."
    view.close_view()


def _drag(view, qtbot, button, delta):
    start = view.canvas.rect().center()
    qtbot.mousePress(view.canvas, button, pos=start)
    for step in range(1, 5):
        place = start + QPoint(delta[0] * step // 4, delta[1] * step // 4)
        view.canvas.mouseMoveEvent(mouse_move(place, button))
    qtbot.mouseRelease(view.canvas, button, pos=start + QPoint(*delta))
