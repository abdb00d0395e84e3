"""Uptake values and ultrasound regions in the window, with real files."""

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from core.errors import BadInput
from tests.gui.test_viewer_workspace import LOADED_MS, runner, settle, workspace  # noqa: F401
from tests.unit.test_series_facts import FACTOR, make_pet_series, make_ultrasound
from viewers.ui.slice_overlay import SliceScene, scale_bar_of
from viewers.ui.view_menu import ViewMenu


@pytest.fixture
def pet(qtbot, workspace, tmp_path):  # noqa: F811
    make_pet_series(tmp_path / "pet")
    workspace.open_paths([tmp_path / "pet"])
    qtbot.waitUntil(lambda: "pet-open" in workspace.states(), timeout=LOADED_MS)
    qtbot.waitUntil(lambda: workspace.opener.settled, timeout=LOADED_MS)
    settle(qtbot, workspace)
    return workspace


@pytest.fixture
def loop(qtbot, workspace, tmp_path):  # noqa: F811
    make_ultrasound(tmp_path / "us")
    workspace.open_paths([tmp_path / "us"])
    qtbot.waitUntil(lambda: bool(workspace.document.facts.regions), timeout=LOADED_MS)
    qtbot.waitUntil(lambda: workspace.opener.settled, timeout=LOADED_MS)
    settle(qtbot, workspace)
    return workspace


def test_pet_opens_with_uptake_values_and_a_refused_kind_says_why(pet):
    assert {"quantity-suv-bw", "suv-open"} <= pet.states()
    assert pet.document.quantity.factor == pytest.approx(FACTOR)
    with pytest.raises(BadInput, match="PatientSize"):
        pet.run("care.quantity-suv-lbm")
    pet.run("care.window-suv-10")
    assert pet.document.state.window.high * FACTOR == pytest.approx(10)
    pet.run("care.quantity-stored")
    assert pet.document.quantity.id == "stored"


def test_the_menu_of_a_view_chooses_the_quantity(qtbot, pet):
    menu = ViewMenu(pet._services, pet.document, pet)
    (values,) = [child for child in menu.findChildren(QMenu) if child.title() == "Values as"]
    actions = {action.text(): action for action in values.actions()}
    assert [action.isEnabled() for action in actions.values()] == [True, True, False, False]
    assert "PatientSize" in actions["SUV by body surface"].toolTip()
    actions["Stored values"].trigger()
    assert pet.document.quantity.id == "stored"
    menu.close()


def test_opening_the_series_again_finds_its_uptake_values_again(qtbot, pet):
    pet.open_series(pet.document.series)
    qtbot.waitUntil(lambda: pet.opener.settled and "pet-open" in pet.states(), timeout=LOADED_MS)
    assert pet.document.quantity.id == "suv-bw"


def _bar_text(view, i, j):
    document = view._document
    plane = view.plane()
    x, y = plane.pixel_from_lps((document.volume.lps_from_ijk @ (i, j, 0, 1))[:3])
    ratio = view.devicePixelRatioF()
    view._pointer = QPointF((x + 0.5) / ratio, (y + 0.5) / ratio)
    scene = SliceScene(document, document.volume, view.pane, plane, ratio, view._probe(plane))
    return scale_bar_of(scene).text, view._overlay._probe_texts(scene, scene.under_pointer)


def test_lengths_follow_the_region_under_the_pointer(loop):
    view = loop.grid.active_view()
    bar, texts = _bar_text(view, 20, 20)
    assert bar.endswith("mm")
    assert "2.0 mm across, 2.0 mm down in the region" in texts
    assert _bar_text(view, 50, 20)[0].endswith("mm")
    assert _bar_text(view, 50, 20)[0] != bar
    assert _bar_text(view, 2, 2)[0].endswith("px")


def test_a_loop_plays_as_fast_as_it_was_made_and_the_users_rate_comes_back(qtbot, loop, tmp_path):
    assert loop.players.slices.cine.frames_per_second == pytest.approx(25)
    assert loop.save_state()["rate"] == 15
    make_pet_series(tmp_path / "pet")
    loop.open_paths([tmp_path / "pet"])
    qtbot.waitUntil(lambda: "pet-open" in loop.states(), timeout=LOADED_MS)
    assert loop.players.slices.cine.frames_per_second == 15
    qtbot.waitUntil(lambda: loop.opener.settled, timeout=LOADED_MS)
