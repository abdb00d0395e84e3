import numpy as np
import pytest

from render.creases import creased
from tests.render_scenes import sphere

CUBE = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
SIDES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def soup(vertices, triangles):
    return vertices[triangles].reshape(-1, 3).astype(np.float64), np.arange(3 * len(triangles)).reshape(-1, 3)


def test_a_cube_keeps_its_edges():
    triangles = np.array([corner for a, b, c, d in SIDES for corner in ((a, b, c), (a, c, d))])
    made = creased(*soup(CUBE, triangles))
    corners = made.positions[made.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    np.testing.assert_allclose(made.normals[made.triangles], np.repeat(faces[:, None], 3, 1), atol=1e-6)
    np.testing.assert_array_equal(corners.reshape(-1, 3), CUBE[triangles].reshape(-1, 3))


def test_a_ball_is_smooth():
    ball = sphere((60, 30))
    made = creased(*soup(ball.positions, ball.triangles))
    assert len(made.positions) < len(ball.positions)
    steep = np.abs(made.positions[:, 1]) < 0.99
    np.testing.assert_allclose(np.abs((made.normals * made.positions).sum(1))[steep], 1, atol=2e-3)


@pytest.mark.parametrize("count", [0, 1])
def test_triangles_without_area_do_no_harm(count):
    made = creased(np.zeros((3, 3)), np.zeros((count, 3), np.int64))
    assert np.isfinite(made.normals).all()
    assert len(made.triangles) == count
