import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume
from tests.rotations import rotation
from viewers.crosshair import Grip, cross_lines, grip_at
from viewers.orientation import STANDARD, Orientation, plane_axes
from viewers.view_state import ViewState, slice_plane

ANGLES = st.tuples(st.floats(-180, 180), st.floats(-85, 85), st.floats(-180, 180))


def view_of(orientation, angles=(0, 0, 0)):
    affine = np.eye(4)
    affine[:3, :3] = rotation(angles)
    volume = Volume(np.zeros((8, 8, 8), np.int16), affine)
    axes = plane_axes(orientation, volume)
    return volume, slice_plane(volume, axes, ViewState(), volume.centre_lps_mm, (80, 80))


def test_in_an_axial_view_sagittal_is_upright_and_coronal_level():
    lines = {line.orientation: line for line in cross_lines(*_swap(Orientation.AXIAL))}
    assert set(lines) == {Orientation.CORONAL, Orientation.SAGITTAL}
    assert abs(lines[Orientation.SAGITTAL].direction) == pytest.approx([0, 1])
    assert abs(lines[Orientation.CORONAL].direction) == pytest.approx([1, 0])


def _swap(orientation, angles=(0, 0, 0)):
    volume, plane = view_of(orientation, angles)
    return volume, orientation, plane


@given(ANGLES, st.sampled_from(list(Orientation)))
def test_every_point_of_a_line_lies_in_both_planes(angles, orientation):
    volume, plane = view_of(orientation, angles)
    cursor = plane.lps_from_pixel(30, 50)
    for line in cross_lines(volume, orientation, plane):
        point = plane.lps_from_pixel(30 + 17 * line.direction[0], 50 + 17 * line.direction[1])
        normal = plane_axes(line.orientation, volume).forward
        assert float((point - cursor) @ normal) == pytest.approx(0, abs=1e-6)
        assert np.linalg.norm(line.direction) == pytest.approx(1)


def test_a_line_moves_across_itself_only():
    lines = cross_lines(*_swap(Orientation.AXIAL))
    upright = next(line for line in lines if line.orientation is Orientation.SAGITTAL)
    moved = Grip(upright).moved(np.zeros(3), np.array([5.0, 9.0, 0.0]))
    assert moved == pytest.approx([5, 0, 0])
    assert Grip().moved(np.zeros(3), np.array([5.0, 9.0, 0.0])) == pytest.approx([5, 9, 0])


def test_what_is_taken_hold_of():
    lines = cross_lines(*_swap(Orientation.AXIAL))
    assert grip_at(lines, 3, 3, 6).line is None
    assert grip_at(lines, 2, 60, 6).line.orientation is Orientation.SAGITTAL
    assert grip_at(lines, 60, 2, 6).line.orientation is Orientation.CORONAL
    assert grip_at(lines, 60, 60, 6) is None


def test_standard_views_have_two_lines_each():
    for orientation in (*STANDARD, Orientation.ACQUIRED):
        assert len(cross_lines(*_swap(orientation))) == 2
