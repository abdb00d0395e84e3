import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume
from tests.rotations import rotation
from viewers.orientation import (
    STANDARD,
    Orientation,
    acquired_axes,
    direction_letters,
    edge_letters,
    offset_text,
    plane_axes,
    point_text,
)

UNIT = st.floats(-1, 1, allow_nan=False)
VECTORS = st.tuples(UNIT, UNIT, UNIT).filter(lambda v: np.linalg.norm(v) > 0.1).map(np.array)
LETTER_DIRECTIONS = {
    "L": (1, 0, 0),
    "R": (-1, 0, 0),
    "P": (0, 1, 0),
    "A": (0, -1, 0),
    "S": (0, 0, 1),
    "I": (0, 0, -1),
}


def volume_with(directions, spacing=(1.0, 1.0, 1.0)):
    affine = np.eye(4)
    affine[:3, :3] = np.array(directions, float) * spacing
    return Volume(np.zeros((4, 5, 6), np.int16), affine)


def test_radiological_convention():
    volume = volume_with(np.eye(3))
    axial, coronal, sagittal = (edge_letters(plane_axes(orientation, volume)) for orientation in STANDARD)
    assert (axial.left, axial.right, axial.top, axial.bottom) == ("R", "L", "A", "P")
    assert (coronal.left, coronal.right, coronal.top, coronal.bottom) == ("R", "L", "S", "I")
    assert (sagittal.left, sagittal.right, sagittal.top, sagittal.bottom) == ("A", "P", "S", "I")


@pytest.mark.parametrize("orientation", STANDARD)
def test_numbers_grow_from_head_to_feet_front_to_back_and_right_to_left(orientation):
    forward = plane_axes(orientation, volume_with(np.eye(3))).forward
    assert direction_letters(forward) == {"axial": "I", "coronal": "P", "sagittal": "L"}[orientation]


@given(VECTORS)
def test_letters_name_the_direction(direction):
    letters = direction_letters(direction)
    unit = direction / np.linalg.norm(direction)
    assert 1 <= len(letters) <= 2
    components = [float(unit @ LETTER_DIRECTIONS[letter]) for letter in letters]
    assert components[0] == pytest.approx(np.abs(unit).max())
    assert components == sorted(components, reverse=True)
    assert min(components) >= np.sin(np.radians(15)) - 1e-12
    opposite = str.maketrans("LRAPSI", "RLPAIS")
    assert direction_letters(-direction) == letters.translate(opposite)


@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(-180, 180), st.booleans())
def test_acquired_plane_shows_rows_across_and_columns_down(a, b, c, flipped):
    directions = rotation((a, b, c))
    if flipped:
        directions[:, 2] *= -1
    volume = volume_with(directions, (0.5, 0.7, 3.0))
    axes = acquired_axes(volume)
    assert axes.right == pytest.approx(directions[:, 0])
    assert axes.down == pytest.approx(directions[:, 1])
    assert axes.forward == pytest.approx(directions[:, 2])
    letters = edge_letters(axes)
    assert letters.right == direction_letters(directions[:, 0])
    assert letters.top == direction_letters(-directions[:, 1])


@given(st.integers(-5, 5), st.booleans(), st.sampled_from(list(Orientation)))
def test_turning_moves_the_letters_round(turns, mirrored, orientation):
    axes = plane_axes(orientation, volume_with(np.eye(3)))
    before = edge_letters(axes.turned(0, mirrored=mirrored))
    after = edge_letters(axes.turned(turns, mirrored=mirrored))
    clockwise = [before.top, before.right, before.bottom, before.left]
    assert [after.top, after.right, after.bottom, after.left] == [
        clockwise[(edge - turns) % 4] for edge in range(4)
    ]


def test_mirroring_exchanges_left_and_right_only():
    axes = plane_axes(Orientation.AXIAL, volume_with(np.eye(3)))
    letters = edge_letters(axes.turned(0, mirrored=True))
    assert (letters.left, letters.right, letters.top, letters.bottom) == ("L", "R", "A", "P")


def test_positions_are_told_with_letters():
    up = np.array([0.0, 0.0, -1.0])
    assert str(offset_text(-34.5, up)) == "34.5 mm S"
    assert str(offset_text(3.0, up)) == "3.0 mm I"
    assert point_text(np.array([12.0, -34.56, 0.0])) == "L 12.0 A 34.6 S 0.0"
