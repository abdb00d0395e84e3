"""Real slice views, off screen: the voxels of the patient are where they belong, the right way round."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.series import Series
from core.settings import Settings
from core.volume import Volume
from viewers.layouts import Pane
from viewers.mouse_tools import MouseTool
from viewers.orientation import Orientation
from viewers.ui.slice_view import SliceView
from viewers.viewer_document import ViewerDocument

SIZE = 240
SERIES = Series("1.2", "1.1", "", "CT", "Phantom", "1", 60, None, window=(100.5, 201.0), unit="HU")
# Values around the middle of the grid, by where they lie in the patient.
MARKS = {"R": 20, "L": 60, "A": 90, "P": 120, "S": 150, "I": 180}
DIRECTIONS = {
    "R": (-1, 0, 0),
    "L": (1, 0, 0),
    "A": (0, -1, 0),
    "P": (0, 1, 0),
    "S": (0, 0, 1),
    "I": (0, 0, -1),
}


def marked_volume(lps_from_ijk, shape=(60, 60, 60)):
    """A cube whose six sides, a third of its size deep, have values of their own."""
    k, j, i = np.indices(shape)
    ijk = np.stack([i, j, k], axis=-1).reshape(-1, 3)
    points = ijk @ lps_from_ijk[:3, :3].T + lps_from_ijk[:3, 3]
    centre = points.mean(axis=0)
    voxels = np.zeros(len(points), np.int16)
    for letter, direction in DIRECTIONS.items():
        along = (points - centre) @ np.array(direction, float)
        across = np.linalg.norm((points - centre) - along[:, None] * np.array(direction), axis=1)
        voxels[(along > 12) & (across < 8)] = MARKS[letter]
    return Volume(voxels.reshape(shape), lps_from_ijk, "HU")


def straight():
    affine = np.eye(4)
    affine[:3, 3] = (-30, -30, -30)
    return affine


def stored_sagittally():
    """Columns run back, rows run down, slices from left to right: as an MR of the head comes."""
    affine = np.zeros((4, 4))
    affine[:, 0], affine[:, 1], affine[:, 2] = (0, 1, 0, 0), (0, 0, -1, 0), (-1, 0, 0, 0)
    affine[:3, 3], affine[3, 3] = (30, -30, 30), 1
    return affine


def oblique():
    a, b = np.radians(17), np.radians(-11)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    affine = np.eye(4)
    affine[:3, :3] = about_x @ about_z
    return affine


@pytest.fixture
def pool():
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture
def document(tmp_path, qapp):
    made = ViewerDocument(Settings(tmp_path / "settings.json"))
    made.open(marked_volume(straight()), SERIES, None)
    made.change(texts=False, crosshair=False)
    return made


@pytest.fixture
def make_view(qtbot, pool, document):
    views = []

    def make(kind="axial", size=(SIZE, SIZE)):
        view = SliceView(document, pool, str)
        qtbot.addWidget(view, before_close_func=lambda closing: closing.pictures.forget())
        view.set_pane(Pane(kind))
        view.resize(*size)
        view.show()
        document.listen(view.refresh)
        views.append(view)
        settle(qtbot, view)
        return view

    return make


def settle(qtbot, view):
    qtbot.waitUntil(lambda: view.pictures.settled and not view.pictures.image.isNull(), timeout=5000)


def point_at(view, plane, x, y):
    """The point of a plane of the view at a place of the widget."""
    ratio = view.devicePixelRatioF()
    return plane.lps_from_pixel(x * ratio - 0.5, y * ratio - 0.5)


def grey_at(view, x, y):
    """The grey that is shown at a point of the widget."""
    ratio = view.devicePixelRatioF()
    return view.grab().toImage().pixelColor(int(x * ratio), int(y * ratio)).red()


EXPECTED = {
    "axial": ("R", "L", "A", "P"),
    "coronal": ("R", "L", "S", "I"),
    "sagittal": ("A", "P", "S", "I"),
}


@pytest.mark.parametrize("grid", [straight, stored_sagittally, oblique])
@pytest.mark.parametrize("kind", sorted(EXPECTED))
def test_every_side_of_the_patient_is_where_it_belongs(qtbot, document, make_view, kind, grid):
    document.open(marked_volume(grid()), SERIES, None)
    view = make_view(kind)
    plane = view.plane()
    middle = SIZE / 2
    reach = 20 / plane.spacing_mm[0] / view.devicePixelRatioF()
    places = (
        (middle - reach, middle),
        (middle + reach, middle),
        (middle, middle - reach),
        (middle, middle + reach),
    )
    for letter, place in zip(EXPECTED[kind], places, strict=True):
        expected = 255 * MARKS[letter] / 200
        assert grey_at(view, *place) == pytest.approx(expected, abs=2), letter


def test_letters_are_drawn_at_the_edges_only_when_the_place_is_known(qtbot, document, make_view):
    document.set_window(document.state.window.between(1000, 2000))
    view = make_view("axial")
    settle(qtbot, view)
    edge = [(x, SIZE / 2 + dy) for x in range(4, 22) for dy in range(-8, 9)]
    assert brightest(view, edge) > 200
    volume = marked_volume(straight())
    unknown = Volume(volume.voxels, volume.lps_from_ijk, "HU", lps_known=False)
    document.open(unknown, SERIES, None)
    document.set_window(document.state.window.between(1000, 2000))
    settle(qtbot, view)
    assert brightest(view, edge) < 50


def brightest(view, places):
    image, ratio = view.grab().toImage(), view.devicePixelRatioF()
    return max(image.pixelColor(int(x * ratio), int(y * ratio)).red() for x, y in places)


def wheel(view, steps, modifiers=Qt.KeyboardModifier.NoModifier, at=None):
    place = QPointF(at or QPoint(view.width() // 2, view.height() // 2))
    event = QWheelEvent(
        place,
        view.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_the_wheel_goes_one_slice_further(qtbot, document, make_view):
    view = make_view("axial")
    before = document.state.cursor_lps_mm
    wheel(view, -1)
    assert document.state.cursor_lps_mm == pytest.approx((before[0], before[1], before[2] - 1))
    wheel(view, 3)
    assert document.state.cursor_lps_mm[2] == pytest.approx(before[2] + 2)


def test_the_wheel_with_ctrl_zooms_about_the_pointer(qtbot, document, make_view):
    view = make_view("axial")
    at = QPoint(60, 90)
    before = view.plane()
    wheel(view, 2, Qt.KeyboardModifier.ControlModifier, at)
    after = view.plane()
    assert after.spacing_mm[0] < before.spacing_mm[0]
    assert point_at(view, after, 60, 90) == pytest.approx(point_at(view, before, 60, 90), abs=1e-6)


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_Up, -1),
        (Qt.Key.Key_Left, -1),
        (Qt.Key.Key_PageUp, -1),
    ],
)
def test_keys_go_through_the_slices(qtbot, document, make_view, key, steps):
    view = make_view("coronal")
    before = document.state.cursor_lps_mm[1]
    qtbot.keyClick(view, key)
    assert document.state.cursor_lps_mm[1] == pytest.approx(before + steps)


def test_home_and_end(qtbot, document, make_view):
    view = make_view("sagittal")
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert document.state.cursor_lps_mm[0] == pytest.approx(-30)
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert document.state.cursor_lps_mm[0] == pytest.approx(29)


def test_shift_and_arrows_move_the_picture(qtbot, document, make_view):
    view = make_view("axial")
    before = view.plane()
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert point_at(view, view.plane(), 74, 50) == pytest.approx(point_at(view, before, 50, 50))


def drag(qtbot, view, start, end, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier):
    qtbot.mousePress(view, button, modifiers, QPoint(*start))
    for share in (0.3, 0.7, 1.0):
        point = [round(a + (b - a) * share) for a, b in zip(start, end, strict=True)]
        qtbot.mouseMove(view, QPoint(*point))
    qtbot.mouseRelease(view, button, modifiers, QPoint(*end))


def test_dragging_sets_the_window_and_one_undo_takes_it_back(qtbot, document, make_view):
    view = make_view("axial")
    start = document.state.window
    drag(qtbot, view, (40, 40), (100, 20))
    assert document.state.window.width > start.width
    assert document.state.window.centre < start.centre
    document.history.undo()
    assert document.state.window == start


def test_dragging_with_the_middle_button_pans(qtbot, document, make_view):
    view = make_view("axial")
    before = view.plane()
    drag(qtbot, view, (100, 100), (130, 80), Qt.MouseButton.MiddleButton)
    assert point_at(view, view.plane(), 130, 80) == pytest.approx(point_at(view, before, 100, 100))


def test_dragging_with_the_right_button_zooms(qtbot, document, make_view):
    view = make_view("axial")
    before = view.plane()
    drag(qtbot, view, (100, 150), (100, 75), Qt.MouseButton.RightButton)
    assert before.spacing_mm[0] / view.plane().spacing_mm[0] == pytest.approx(np.exp(0.5))


def test_a_right_click_asks_for_the_menu(qtbot, document, make_view):
    view = make_view("axial")
    with qtbot.waitSignal(view.menu_requested):
        qtbot.mouseClick(view, Qt.MouseButton.RightButton, pos=QPoint(50, 50))


def test_the_crosshair_tool_puts_the_cursor_under_the_pointer(qtbot, document, make_view):
    view = make_view("axial")
    view.set_tools(MouseTool.CROSSHAIR, MouseTool.ZOOM)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 180))
    expected = point_at(view, view.plane(), 60, 180)
    assert np.array(document.state.cursor_lps_mm)[:2] == pytest.approx(expected[:2], abs=0.51)


def test_a_line_of_the_crosshair_moves_one_plane_only(qtbot, document, make_view):
    document.change(crosshair=True)
    view = make_view("axial")
    before = document.state.cursor_lps_mm
    ratio = view.devicePixelRatioF()
    x, y = ((part + 0.5) / ratio for part in view.plane().pixel_from_lps(np.array(before)))
    # The upright line is the sagittal plane.
    drag(qtbot, view, (round(x), round(y + 70)), (round(x + 40), round(y + 90)))
    after = document.state.cursor_lps_mm
    assert after[0] == pytest.approx(before[0] + 10, abs=1)
    assert after[1:] == before[1:]


def test_a_double_click_asks_to_maximise(qtbot, document, make_view):
    view = make_view("axial")
    with qtbot.waitSignal(view.maximise_requested):
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))


def test_a_view_follows_while_slices_come(qtbot, document, make_view):
    volume = Volume(np.zeros((60, 60, 60), np.int16), straight(), "HU")
    document.open(volume, SERIES, None)
    view = make_view("axial")
    assert grey_at(view, 120, 120) == pytest.approx(0, abs=1)
    volume.voxels[:] = 200
    document.slices_filled([(0, 59)])
    settle(qtbot, view)
    assert grey_at(view, 120, 120) == 255


def test_colour_images_are_shown_in_colour(qtbot, document, make_view):
    voxels = np.zeros((1, 60, 80, 3), np.uint8)
    voxels[0, :, :40] = (200, 30, 60)
    document.open(Volume(voxels, np.eye(4), lps_known=False), SERIES, None)
    view = make_view("acquired")
    colour = view.grab().toImage().pixelColor(60, 120)
    assert (colour.red(), colour.green(), colour.blue()) == (200, 30, 60)
    assert grey_at(view, 180, 120) == 0


def test_pixels_are_made_for_the_real_pixels_of_the_screen(qtbot, document, make_view):
    view = make_view("axial", (201, 160))
    image = view.picture_image()
    ratio = view.devicePixelRatioF()
    assert (image.width(), image.height()) == (round(201 * ratio), round(160 * ratio))
    # The shorter side fits: 60 voxels of 1 mm on 160 pixels.
    assert view.plane().spacing_mm[0] == pytest.approx(60 / (160 * ratio))


def test_what_is_drawn_is_the_picture_itself(qtbot, document, make_view):
    document.open(Volume(document.volume.voxels, straight(), "HU", lps_known=False), SERIES, None)
    document.change(texts=False, crosshair=False)
    view = make_view("axial")
    shown = view.grab().toImage().convertToFormat(view.picture_image().format())
    assert shown == view.picture_image()


def test_the_plane_of_a_view_changes(qtbot, document, make_view):
    view = make_view("axial")
    view.set_pane(Pane(Orientation.SAGITTAL.value))
    settle(qtbot, view)
    assert view.plane().right == pytest.approx([0, 1, 0])
