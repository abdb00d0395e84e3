"""The viewport with a source of its own: a picture that tells its camera."""

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.errors import Cancelled
from render.camera import Camera
from render.camera_motion import Motion
from render.picture_quality import Quality
from render.ui.viewport import Viewport
from render.ui.viewport_overlay import ViewportOverlay

FRONT = Camera((0.0, -500.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0))


class Plain:
    """One colour; remembers what it was asked for, and may take its time."""

    def __init__(self, colour=(0, 200, 0), seconds=0.0):
        self.colour, self.seconds = colour, seconds
        self.asked, self.threads, self.stopped = [], set(), 0

    def draw(self, camera, size, quality, stop):
        self.asked.append((camera, size, quality))
        self.threads.add(threading.current_thread())
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            if stop.stopped:
                self.stopped += 1
                raise Cancelled
            time.sleep(0.002)
        return np.full((size[1], size[0], 4), (*self.colour, 255), np.uint8)


class Failing:
    def draw(self, camera, size, quality, stop):
        raise RuntimeError("no")


@pytest.fixture
def viewport(qtbot):
    made = Viewport()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    yield made
    made.close_viewport()


def is_full(picture):
    return picture.request.quality is Quality.FULL


def shown(viewport, qtbot, source):
    with qtbot.waitSignal(viewport.picture_drawn, check_params_cb=is_full):
        viewport.show_source(source, FRONT)
    return source


def test_a_quick_picture_comes_first_and_both_from_another_thread(viewport, qtbot):
    source = shown(viewport, qtbot, Plain())
    assert source.asked[0][2] is Quality.INTERACTIVE
    assert source.asked[-1][1] == (300, 200)
    assert threading.main_thread() not in source.threads
    assert viewport.picture().pixelColor(150, 100) == QColor(0, 200, 0)


def test_the_newest_request_wins_and_a_full_picture_is_given_up(viewport, qtbot):
    slow = Plain(seconds=0.3)
    viewport.show_source(slow, FRONT)
    qtbot.waitUntil(lambda: len(slow.asked) == 2)  # in full by now
    for step in range(30):
        viewport.set_camera(FRONT.orbit(step, 0))
    with qtbot.waitSignal(viewport.picture_drawn, check_params_cb=is_full):
        pass
    assert slow.stopped == 1
    assert len(slow.asked) < 10
    assert slow.asked[-1][0] == viewport.camera


def test_the_window_is_not_held_up_by_a_slow_source(viewport, qtbot):
    viewport.show_source(Plain(seconds=1.0), FRONT)
    qtbot.waitUntil(lambda: viewport.busy)
    QTest.keyClick(viewport, Qt.Key.Key_Right)
    assert viewport.camera != FRONT
    assert viewport.busy


def test_a_slow_source_is_drawn_smaller_while_it_moves(viewport, qtbot):
    source = shown(viewport, qtbot, Plain(seconds=0.1))
    for turned in (10, 20):  # of the first picture it is not known how much of the time was for preparing
        with qtbot.waitSignal(viewport.picture_drawn, check_params_cb=is_full):
            viewport.set_camera(FRONT.orbit(turned, 0))
    quick = [size for _, size, quality in source.asked if quality is Quality.INTERACTIVE]
    assert quick[-1][0] < 300
    assert source.asked[-1][1] == (300, 200)


def test_an_error_is_told_and_the_next_source_is_drawn(viewport, qtbot, caplog):
    with qtbot.waitSignal(viewport.drawing_failed) as failed:
        viewport.show_source(Failing(), FRONT)
    assert failed.args == ["RuntimeError"]
    shown(viewport, qtbot, Plain())


def test_what_is_shown_already_is_not_drawn_again(viewport, qtbot):
    source = shown(viewport, qtbot, Plain())
    qtbot.waitUntil(lambda: not viewport.busy)
    drawn = len(source.asked)
    viewport.show_source(source, FRONT)
    qtbot.wait(250)
    assert len(source.asked) == drawn


def test_nothing_is_drawn_of_no_source(viewport, qtbot):
    shown(viewport, qtbot, Plain())
    viewport.show_source(None, None)
    assert not viewport.busy
    assert viewport.picture().pixelColor(150, 100) == QColor(0, 0, 0)
    QTest.keyClick(viewport, Qt.Key.Key_Right)
    assert viewport.camera is None


def test_buttons_and_keys_held_choose_what_a_drag_does(viewport, qtbot):
    shown(viewport, qtbot, Plain())
    turned = dragged(viewport, Qt.MouseButton.LeftButton)
    assert turned.focal_point_lps_mm == FRONT.focal_point_lps_mm
    assert not np.allclose(turned.position_lps_mm, FRONT.position_lps_mm)
    moved = dragged(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    assert np.allclose(moved.axes, turned.axes)
    assert not np.allclose(moved.focal_point_lps_mm, turned.focal_point_lps_mm)
    nearer = dragged(viewport, Qt.MouseButton.RightButton)
    assert nearer.distance_mm != pytest.approx(moved.distance_mm)
    with qtbot.waitSignal(viewport.owner_dragged) as owner:
        same = dragged(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert same == nearer
    assert owner.args[0] == QPointF(40, 20)
    viewport.tool = Motion.PAN
    assert np.allclose(dragged(viewport, Qt.MouseButton.LeftButton).axes, same.axes)


def test_a_click_is_no_drag(viewport, qtbot):
    shown(viewport, qtbot, Plain())
    with qtbot.waitSignal(viewport.clicked) as clicked:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(20, 30))
    assert clicked.args[0] == QPointF(20, 30)
    with qtbot.waitSignal(viewport.menu_requested):
        QTest.mouseClick(viewport, Qt.MouseButton.RightButton, pos=QPoint(20, 30))
    with qtbot.waitSignal(viewport.double_clicked):
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton)
    assert viewport.camera == FRONT


def test_keys(viewport, qtbot):
    shown(viewport, qtbot, Plain())
    with qtbot.waitSignal(viewport.side_requested) as side:
        QTest.keyClick(viewport, Qt.Key.Key_L)
    assert side.args == ["L"]
    with qtbot.waitSignal(viewport.home_requested):
        QTest.keyClick(viewport, Qt.Key.Key_Home)
    QTest.keyClick(viewport, Qt.Key.Key_Plus)
    assert viewport.camera.distance_mm < FRONT.distance_mm
    QTest.keyClick(viewport, Qt.Key.Key_Minus)
    assert viewport.camera.distance_mm == pytest.approx(FRONT.distance_mm)
    QTest.keyClick(viewport, Qt.Key.Key_Right)
    assert np.allclose(viewport.camera.axes, FRONT.orbit(5, 0).axes)
    QTest.keyClick(viewport, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert np.allclose(viewport.camera.axes, FRONT.orbit(4, 0).axes)
    for key, held, own in (
        (Qt.Key.Key_A, "", True),
        (Qt.Key.Key_A, "ctrl", False),
        (Qt.Key.Key_W, "", False),
    ):
        assert overrides(viewport, key, held=bool(held)) is own


def test_one_finger_turns_and_two_pinch(viewport, qtbot, touchscreen):
    shown(viewport, qtbot, Plain())
    touch = lambda: QTest.touchEvent(viewport, touchscreen)  # noqa: E731
    touch().press(0, QPoint(100, 100), viewport).commit()
    for step in range(1, 5):
        touch().move(0, QPoint(100 + 10 * step, 100), viewport).commit()
    touch().release(0, QPoint(140, 100), viewport).commit()
    turned = viewport.camera
    assert np.allclose(turned.axes, FRONT.orbit(40 * 180 / 200, 0).axes)
    touch().press(0, QPoint(120, 100), viewport).press(1, QPoint(180, 100), viewport).commit()
    touch().move(0, QPoint(90, 100), viewport).move(1, QPoint(210, 100), viewport).commit()
    touch().release(0, QPoint(90, 100), viewport).release(1, QPoint(210, 100), viewport).commit()
    assert viewport.camera.distance_mm == pytest.approx(turned.distance_mm / 2)
    with qtbot.waitSignal(viewport.clicked):
        touch().press(0, QPoint(50, 60), viewport).commit()
        touch().release(0, QPoint(50, 60), viewport).commit()


def test_what_is_left_of_two_fingers_moves_nothing(viewport, qtbot, touchscreen):
    shown(viewport, qtbot, Plain())
    touch = lambda: QTest.touchEvent(viewport, touchscreen)  # noqa: E731
    touch().press(0, QPoint(120, 100), viewport).press(1, QPoint(180, 100), viewport).commit()
    touch().stationary(0).release(1, QPoint(180, 100), viewport).commit()
    touch().move(0, QPoint(30, 30), viewport).commit()
    touch().release(0, QPoint(30, 30), viewport).commit()
    assert viewport.camera == FRONT


class Handle(ViewportOverlay):
    """A square in the corner."""

    def __init__(self):
        self.told = []

    def paint(self, painter, *, on_screen):
        if on_screen:
            painter.fillRect(0, 0, 20, 20, QColor(255, 0, 0))

    def part_at(self, place):
        return "corner" if place.x() < 20 and place.y() < 20 else None

    def begin(self, part):
        self.told.append(("begin", part))

    def drag(self, part, offset, stroke):
        self.told.append(("drag", offset.toPoint()))

    def click(self, part):
        self.told.append(("click", part))

    def hover(self, part):
        self.told.append(("hover", part))

    def answers(self, event):
        return event.key() == Qt.Key.Key_C

    def key(self, event):
        self.told.append(("key", event.text()))


def test_an_overlay_takes_what_happens_on_it(viewport, qtbot):
    handle = Handle()
    viewport.overlays.append(handle)
    shown(viewport, qtbot, Plain())
    assert viewport.grab().toImage().pixelColor(8, 8) == QColor(255, 0, 0)
    assert viewport.picture().pixelColor(8, 8) == QColor(0, 200, 0)
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert handle.told == [("begin", "corner"), ("click", "corner")]
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    QTest.mouseMove(viewport, QPoint(50, 60))
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(50, 60))
    assert ("drag", QPoint(45, 55)) in handle.told
    assert viewport.camera == FRONT
    QTest.mouseMove(viewport, QPoint(6, 6))
    QTest.mouseMove(viewport, QPoint(100, 100))
    assert handle.told[-2:] == [("hover", "corner"), ("hover", None)]
    assert overrides(viewport, Qt.Key.Key_C)
    QTest.keyClick(viewport, Qt.Key.Key_C)
    assert handle.told[-1] == ("key", "c")


def test_a_sentence_stands_in_for_the_picture(viewport, qtbot):
    shown(viewport, qtbot, Plain())
    viewport.set_note("Nothing here.")
    assert viewport.picture().pixelColor(3, 3) == QColor(0, 0, 0)
    assert dragged(viewport, Qt.MouseButton.LeftButton) == FRONT


@pytest.fixture(scope="module")
def touchscreen():
    return QTest.createTouchDevice()


def dragged(viewport, button, held=Qt.KeyboardModifier.NoModifier):
    QTest.mousePress(viewport, button, held, QPoint(100, 100))
    QTest.mouseMove(viewport, QPoint(140, 120))
    QTest.mouseRelease(viewport, button, held, QPoint(140, 120))
    return viewport.camera


def overrides(viewport, key, *, held=False):
    modifiers = Qt.KeyboardModifier.ControlModifier if held else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers)
    event.ignore()
    QApplication.sendEvent(viewport, event)
    return event.isAccepted()
