"""Contours in their own planes and cut by others: areas and lines where the contours say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plane import Plane
from viewers.contour_stack import ContourStack

Z = np.array([0.0, 0.0, 1.0])


def square(z, low, high):
    return np.array([[low, low, z], [high, low, z], [high, high, z], [low, high, z]], float)


def stack_of(*contours, spacing=2.0):
    return ContourStack.of(contours, Z, spacing)


def sagittal(x, *, size=(60, 60), pixel=0.5):
    """Rows along y, columns along -z, from (y, z) = (-5, 20)."""
    return Plane(np.array([x, -5.0, 20.0]), np.eye(3)[1], -Z, (pixel, pixel), size)


def axial(z):
    return Plane(np.array([-10.0, -10.0, z]), np.eye(3)[0], np.eye(3)[1], (0.5, 0.5), (80, 80))


def area_of(quads):
    x, y = quads[..., 0], quads[..., 1]
    return 0.5 * np.abs((x * np.roll(y, -1, axis=1) - y * np.roll(x, -1, axis=1)).sum(axis=1)).sum()


def length_of(lines):
    return np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1).sum()


def test_a_contour_is_shown_as_it_was_drawn_within_half_a_slice():
    stack = stack_of(square(4.0, 0.0, 8.0), square(6.0, 1.0, 7.0))
    (ring,) = stack.rings(axial(4.9))
    assert np.allclose(ring, [[20, 20], [36, 20], [36, 36], [20, 36]])
    assert len(stack.rings(axial(6.9))) == 1
    assert stack.rings(axial(7.2)) == ()
    assert stack.rings(axial(2.9)) == ()


def test_a_box_is_cut_to_a_rectangle():
    stack = stack_of(*(square(z, 0.0, 8.0) for z in (4.0, 6.0, 8.0)))
    section = stack.section(sagittal(3.0))
    # 8 mm along y, from 3 to 9 mm along z, in pixels of half a millimetre.
    assert area_of(section.areas) == pytest.approx(16 * 12)
    assert length_of(section.lines) == pytest.approx(2 * (16 + 12))
    corners = section.areas.reshape(-1, 2)
    assert np.allclose(corners.min(axis=0), [10, 22])
    assert np.allclose(corners.max(axis=0), [26, 34])


def test_a_hole_stays_a_hole():
    stack = stack_of(square(4.0, 0.0, 8.0), square(4.0, 2.0, 6.0))
    section = stack.section(sagittal(3.0))
    assert len(section.areas) == 2
    assert area_of(section.areas) == pytest.approx(2 * 4 * 4)


def test_a_step_between_slices_is_outlined():
    stack = stack_of(square(4.0, 0.0, 8.0), square(6.0, 0.0, 4.0))
    section = stack.section(sagittal(3.0))
    assert area_of(section.areas) == pytest.approx((16 + 8) * 4)
    assert length_of(section.lines) == pytest.approx(4 * 4 + 16 + 8 + 8)


def test_slices_far_apart_are_not_joined():
    stack = stack_of(square(4.0, 0.0, 8.0), square(12.0, 0.0, 8.0))
    assert area_of(stack.section(sagittal(3.0)).areas) == pytest.approx(2 * 16 * 4)


def test_a_plane_beside_it_shows_nothing():
    stack = stack_of(square(4.0, 0.0, 8.0))
    assert len(stack.section(sagittal(9.0)).areas) == 0
    assert len(ContourStack.of((), Z, 2.0).section(sagittal(3.0)).areas) == 0


def test_the_largest_contour_tells_where_it_is():
    stack = stack_of(square(4.0, 0.0, 2.0), square(6.0, 0.0, 8.0))
    assert np.allclose(stack.largest(), [4.0, 4.0, 6.0])


@given(
    st.floats(-1.2, 1.2),
    st.floats(-3.0, 3.0),
    st.lists(st.tuples(st.floats(1.0, 9.0), st.floats(0.0, 6.2)), min_size=3, max_size=9),
)
def test_an_oblique_cut_is_inside_where_the_contours_are(turn, shift, polar):
    angles = sorted(angle for _, angle in polar)
    ring = np.array([[r * np.cos(a), r * np.sin(a)] for (r, _), a in zip(polar, angles, strict=True)])
    stack = ContourStack.of(
        tuple(np.column_stack([ring, np.full(len(ring), z)]) for z in (-2.0, 0.0, 2.0)), Z, 2.0
    )
    along = np.array([np.cos(turn), np.sin(turn), 0.0])
    normal = np.cross(along, -Z)
    plane = Plane(normal * shift - along * 10 + Z * 5, along, -Z, (0.25, 0.25), (80, 40))
    section = stack.section(plane)
    places = np.array([plane.lps_from_pixel(x + 0.377, 20)[:2] for x in range(80)])
    expected = np.array([_inside(ring, place) for place in places])
    found = np.zeros(80, bool)
    for quad in section.areas[np.isclose(section.areas[..., 1].mean(axis=1), 20)]:
        x = np.arange(80) + 0.377
        found ^= (x > quad[:, 0].min()) & (x < quad[:, 0].max())
    clear = np.array([_distance(ring, place) > 1e-3 for place in places])
    assert np.array_equal(found[clear], expected[clear])


def _inside(ring, point):
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (y0 > point[1]) != (y1 > point[1]) and point[0] < x0 + (point[1] - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def _distance(ring, point):
    best = np.inf
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        step = end - start
        share = np.clip((point - start) @ step / max(step @ step, 1e-12), 0, 1)
        best = min(best, float(np.linalg.norm(point - start - share * step)))
    return best


@pytest.mark.parametrize(
    ("point", "held"),
    [
        ((1.0, 1.0, 4.5), True),
        ((4.0, 4.0, 4.0), False),  # in the hole
        ((9.0, 4.0, 4.0), False),
        ((1.0, 1.0, 5.5), False),  # beyond its slab
    ],
)
def test_a_point_is_held_by_the_slab_around_the_contours(point, held):
    stack = stack_of(square(4.0, 0.0, 8.0), square(4.0, 2.0, 6.0))
    assert stack.holds(np.array(point)) is held
