"""Files of surfaces, for the tests that show them."""

import numpy as np

from core.mesh import Mesh
from core.provenance import Provenance
from imaging.mesh_files import write_meshes


def write_box(path, centre, half=5.0):
    """Write a box around a place, LPS mm; give the path."""
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half + centre
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = np.array([t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))])
    write_meshes(path, ".stl", [Mesh(corners.astype(float), triangles)], Provenance("test", (), {}, ""))
    return path
