"""What is shown of a stack lies where its slices lie."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.volume import Volume
from imaging.display_grid import GridKind, display_grid
from imaging.geometry import split_series
from imaging.resample import grid_slice, is_sheared, orthogonal, shifted
from tests.unit.test_geometry import rotation, stack


def grid_of(depths, **options):
    (part,) = split_series(stack(depths, **options))
    return part.geometry, display_grid(part.geometry)


def test_a_regular_stack_is_shown_as_it_is():
    geometry, grid = grid_of([0, 2, 4])
    assert grid.kind is GridKind.STORED
    np.testing.assert_array_equal(grid.lps_from_ijk, geometry.lps_from_ijk)


def test_missing_slices_leave_empty_slots_and_change_no_voxel():
    geometry, grid = grid_of([0, 3, 6, 15, 18, 21, 24, 27], shear=(0.2, 0.3))
    assert grid.kind is GridKind.SLOTS
    assert grid.below.tolist() == [0, 1, 2, -1, -1, 3, 4, 5, 6, 7]
    for index, k in grid.slot_of_stored.items():
        place = (grid.lps_from_ijk @ [0, 0, k, 1])[:3]
        np.testing.assert_allclose(place, geometry.positions_lps_mm[index], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.sampled_from([1.0, 1.5, 2.0, 2.5, 4.0]), min_size=8, max_size=30),
    angles=st.tuples(*[st.floats(-math.pi, math.pi)] * 3),
    shear=st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)),
)
def test_every_slice_of_the_grid_lies_between_the_slices_it_is_made_of(gaps, angles, shear):
    geometry, grid = grid_of(np.cumsum([0.0, *gaps]), axes=rotation(angles), shear=shear)
    normal = geometry.normal
    depths = geometry.positions_lps_mm @ normal
    for k in range(grid.shape_ijk[2]):
        depth = float((grid.lps_from_ijk @ [0, 0, k, 1])[:3] @ normal)
        low, high = int(grid.below[k]), int(grid.above[k])
        if low < 0:
            assert np.abs(depths - depth).min() > 0.1
        elif low == high:
            assert abs(depths[low] - depth) <= max(0.1, float(np.median(np.diff(depths))) / 2) + 1e-6
        else:
            assert depths[low] - 1e-6 <= depth <= depths[high] + 1e-6
            blended = depths[low] * (1 - grid.weight[k]) + depths[high] * grid.weight[k]
            assert blended == pytest.approx(depth, abs=1e-6)


def test_a_changing_spacing_meets_every_slice_within_a_tenth_of_a_millimetre():
    geometry, grid = grid_of([0, 4.002, 8.004, 12.005, 13.09, 20.08, 27.08, 34.08], shear=(0, 0.33))
    assert grid.kind is GridKind.RESAMPLED
    assert sorted(grid.slot_of_stored) == list(range(8))
    for index, k in grid.slot_of_stored.items():
        place = (grid.lps_from_ijk @ [0, 0, k, 1])[:3]
        assert np.linalg.norm(place - geometry.positions_lps_mm[index]) < 0.11


def test_nothing_is_blended_across_a_hole():
    geometry, grid = grid_of([0, 2.1, 4.0, 6.2, 26.0, 28.1, 30.3, 32.2])
    depths = geometry.positions_lps_mm @ geometry.normal
    inside = [k for k in range(grid.shape_ijk[2]) if 38.0 < (grid.lps_from_ijk @ [0, 0, k, 1])[2] < 54.0]
    assert len(inside) > 5
    assert all(grid.below[k] == -1 for k in inside)
    assert depths[3] == pytest.approx(36.2)


def test_a_ramp_stays_a_ramp_when_it_is_resampled():
    geometry, grid = grid_of([0, 4, 8, 12, 13, 20, 27, 34])
    depths = geometry.positions_lps_mm @ geometry.normal
    stored = np.broadcast_to((depths * 10).astype(np.float32)[:, None, None], (8, 4, 6)).copy()
    for k in range(grid.shape_ijk[2]):
        depth = float((grid.lps_from_ijk @ [0, 0, k, 1])[2])
        made = grid_slice(stored, geometry, grid, k, 0)
        np.testing.assert_allclose(made, depth * 10, atol=1.01)


def test_a_slice_beside_the_line_is_moved_back():
    files = stack([0, 4, 8, 12, 13, 20, 27, 34])
    aside = files[5]
    moved = tuple(value + shift for value, shift in zip(aside.position_lps_mm, (1.0, 0, 0), strict=True))
    files[5] = type(aside)(
        **{**{n: getattr(aside, n) for n in aside.__dataclass_fields__}, "position_lps_mm": moved}
    )
    (part,) = split_series(files)
    grid = display_grid(part.geometry)
    k = grid.slot_of_stored[5]
    stored = np.zeros((8, 4, 6), np.float32)
    stored[5, 2, 3] = 100
    picture = grid_slice(stored, part.geometry, grid, k, 0)
    where = (np.indices(picture.shape)[1] * picture).sum() / picture.sum()
    x = float((grid.lps_from_ijk @ [where, 2, k, 1])[0])
    assert x == pytest.approx(moved[0] + 3 * 0.5, abs=0.02)


@settings(max_examples=40, deadline=None)
@given(right=st.floats(-3, 3), down=st.floats(-3, 3))
def test_shifting_moves_the_centre_of_mass_by_as_much(right, down):
    picture = np.zeros((12, 14), np.float32)
    picture[5:7, 6:9] = [[10, 20, 30], [5, 50, 0]]
    moved = shifted(picture, right, down, 0)
    for axis, distance in ((0, down), (1, right)):
        index = np.indices(picture.shape)[axis]
        before, after = ((index * image).sum() / image.sum() for image in (picture, moved))
        assert after == pytest.approx(before + distance, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(shear=st.tuples(st.floats(-0.6, 0.6), st.floats(-0.6, 0.6)))
def test_straightening_keeps_a_plane_in_space(shear):
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = (0.5, 0, 0), (0, 0.75, 0)
    affine[:3, 2], affine[:3, 3] = (2 * shear[0], 2 * shear[1], 2), (5, -7, 11)
    k, j, i = np.indices((7, 10, 12))
    place = np.stack([i, j, k, np.ones_like(i)], axis=-1) @ affine.T
    voxels = (3 * place[..., 0] - 2 * place[..., 1] + place[..., 2]).astype(np.float32)
    volume = Volume(voxels, affine)
    straight = orthogonal(volume, 0, command="test", inputs=())
    assert not is_sheared(straight)
    k, j, i = np.indices(straight.voxels.shape)
    place = np.stack([i, j, k, np.ones_like(i)], axis=-1) @ straight.lps_from_ijk.T
    expected = 3 * place[..., 0] - 2 * place[..., 1] + place[..., 2]
    source = place @ np.linalg.inv(affine).T
    inside = ((source[..., :3] > -1e-6) & (source[..., :3] < [11 + 1e-6, 9 + 1e-6, 6 + 1e-6])).all(axis=-1)
    assert inside.sum() >= 7 * 9 * 11
    np.testing.assert_allclose(straight.voxels[inside], expected[inside], atol=1e-3)
    assert straight.provenance is not None
