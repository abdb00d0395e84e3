"""Small meshes with colours and textures."""

from itertools import product

import numpy as np

from core.provenance import Provenance
from core.textured_mesh import TexturedMesh

PROVENANCE = Provenance("reconstruct", ("a.jpg",), {"seed": 0}, "test", version="1", created="2026")
_FACES = np.array([[1, 3, 2, 0], [6, 7, 5, 4], [4, 5, 1, 0], [3, 7, 6, 2], [2, 6, 4, 0], [5, 7, 3, 1]])


def coloured_cube() -> TexturedMesh:
    """Give a cube of 1 from the origin, coloured by its corners' places."""
    corners = np.array(list(product((0, 1), repeat=3)), np.float32)
    triangles = np.concatenate([_FACES[:, [0, 1, 2]], _FACES[:, [0, 2, 3]]]).astype(np.int32)
    return TexturedMesh(corners, triangles, colours=(corners * 200 + 20).astype(np.uint8))


def textured_cube() -> TexturedMesh:
    """Give the cube with a page of red for its first three sides, and one with a ramp for the others."""
    corners = np.array(list(product((0, 1), repeat=3)), np.float32)[_FACES.reshape(-1)]
    first = 4 * np.arange(6)[:, None]
    triangles = np.concatenate([first + np.array(half) for half in ([0, 1, 2], [0, 2, 3])]).astype(np.int32)
    uv = np.tile(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), (6, 1))
    red = np.zeros((8, 16, 3), np.uint8)
    red[..., 0] = 220
    ramp = np.zeros((16, 16, 3), np.uint8)
    ramp[..., 1] = np.arange(16) * 16
    page_of_triangle = np.tile(np.array([0, 0, 0, 1, 1, 1], np.int32), 2)
    return TexturedMesh(corners, triangles, uv=uv, pages=(red, ramp), page_of_triangle=page_of_triangle)
