"""Outlines of every shape pass through the points that define them."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from viewers.drawn_shapes import ellipsoid_section, outline_of

COORDINATES = st.floats(-500, 500)


def points_of(count, dimensions=2):
    return arrays.arrays(float, (count, dimensions), elements=COORDINATES)


def distance(ring, point):
    """Give the distance of a point from a closed polyline."""
    start, end = ring, np.roll(ring, -1, axis=0)
    along = end - start
    length = np.maximum((along**2).sum(axis=1), 1e-12)
    share = np.clip(((point - start) * along).sum(axis=1) / length, 0, 1)[:, None]
    return np.linalg.norm(start + share * along - point, axis=1).min()


@given(points_of(2))
def test_a_circle_is_round_and_meets_its_point(points):
    outline = outline_of("CIRCLE", points)
    (ring,) = outline.rings
    radius = np.linalg.norm(points[1] - points[0])
    assert outline.closed
    np.testing.assert_allclose(np.linalg.norm(ring - points[0], axis=1), radius, atol=1e-9)
    assert distance(ring, points[1]) <= radius * 0.002 + 1e-9


@given(
    st.tuples(COORDINATES, COORDINATES),
    st.floats(1, 100),
    st.floats(0.5, 90),
    st.floats(0, 3.2),
    st.booleans(),
)
def test_an_ellipse_meets_the_ends_of_its_axes(centre, major, minor, angle, in_space):
    a = major * np.array([np.cos(angle), np.sin(angle)])
    b = minor * np.array([-np.sin(angle), np.cos(angle)])
    points = np.array(centre) + np.array([-a, a, -b, b])
    if in_space:
        points = np.column_stack([points, points[:, 0] * 0.5])
    outline = outline_of("ELLIPSE", points)
    assert outline.closed
    for point in points:
        assert distance(outline.rings[0], point) <= 0.01 * max(major, minor)


@pytest.mark.parametrize("shape", ["POLYGON", "RECTANGLE"])
def test_a_closed_shape_is_closed_once(shape):
    corners = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 3.0]])
    for given_points in (corners, np.vstack([corners, corners[:1]])):
        outline = outline_of(shape, given_points)
        assert outline.closed
        np.testing.assert_array_equal(outline.rings[0], corners)


def test_points_are_rings_of_their_own():
    points = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert [ring.tolist() for ring in outline_of("MULTIPOINT", points).rings] == [[[1, 2]], [[3, 4]]]


@pytest.mark.parametrize("loop", [False, True])
def test_a_curve_goes_through_its_points(loop):
    points = np.array([[0.0, 0.0], [4.0, 1.0], [5.0, 5.0], [1.0, 6.0]])
    points = np.vstack([points, points[:1]]) if loop else points
    ring = outline_of("INTERPOLATED", points).rings[0]
    for point in points:
        assert np.linalg.norm(ring - point, axis=1).min() < 1e-9
    assert len(ring) > 3 * len(points)


def test_what_has_too_few_points_is_drawn_as_it_is():
    for shape in ("CIRCLE", "ELLIPSE", "INTERPOLATED", "NEW SHAPE"):
        outline = outline_of(shape, np.array([[1.0, 2.0]]))
        np.testing.assert_array_equal(outline.rings[0], [[1.0, 2.0]])


ANGLES, LENGTHS = st.floats(0, 6.28), st.floats(0.5, 100)


TRIPLES = st.tuples(COORDINATES, COORDINATES, COORDINATES), st.tuples(LENGTHS, LENGTHS, LENGTHS)


@given(*TRIPLES, ANGLES, ANGLES, st.floats(-1.4, 1.4))
def test_a_cut_through_an_ellipsoid_lies_on_both(centre, lengths, turn, tilt, share):
    assume(abs(abs(share) - 1) > 1e-9)  # whether a touching plane cuts is up to rounding
    rotation = turned(turn, tilt)
    axes = rotation * np.array(lengths)
    centre = np.array(centre)
    points = np.concatenate([[centre - axis, centre + axis] for axis in axes.T])
    normal = turned(tilt, turn) @ np.array([0.0, 0.6, 0.8])
    reach = np.linalg.norm(axes.T @ normal)
    origin = centre + normal * share * reach
    section = ellipsoid_section(points, origin, normal)
    if abs(share) >= 1:
        assert section is None
        return
    np.testing.assert_allclose((section - origin) @ normal, 0, atol=1e-7)
    unit = (section - centre) @ rotation / np.array(lengths)
    np.testing.assert_allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-7)


def turned(turn, tilt):
    c, s = np.cos(turn), np.sin(turn)
    around_z = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    c, s = np.cos(tilt), np.sin(tilt)
    return around_z @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
