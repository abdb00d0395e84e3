"""Planes, zoom, pan and slices of the 2D views, on grids turned every way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.volume import Volume
from tests.rotations import rotation
from viewers.layouts import LAYOUTS, Pane
from viewers.mpr_state import MprState, first_state, pane_plane, placed_point
from viewers.orientation import STANDARD, Orientation, plane_axes
from viewers.slice_stack import SliceStack, follows_patient_axes, snapped_to_voxel, voxel_at
from viewers.view_state import ViewState, panned, point_of, slice_plane, zoomed_about

SPACING = st.floats(0.3, 5.0)
ANGLES = st.tuples(st.floats(-180, 180), st.floats(-85, 85), st.floats(-180, 180))
SIZES = st.tuples(st.integers(40, 900), st.integers(40, 900))
VIEWS = st.builds(ViewState, zoom=st.floats(0.2, 20), quarter_turns=st.integers(0, 3), mirrored=st.booleans())


@st.composite
def volumes(draw, oblique=True):
    affine = np.eye(4)
    directions = np.eye(3)
    if oblique:
        directions = rotation(draw(ANGLES))
    spacing = [draw(SPACING) for _ in range(3)]
    affine[:3, :3] = directions * spacing
    affine[:3, 3] = draw(st.tuples(*[st.floats(-300, 300)] * 3))
    return Volume(np.zeros(draw(st.tuples(*[st.integers(2, 12)] * 3)), np.int16), affine)


ORIENTATIONS = st.sampled_from(list(Orientation))


@given(volumes(), ORIENTATIONS, VIEWS, SIZES, st.floats(0, 900), st.floats(0, 900))
def test_a_pixel_and_its_point_are_each_others_inverse(volume, orientation, view, size, x, y):
    axes = plane_axes(orientation, volume)
    plane = slice_plane(volume, axes, view, volume.centre_lps_mm, size)
    point = plane.lps_from_pixel(x, y)
    assert plane.pixel_from_lps(point) == pytest.approx((x, y), abs=1e-6)
    assert float((point - volume.centre_lps_mm) @ axes.forward) == pytest.approx(0, abs=1e-6)


@given(volumes(), ORIENTATIONS, SIZES)
def test_the_whole_volume_fits_and_touches_two_edges(volume, orientation, size):
    axes = plane_axes(orientation, volume)
    plane = slice_plane(volume, axes, ViewState(), volume.centre_lps_mm, size)
    pixels = np.array([plane.pixel_from_lps(corner) for corner in volume.corners_lps_mm])
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    assert np.all(low >= -0.5 - 1e-6)
    assert np.all(high <= np.array(size) - 0.5 + 1e-6)
    assert np.min(np.abs(low + 0.5)) == pytest.approx(0, abs=1e-6)


@given(volumes(), ORIENTATIONS, VIEWS, SIZES, st.floats(0, 1), st.floats(0, 1), st.floats(0.3, 4), st.data())
def test_zooming_keeps_what_is_under_the_pointer(volume, orientation, view, size, u, v, factor, data):
    axes = plane_axes(orientation, volume)
    through = volume.centre_lps_mm
    pixel = (u * (size[0] - 1), v * (size[1] - 1))
    plane = slice_plane(volume, axes, view, through, size)
    zoomed = slice_plane(volume, axes, zoomed_about(view, plane, pixel, factor), through, size)
    assert zoomed.lps_from_pixel(*pixel) == pytest.approx(plane.lps_from_pixel(*pixel), abs=1e-6)
    assert zoomed.spacing_mm[0] == pytest.approx(plane.spacing_mm[0] / factor)


@given(volumes(), ORIENTATIONS, VIEWS, SIZES, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_moves_the_picture_with_the_pointer(volume, orientation, view, size, dx, dy):
    axes = plane_axes(orientation, volume)
    plane = slice_plane(volume, axes, view, volume.centre_lps_mm, size)
    after = slice_plane(volume, axes, panned(view, plane, dx, dy), volume.centre_lps_mm, size)
    assert after.lps_from_pixel(10 + dx, 20 + dy) == pytest.approx(plane.lps_from_pixel(10, 20), abs=1e-6)


@given(volumes(oblique=False), st.sampled_from(STANDARD))
def test_a_straight_grid_has_one_slice_a_voxel_through_its_centres(volume, orientation):
    axis = {"axial": 2, "coronal": 1, "sagittal": 0}[orientation]
    stack = SliceStack.of(volume, plane_axes(orientation, volume).forward)
    assert stack.count == volume.shape_ijk[axis]
    assert stack.step_mm == pytest.approx(volume.spacing_mm[axis])
    for index in range(stack.count):
        point = stack.moved_to(volume.centre_lps_mm, index)
        position = (volume.ijk_from_lps @ np.append(point, 1))[axis]
        assert position == pytest.approx(round(position), abs=1e-6)
        assert stack.nearest_index(point) == index


@given(volumes())
def test_acquired_slices_are_the_stored_ones(volume):
    stack = SliceStack.of(volume, plane_axes(Orientation.ACQUIRED, volume).forward)
    assert stack.count == volume.shape_ijk[2]
    point = (volume.lps_from_ijk @ [0, 0, 1, 1])[:3]
    assert stack.index_at(point) == pytest.approx(1, abs=1e-6)


@given(volumes(), ORIENTATIONS, st.integers(-30, 30), st.floats(-50, 50))
def test_scrolling_goes_by_steps_and_stays_within(volume, orientation, steps, off_mm):
    stack = SliceStack.of(volume, plane_axes(orientation, volume).forward)
    point = volume.centre_lps_mm + off_mm
    moved = stack.stepped(point, steps)
    expected = np.clip(stack.nearest_index(point) + steps, 0, stack.count - 1)
    assert stack.index_at(moved) == pytest.approx(expected, abs=1e-6)
    across = moved - point
    assert np.linalg.norm(across - stack.forward * (across @ stack.forward)) == pytest.approx(0, abs=1e-6)


def test_a_sheared_stack_counts_its_slices_along_their_normal():
    affine = np.array([[1, 0, 0, 0], [0, 1, 2.0, 0], [0, 0, 4.0, 0], [0, 0, 0, 1]])
    stack = SliceStack.of(Volume(np.zeros((7, 5, 6), np.int16), affine), np.array([0, 0, 1.0]))
    assert (stack.count, stack.step_mm) == (7, 4.0)


@given(volumes(), st.tuples(*[st.floats(-2000, 2000)] * 3))
def test_the_cursor_never_leaves_the_volume(volume, away):
    target = volume.centre_lps_mm + np.array(away)
    placed = placed_point(volume, volume.centre_lps_mm, target)
    ijk = (volume.ijk_from_lps @ np.append(placed, 1))[:3]
    assert np.all(ijk >= -1e-6)
    assert np.all(ijk <= np.array(volume.shape_ijk) - 1 + 1e-6)


@given(volumes(oblique=True), st.tuples(*[st.floats(-0.5, 0.5)] * 2), st.sampled_from(STANDARD))
def test_dragging_the_cursor_in_a_view_does_not_scroll_that_view(volume, offsets, orientation):
    assume(not follows_patient_axes(volume))
    axes = plane_axes(orientation, volume)
    start = snapped_to_voxel(volume, volume.centre_lps_mm)
    target = start + axes.right * offsets[0] * 500 + axes.down * offsets[1] * 500
    placed = placed_point(volume, start, target)
    assert float((placed - start) @ axes.forward) == pytest.approx(0, abs=1e-6)


@given(volumes(oblique=False), st.tuples(*[st.integers(0, 11)] * 3), st.tuples(*[st.floats(-0.49, 0.49)] * 3))
def test_the_cursor_snaps_to_voxel_centres_of_a_straight_grid(volume, ijk, off):
    ijk = np.minimum(ijk, np.array(volume.shape_ijk) - 1)
    near = (volume.lps_from_ijk @ np.append(ijk + np.array(off), 1))[:3]
    expected = (volume.lps_from_ijk @ np.append(ijk, 1))[:3]
    assert snapped_to_voxel(volume, near) == pytest.approx(expected, abs=1e-9)
    assert placed_point(volume, volume.centre_lps_mm, near) == pytest.approx(expected, abs=1e-9)
    assert voxel_at(volume, near) == tuple(ijk)


def test_there_is_no_voxel_outside():
    volume = Volume(np.zeros((2, 2, 2), np.int16), np.eye(4))
    assert voxel_at(volume, np.array([-0.6, 0, 0])) is None
    assert voxel_at(volume, np.array([1.4, 1.4, 1.4])) == (1, 1, 1)
    assert voxel_at(volume, np.array([0, 0, 1.6])) is None


@given(volumes(), st.sampled_from(sorted(LAYOUTS)))
def test_all_linked_panes_pass_through_the_cursor(volume, layout_id):
    state = first_state(MprState().with_layout(layout_id), volume)
    for pane in state.panes:
        if pane.orientation is not None and pane.offset_steps == 0:
            plane = pane_plane(state, volume, pane, (100, 80))
            off = (np.array(state.cursor_lps_mm) - plane.origin_lps_mm) @ plane.normal
            assert off == pytest.approx(0, abs=1e-6)


def test_nine_views_show_successive_slices():
    volume = Volume(np.zeros((20, 8, 8), np.int16), np.diag([1, 1, 2.0, 1]))
    state = first_state(MprState().with_layout("3x3"), volume)
    assert state.active == 4
    heights = [pane_plane(state, volume, pane, (50, 50)).origin_lps_mm[2] for pane in state.panes]
    assert np.diff(heights) == pytest.approx([-2.0] * 8)


def test_a_layout_keeps_the_active_plane_in_sight():
    state = MprState().with_layout("1x3")
    state = replace(state, active=2)
    assert state.active_orientation is Orientation.SAGITTAL
    alone = state.with_layout("1x1")
    assert alone.panes == (Pane("sagittal"),)
    four = alone.with_layout("2x2")
    assert four.panes[four.active].orientation is Orientation.SAGITTAL


def test_unlinked_views_stand_on_their_own():
    state = replace(MprState(), cursor_lps_mm=(1.0, 2.0, 3.0)).with_link(linked=False)
    moved = state.with_point(Orientation.AXIAL, np.array([1.0, 2.0, 9.0]))
    assert point_of(moved.point_of(Orientation.AXIAL)) == (1.0, 2.0, 9.0)
    assert point_of(moved.point_of(Orientation.CORONAL)) == (1.0, 2.0, 3.0)
    assert moved.with_link(linked=True).cursor_lps_mm == (1.0, 2.0, 9.0)
