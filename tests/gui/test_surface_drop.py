"""Files dropped on the 3D view."""

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.history import History
from tests.gui.shown_ball import BALL_SERIES, ball, is_full, pixels_of
from tests.gui.surface_files import write_box
from viewers.ui.volume_view import VolumeView


@pytest.fixture
def history():
    return History()


@pytest.fixture
def view(services, history, errors, qtbot):
    made = VolumeView(services, history)
    qtbot.addWidget(made)
    made.resize(400, 340)
    made.show()
    yield made
    made.close_view()
    assert errors == []


@pytest.fixture
def shown(view, qtbot):
    with qtbot.waitSignal(view.picture_drawn, check_params_cb=is_full):
        view.set_volume(ball(), BALL_SERIES)
    return view


class Drag:
    """A drag over the canvas; sends what Qt sends, and tells whether it was taken."""

    def __init__(self, view, *paths):
        self._canvas = view.canvas
        self._data = QMimeData()
        self._data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        self._held = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)

    def _send(self, event):
        event.ignore()
        QApplication.sendEvent(self._canvas, event)
        return event.isAccepted()

    def enter(self):
        return self._send(QDragEnterEvent(QPoint(60, 60), Qt.DropAction.CopyAction, self._data, *self._held))

    def leave(self):
        self._send(QDragLeaveEvent())

    def drop(self):
        return self._send(QDropEvent(QPointF(60, 60), Qt.DropAction.CopyAction, self._data, *self._held))


def test_a_surface_joins_the_volume_that_it_is_dropped_on(shown, qtbot, history, tmp_path):
    drag = Drag(shown, write_box(tmp_path / "implant.stl", (36, 6, 20)))
    before = pixels_of(shown).astype(int)
    assert drag.enter()
    assert shown.surface_drop.hint.shown
    assert abs(pixels_of(shown) - before).max() == 0  # not part of a saved picture
    assert drag.drop()
    assert not shown.surface_drop.hint.shown
    qtbot.waitUntil(lambda: shown.canvas.has_surfaces, timeout=20_000)
    history.undo()
    assert not shown.canvas.has_surfaces


def test_the_hint_goes_with_the_drag(shown, tmp_path):
    drag = Drag(shown, tmp_path / "implant.stl")
    drag.enter()
    drag.leave()
    assert not shown.surface_drop.hint.shown


def test_other_files_are_left_to_the_window(shown, tmp_path):
    for paths in ([tmp_path / "a.dcm"], [tmp_path / "a.stl", tmp_path / "a.dcm"], []):
        drag = Drag(shown, *paths)
        assert not drag.enter()
        assert not drag.drop()
    assert shown.scene.surfaces == ()
    assert not shown.surface_drop.hint.shown


def test_without_a_volume_a_surface_is_left_to_the_window(view, tmp_path):
    assert not Drag(view, tmp_path / "implant.stl").enter()
