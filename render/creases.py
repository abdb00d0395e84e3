"""Triangles without shared vertices, as STL keeps them, made into a smooth surface with its edges."""

import numpy as np
from numpy.typing import NDArray

from native import _core
from render.surface_mesh import SurfaceMesh

_SHARP_DEG = 40.0  # between a triangle and the mean of those around its corner: half of what an edge turns by


def creased(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> SurfaceMesh:
    """Join vertices at the same place, and light triangles as one surface but at sharp edges.

    Parameters
    ----------
    vertices : (n, 3) float64
        Any of them may lie at the same place.
    triangles : (m, 3) int64
        Vertex numbers.
    """
    number = np.empty(len(vertices), np.int64)
    joined = np.empty((_core.weld_points(np.ascontiguousarray(vertices, np.float64), number), 3))
    joined[number] = vertices
    corners = number[triangles]
    faces, angles = _faces(joined[corners])
    normals = np.zeros_like(joined)
    for axis in range(3):
        turned = (faces[:, axis, None] * angles).ravel()
        normals[:, axis] = np.bincount(corners.ravel(), turned, minlength=len(joined))
    normals = _unit(normals)
    cosines = np.einsum("mcx,mx->mc", normals[corners], faces)
    sharp = (cosines < np.cos(np.radians(_SHARP_DEG))) & faces.any(axis=1, keepdims=True)
    triangle, corner = np.nonzero(sharp)
    # Corners at edges become vertices of their own, lit as their triangle.
    places = np.concatenate([joined, joined[corners[triangle, corner]]])
    lit = np.concatenate([normals, faces[triangle]])
    corners[triangle, corner] = len(joined) + np.arange(len(triangle))
    return SurfaceMesh(places.astype(np.float32), corners.astype(np.int32), normals=lit.astype(np.float32))


def _faces(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the unit normals of triangles, (m, 3), 0 of those without area, and their angles, (m, 3).

    Normals of vertices are means by these angles (Thürmer and Wüthrich 1998): they do not depend on how a
    face is cut into triangles.
    """
    edges = _unit(np.roll(corners, -1, axis=1) - corners)
    cosines = -np.einsum("mcx,mcx->mc", edges, np.roll(edges, 1, axis=1))
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return _unit(normals), np.arccos(np.clip(cosines, -1, 1))


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-300)
