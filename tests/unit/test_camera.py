"""Cameras, transfer functions, presets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume
from render.camera import Camera
from render.presets import PRESETS, default_preset
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeMode

VOLUME = Volume(np.zeros((30, 20, 10), np.int16), np.diag([1.0, 1, 2, 1]))
FRONT = Camera.looking(VOLUME, "A")


@given(dx=st.floats(-400, 400), dy=st.floats(-400, 400), dz=st.floats(-400, 400))
def test_orbit_keeps_focus_distance_and_right_angles(dx, dy, dz):
    camera = FRONT.orbit(dx, dy).roll(dz)
    assert camera.focal_point_lps_mm == FRONT.focal_point_lps_mm
    assert camera.distance_mm == pytest.approx(FRONT.distance_mm)
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(camera.axes) == pytest.approx(1)


def test_orbit_to_the_right_shows_the_right_side():
    """What is in front moves to the right, so that the patient's right side comes into view."""
    camera = FRONT.orbit(90, 0)
    np.testing.assert_allclose(camera.axes, Camera.looking(VOLUME, "R").axes, atol=1e-9)
    camera = FRONT.orbit(0, 90)
    np.testing.assert_allclose(camera.axes[2], [0, 0, -1], atol=1e-9)  # from above


def test_roll_turns_the_picture_clockwise():
    turned = FRONT.roll(90)
    # The head, up before, points to the right.
    np.testing.assert_allclose(turned.axes[0], [0, 0, 1], atol=1e-9)


@pytest.mark.parametrize("parallel", [True, False])
def test_zoom_and_pan(parallel):
    camera = Camera.looking(VOLUME, "A", parallel=parallel)
    assert camera.zoom(2).height_mm == pytest.approx(camera.height_mm / 2)
    moved = camera.pan(0.25, 0.5)
    # Panning to the right by a quarter of the picture brings what was on the left to the middle.
    shift = np.subtract(moved.focal_point_lps_mm, camera.focal_point_lps_mm) / camera.height_mm
    np.testing.assert_allclose(shift, [-0.25, 0, 0.5], atol=1e-9)
    np.testing.assert_allclose(moved.axes, camera.axes, atol=1e-9)


@pytest.mark.parametrize("direction", list("APLRSI"))
@pytest.mark.parametrize("parallel", [True, False])
def test_the_whole_volume_is_seen(direction, parallel):
    camera = Camera.looking(VOLUME, direction, parallel=parallel)
    right, down, forward = camera.axes
    for corner in VOLUME.corners_lps_mm:
        offset = corner - np.array(camera.position_lps_mm)
        depth = 1.0 if parallel else (offset @ forward) / camera.distance_mm
        assert abs(offset @ right) <= camera.height_mm / 2 * depth * (1 + 1e-9)
        assert abs(offset @ down) <= camera.height_mm / 2 * depth * (1 + 1e-9)


def test_cameras_that_see_nothing_are_refused():
    with pytest.raises(ValueError, match="line"):
        Camera((0, 0, 0), (0, 0, 1), (0, 0, 5))
    with pytest.raises(ValueError, match="line"):
        Camera((0, 0, 0), (0, 0, 0), (0, 0, 1))
    with pytest.raises(ValueError, match="finite"):
        Camera((float("nan"), 0, 0), (0, 0, 1), (0, 1, 0))
    with pytest.raises(ValueError, match="view_angle_deg"):
        Camera((0, 0, 0), (0, 0, 1), (0, 1, 0), view_angle_deg=0)


def test_transfer_table_is_linear_and_goes_on_beyond_its_ends():
    transfer = TransferFunction((ControlPoint(0, 0, 0, 1, 0), ControlPoint(10, 1, 0, 1, 0.5)))
    table = transfer.table(-10, 20, 7)
    np.testing.assert_allclose(table[:, 0], [0, 0, 0, 0.5, 1, 1, 1])
    np.testing.assert_allclose(table[:, 3], [0, 0, 0, 0.25, 0.5, 0.5, 0.5])
    moved = transfer.mapped(2, 100)
    assert moved.value_range == (100, 120)
    np.testing.assert_allclose(moved.table(80, 140, 7), table)


def test_transfer_functions_out_of_order_are_refused():
    low, high = ControlPoint(0, 0, 0, 0, 0), ControlPoint(1, 1, 1, 1, 1)
    with pytest.raises(ValueError, match="growing"):
        TransferFunction((high, low))
    with pytest.raises(ValueError, match="growing"):
        TransferFunction(())
    with pytest.raises(ValueError, match="0 to 1"):
        ControlPoint(0, 0, 0, 0, 1.5)
    with pytest.raises(ValueError, match="growing"):
        TransferFunction((low,), gradient_opacity=((2, 1), (1, 1)))


def test_presets_are_valid_and_mr_ones_follow_the_range():
    for preset in PRESETS.values():
        look = preset.make((0.0, 1000.0))
        low, high = look.transfer.value_range
        if preset.modality == "MR":
            assert 0 < low < high <= 3000
            wide = preset.make((-1000.0, 1000.0)).transfer.value_range
            np.testing.assert_allclose(wide, (-1000 + 2 * low, -1000 + 2 * high))
        preset.make((5.0, 5.0))
    assert PRESETS["ct-mip"].make((0, 1)).mode is VolumeMode.MIP


def test_default_presets():
    assert default_preset("CT", (-1024, 2000)).name == "ct-bone"
    assert default_preset("CT", (0, 255)).name == "mr-head"
    assert default_preset("MR", (-1024, 2000)).name == "mr-head"
