"""Slices of any orientation, shear and order of files become the same, exact geometry."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.slice_geometry import GeometryKind
from imaging.geometry import split_series
from imaging.instance import Instance

AXIAL = np.eye(3)
finite = st.floats(-1.0, 1.0, allow_nan=False)


def instance(number, position, axes=AXIAL, **changes):
    fields = {
        "path": f"/series/{(number * 7919) % 1009:04d}.dcm",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
        "sop_uid": f"1.2.3.{number}",
        "series_uid": "1.2.3",
        "study_uid": "1.2",
        "rows": 4,
        "columns": 6,
        "instance_number": number,
        "position_lps_mm": None if position is None else tuple(map(float, position)),
        "row_direction": tuple(map(float, axes[0])),
        "column_direction": tuple(map(float, axes[1])),
        "spacing_ij_mm": (0.5, 0.7),
        **changes,
    }
    return Instance(**fields)


def stack(depths, axes=AXIAL, shear=(0.0, 0.0), origin=(10.0, -20.0, 30.0), **changes):
    normal = np.cross(axes[0], axes[1])
    step = normal + shear[0] * axes[0] + shear[1] * axes[1]
    return [
        instance(number, np.array(origin) + depth * step, axes, **changes)
        for number, depth in enumerate(depths, start=1)
    ]


def rotation(angles):
    a, b, c = angles
    about_z = np.array([[math.cos(a), -math.sin(a), 0], [math.sin(a), math.cos(a), 0], [0, 0, 1]])
    about_y = np.array([[math.cos(b), 0, math.sin(b)], [0, 1, 0], [-math.sin(b), 0, math.cos(b)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(c), -math.sin(c)], [0, math.sin(c), math.cos(c)]])
    return about_z @ about_y @ about_x


def text_of(part):
    return " | ".join(str(warning) for warning in part.warnings)


@settings(max_examples=60, deadline=None)
@given(
    angles=st.tuples(*[st.floats(-math.pi, math.pi)] * 3),
    shear=st.tuples(finite, finite),
    origin=st.tuples(*[st.floats(-500, 500)] * 3),
    spacing=st.floats(0.3, 8),
    count=st.integers(2, 40),
    seed=st.randoms(use_true_random=False),
)
def test_affine_maps_every_slice_to_its_position(angles, shear, origin, spacing, count, seed):
    files = stack(np.arange(count) * spacing, rotation(angles), shear, origin)
    expected = [np.array(item.position_lps_mm) for item in files]
    seed.shuffle(files)
    (part,) = split_series(files)
    geometry = part.geometry
    assert part.part == ""
    assert [frame.instance.sop_uid for frame in part.frames] == [f"1.2.3.{n}" for n in range(1, count + 1)]
    for k, position in enumerate(expected):
        np.testing.assert_allclose((geometry.lps_from_ijk @ [0, 0, k, 1])[:3], position, atol=1e-6)
    np.testing.assert_allclose(geometry.lps_from_ijk[:3, 0], 0.5 * rotation(angles)[0], atol=1e-9)
    assert geometry.spacing_mm == pytest.approx((0.5, 0.7, spacing), abs=1e-6)
    tilt = math.degrees(math.atan(math.hypot(*shear)))
    assert (geometry.kind is GeometryKind.SHEARED) == (
        tilt > 0.05 and math.hypot(*shear) * spacing * (count - 1) > 0.1
    )


@settings(max_examples=60, deadline=None)
@given(angles=st.tuples(*[st.floats(-math.pi, math.pi)] * 3), gaps=st.lists(st.floats(0.4, 9), min_size=3))
def test_the_order_of_the_files_does_not_matter(angles, gaps):
    files = stack(np.cumsum(gaps), rotation(angles))
    (first,) = split_series(files)
    random.Random(1).shuffle(files)
    (second,) = split_series(files)
    assert first.frames == second.frames
    assert text_of(first) == text_of(second)
    np.testing.assert_array_equal(first.geometry.positions_lps_mm, second.geometry.positions_lps_mm)
    depths = first.geometry.positions_lps_mm @ first.geometry.normal
    assert (np.diff(depths) > 0).all()


def test_reversed_instance_numbers_do_not_turn_the_stack():
    files = stack([9.0, 6.0, 3.0, 0.0])
    (part,) = split_series(files)
    assert [frame.instance.instance_number for frame in part.frames] == [4, 3, 2, 1]


def test_a_missing_slice_is_named_and_leaves_no_affine():
    (part,) = split_series(stack([0, 3, 6, 12, 15, 18, 21]))
    assert part.geometry.kind is GeometryKind.IRREGULAR
    assert part.geometry.lps_from_ijk is None
    assert part.geometry.shape_ijk == (6, 4, 7)
    assert "missing after slice 3 (36.0 mm): 1" in text_of(part)
    assert "varies" not in text_of(part)


def test_changing_spacing_is_irregular_and_nothing_is_missing():
    (part,) = split_series(stack([0, 4, 8, 12, 16, 17, 24, 31, 38, 45]))
    assert part.geometry.kind is GeometryKind.IRREGULAR
    assert "from 1.00 to 7.00 mm" in text_of(part)
    assert "missing" not in text_of(part)


def test_a_hole_in_an_irregular_stack_is_found():
    (part,) = split_series(stack([0, 2.1, 4.0, 6.2, 16.0, 18.1, 20.3, 22.2]))
    assert "missing after slice 4" in text_of(part)
    assert "varies" in text_of(part)


def test_positions_cut_to_two_digits_stay_uniform():
    depths = [round(number * 0.625 + 0.003, 2) for number in range(300)]
    (part,) = split_series(stack(depths))
    assert part.geometry.kind is GeometryKind.UNIFORM
    assert part.geometry.spacing_mm[2] == pytest.approx(0.625, abs=1e-4)


def test_tilt_is_named_with_its_angle():
    (part,) = split_series(stack(np.arange(10) * 5.0, shear=(0.0, math.tan(math.radians(18.5)))))
    assert part.geometry.kind is GeometryKind.SHEARED
    assert "18.5°" in text_of(part)


def test_one_doubled_slice_is_left_out_and_named():
    files = [*stack([0, 2, 4, 6]), instance(5, (10, -20, 34))]
    (part,) = split_series(files)
    assert part.geometry.kind is GeometryKind.UNIFORM
    assert [frame.instance.instance_number for frame in part.duplicates] == [5]
    assert "slice 3 (34.0 mm)" in text_of(part)
    assert len(part.instances) == 5


def test_full_stacks_at_the_same_places_are_volumes():
    files = [instance(10 * t + k, (0, 0, 3 * k)) for t in range(3) for k in range(5)]
    parts = split_series(files)
    assert [part.part for part in parts] == ["volume 1", "volume 2", "volume 3"]
    assert [part.frames[0].instance.instance_number for part in parts] == [0, 10, 20]
    assert all(part.geometry.kind is GeometryKind.UNIFORM for part in parts)


def test_echoes_are_split_by_their_number():
    files = [
        instance(2 * k + e, (0, 0, 3 * k), parts=(("EchoNumbers", str(e + 1)), ("Odd", str(k))))
        for k in range(5)
        for e in range(2)
    ]
    parts = split_series(files)
    assert [part.part for part in parts] == ["echo 1", "echo 2"]
    assert all(len(part.frames) == 5 for part in parts)


def test_times_that_number_the_slices_do_not_tear_the_volumes_apart():
    # Two slices at a time, three times over: the clock has 30 values, the series three volumes.
    files = [
        instance(100 * t + k, (0, 0, 3 * k), parts=(("AcquisitionTime", f"{10 * t + k // 2}"),))
        for t in range(3)
        for k in range(20)
    ]
    parts = split_series(files)
    assert [part.part for part in parts] == ["volume 1", "volume 2", "volume 3"]
    assert all(len(part.frames) == 20 for part in parts)


def test_echoes_at_several_times_are_split_by_both():
    files = [
        instance(
            100 * t + 10 * k + e,
            (0, 0, 3 * k),
            parts=(("EchoTime", f"{4.6 * (e + 1):.1f}"), ("TemporalPositionIdentifier", str(t + 1))),
        )
        for t in range(3)
        for k in range(5)
        for e in range(2)
    ]
    names = [part.part for part in split_series(files)]
    assert names == [f"time {t}, TE {te}" for t in (1, 2, 3) for te in ("4.6", "9.2")]


def test_an_attribute_that_changes_along_the_stack_does_not_split_it():
    files = [instance(k, (0, 0, 3 * k), parts=(("AcquisitionNumber", str(k // 3)),)) for k in range(6)]
    (part,) = split_series(files)
    assert part.geometry.kind is GeometryKind.UNIFORM


def test_mixed_orientations_become_parts_with_a_warning():
    coronal = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    files = stack([0, 5, 10]) + [instance(10 + k, (0, 4 * k, 0), coronal) for k in range(3)]
    parts = split_series(files)
    assert [part.part for part in parts] == ["orientation 1", "orientation 2"]
    assert all("2 orientations" in text_of(part) for part in parts)
    assert parts[1].geometry.spacing_mm[2] == pytest.approx(4)


def test_sizes_and_spacings_are_not_mixed():
    files = [
        *stack([0, 5, 10]),
        instance(9, (10, -20, 60), rows=8),
        instance(11, (0, 0, 90), spacing_ij_mm=(1, 1)),
    ]
    assert [part.part for part in split_series(files)] == [
        "size 6 x 4, spacing 0.5 x 0.7 mm",
        "size 6 x 8, spacing 0.5 x 0.7 mm",
        "size 6 x 4, spacing 1 x 1 mm",
    ]


def test_a_single_slice_is_flat_and_as_thick_as_it_says():
    (part,) = split_series([instance(1, (1, 2, 3), slice_thickness_mm=4.0)])
    assert part.geometry.kind is GeometryKind.FLAT
    assert part.geometry.lps_known
    assert part.geometry.spacing_mm == (0.5, 0.7, 4.0)


def test_images_without_position_go_by_number_and_say_so():
    (part,) = split_series([instance(number, None) for number in (3, 1, 2)])
    assert part.geometry.kind is GeometryKind.NONE
    assert not part.geometry.lps_known
    assert part.geometry.ras_from_ijk is None
    assert [frame.instance.instance_number for frame in part.frames] == [1, 2, 3]
    assert "no position" in text_of(part)


def test_pictures_of_one_place_are_shown_one_after_another():
    (part,) = split_series([instance(number, (0, 0, 0)) for number in range(4)])
    assert part.geometry.kind is GeometryKind.NONE
    assert len(part.frames) == 4
    assert "same place" in text_of(part)


def test_frames_of_an_enhanced_file_are_slices():
    positions = ((0.0, 0, 6), (0.0, 0, 0), (0.0, 0, 3))
    (part,) = split_series([instance(1, (0, 0, 6), frames=3, frame_positions_lps_mm=positions)])
    assert [frame.number for frame in part.frames] == [1, 2, 0]
    assert part.geometry.kind is GeometryKind.UNIFORM
    assert len(part.instances) == 1


def test_unknown_spacing_is_said():
    (part,) = split_series(stack([0, 5, 10], spacing_ij_mm=None))
    assert not part.geometry.spacing_known
    assert part.geometry.spacing_mm[:2] == (1.0, 1.0)
    assert "spacing is unknown" in text_of(part)


@pytest.mark.parametrize(
    "directions", [((0, 0, 0), (0, 1, 0)), ((1, 0, 0), (1, 0, 0)), ((math.nan, 0, 0), (0, 1, 0))]
)
def test_nonsense_directions_count_as_none(directions):
    row, column = directions
    parts = split_series(
        [instance(n, (0, 0, n), row_direction=row, column_direction=column) for n in range(3)]
    )
    assert [part.geometry.kind for part in parts] == [GeometryKind.NONE]


def test_files_without_pixels_have_no_geometry():
    (part,) = split_series([instance(1, None, rows=0, columns=0)])
    assert part.geometry is None
    assert len(part.instances) == 1


def test_more_frames_than_bytes_are_not_believed():
    (part,) = split_series([instance(1, None, frames=2**31 - 1, size_bytes=400)])
    assert len(part.frames) == 400
