import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Settings
from render.presets import PRESETS
from render.transfer_function import ControlPoint, TransferFunction
from viewers.transfer_editing import (
    add_point,
    colour_at,
    colour_point,
    move_point,
    remove_point,
    shift,
    stretch,
    with_gradient_opacity,
)
from viewers.user_presets import (
    UserPreset,
    delete_user_preset,
    rename_user_preset,
    save_user_preset,
    user_presets,
)
from viewers.volume_presets import PresetGroup, preset_entries, preset_look

_TRANSFER = TransferFunction(
    (ControlPoint(0, 0, 0, 0, 0), ControlPoint(10, 1, 0, 0, 0.5), ControlPoint(20, 1, 1, 1, 1))
)


def test_a_new_point_has_the_colour_of_its_place():
    transfer, index = add_point(_TRANSFER, 5.0, 0.9)
    assert index == 1
    assert transfer.points[1] == ControlPoint(5.0, 0.5, 0.0, 0.0, 0.9)


@given(value=st.floats(-100, 100), opacity=st.floats(-3, 3), index=st.integers(0, 2))
def test_points_keep_their_order_wherever_one_is_dragged(value, opacity, index):
    moved = move_point(_TRANSFER, index, value, opacity)
    assert len(moved.points) == 3
    assert [p.red for p in moved.points] == [p.red for p in _TRANSFER.points]


def test_two_points_always_stay():
    transfer = remove_point(_TRANSFER, 0)
    assert len(transfer.points) == 2
    assert remove_point(transfer, 0) is transfer


def test_a_colour_is_kept_within_its_range():
    assert colour_at(colour_point(_TRANSFER, 1, (0.2, 2.0, -1.0)), 10.0) == pytest.approx((0.2, 1.0, 0.0))


def test_shift_and_stretch_move_like_a_window():
    assert [p.value for p in shift(_TRANSFER, 3.0).points] == [3, 13, 23]
    assert [p.value for p in stretch(_TRANSFER, 2.0).points] == [-10, 10, 30]


def test_gradient_opacity_is_put_on_and_taken_off():
    on = with_gradient_opacity(_TRANSFER, enabled=True)
    assert on.gradient_opacity == ((0.0, 0.1), (1.0, 1.0))
    assert with_gradient_opacity(on, enabled=False).gradient_opacity == ()


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "settings.json")


def test_presets_of_the_user_are_read_back_by_another_start(settings, tmp_path):
    transfer = with_gradient_opacity(_TRANSFER, enabled=True)
    save_user_preset(settings, UserPreset("Zähne", transfer, shaded=False))
    save_user_preset(settings, UserPreset("aorta", _TRANSFER))
    found = user_presets(Settings(tmp_path / "settings.json"))
    assert found == (UserPreset("aorta", _TRANSFER), UserPreset("Zähne", transfer, shaded=False))


def test_presets_are_renamed_and_deleted(settings):
    save_user_preset(settings, UserPreset("a", _TRANSFER))
    save_user_preset(settings, UserPreset("b", shift(_TRANSFER, 1.0)))
    rename_user_preset(settings, "a", "b")
    assert user_presets(settings) == (UserPreset("b", _TRANSFER),)
    delete_user_preset(settings, "b")
    assert user_presets(settings) == ()


@pytest.mark.parametrize(
    "data",
    [
        3,
        {},
        {"points": [], "gradient_opacity": [], "shaded": True},
        {"points": [[1, 2]], "gradient_opacity": [], "shaded": True},
        {"points": [["x", 0, 0, 0, 0], [1, 0, 0, 0, 0]], "gradient_opacity": [], "shaded": True},
        {"points": [[5, 0, 0, 0, 0], [1, 0, 0, 0, 0]], "gradient_opacity": [], "shaded": True},
        {"points": [[0, 0, 0, 0, 0], [1, 0, 0, 0, 9]], "gradient_opacity": [], "shaded": True},
    ],
)
def test_presets_that_cannot_be_read_are_left_out(settings, data):
    save_user_preset(settings, UserPreset("good", _TRANSFER))
    settings.set("care.volume.presets", {**settings.get("care.volume.presets", {}), "bad": data})
    assert [preset.name for preset in user_presets(settings)] == ["good"]


def test_the_menu_begins_with_what_suits_the_modality(settings):
    save_user_preset(settings, UserPreset("mine", _TRANSFER))
    entries = preset_entries("MR", settings)
    assert [entry.group for entry in entries] == sorted(entry.group for entry in entries)
    assert entries[0].id == "mr-head"
    assert {entry.id for entry in entries} == {*PRESETS, "user:mine"}
    assert next(entry for entry in entries if entry.id == "user:mine").group is PresetGroup.OWN


def test_the_look_of_a_preset_that_is_gone_is_none(settings):
    assert preset_look("user:gone", (0.0, 1.0), settings) is None
    assert preset_look("mr-head", (0.0, 500.0), settings).transfer.points[-1].value == 500.0
