import numpy as np
import pytest

from core.volume import Volume
from render.camera import Camera
from viewers.camera_projection import CameraProjection
from viewers.orientation_cube import face_at, visible_faces

_VOLUME = Volume(np.zeros((20, 30, 40), np.int16), np.diag([1.0, 1.0, 2.0, 1.0]))
_CENTRE = (300.0, 200.0)


def _projection(direction, turn=(0.0, 0.0)):
    return CameraProjection(Camera.looking(_VOLUME, direction).orbit(*turn), (400, 300))


@pytest.mark.parametrize("direction", list("APLRSI"))
def test_the_face_that_is_looked_at_is_read_upright_in_the_middle(direction):
    (face,) = visible_faces(_projection(direction), _CENTRE, 40.0)
    assert face.letter == direction
    assert face.facing == pytest.approx(1.0)
    expected = [[280, 180], [320, 180], [320, 220], [280, 220]]
    assert np.allclose(face.corners, expected)


def test_turning_the_front_to_the_right_shows_the_right_side_on_the_left():
    faces = visible_faces(_projection("A", (30.0, 0.0)), _CENTRE, 40.0)
    assert [face.letter for face in faces] == ["R", "A"]
    middles = {face.letter: face.corners[:, 0].mean() for face in faces}
    assert middles["R"] < _CENTRE[0] < middles["A"]


def test_turning_the_front_down_shows_the_head_above():
    faces = visible_faces(_projection("A", (0.0, 30.0)), _CENTRE, 40.0)
    assert [face.letter for face in faces] == ["S", "A"]
    assert faces[0].corners[:, 1].mean() < faces[1].corners[:, 1].mean()


@pytest.mark.parametrize("turn", [(20.0, 35.0), (-40.0, 15.0), (110.0, -25.0)])
def test_every_visible_face_can_be_hit_and_nothing_beside_the_cube(turn):
    faces = visible_faces(_projection("A", turn), _CENTRE, 40.0)
    assert len(faces) == 3
    for face in faces:
        assert face_at(faces, *face.corners.mean(axis=0)) == face.letter
    assert face_at(faces, _CENTRE[0] - 80, _CENTRE[1]) is None
