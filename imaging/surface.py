"""The surface of a mask, and the mask of a surface.

The surface comes from naive surface nets (Gibson 1998): one vertex in every cell that the border crosses, at
the mean of the crossings. Unlike marching cubes it needs no table of cases and no further library, and has no
slivers; and since every line between an inside and an outside voxel is crossed between them, the mask of the
surface is again the mask that it was made of.
"""

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from core.segmentation import Segment
from core.slice_geometry import SliceGeometry
from imaging.stack_coordinates import ijk_from_lps, lps_from_ijk

_TRIANGLES_AT_ONCE = 1 << 15
_NUDGE = 1.1e-7, 1.7e-7  # voxels: keeps columns off vertices and edges

_CORNERS = tuple(np.ndindex(2, 2, 2))
_EDGES = tuple((corner, axis) for axis in range(3) for corner in _CORNERS if corner[axis] == 0)


def surface_of(mask: NDArray[np.bool_], geometry: SliceGeometry, segment: Segment) -> Mesh:
    """Give the closed surface of a mask (k, j, i), LPS millimetres; empty where the mask is."""
    where = np.nonzero(mask)
    if not len(where[0]):
        return Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int64), segment.label, segment.colour)
    low = np.array([axis.min() for axis in where])
    high = np.array([axis.max() for axis in where]) + 1
    padded = np.pad(mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))], 1)
    vertices_kji, number = _vertices(padded)
    triangles = _triangles(padded, number, vertices_kji)
    ijk = (vertices_kji + low - 1)[:, ::-1]
    return Mesh(lps_from_ijk(geometry, ijk), triangles, segment.label, segment.colour)


def _vertices(padded: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Give a vertex for each cell that the border crosses, and the number of every cell's vertex (or -1)."""
    size = [length - 1 for length in padded.shape]
    corners = [
        padded[tuple(slice(c, c + n) for c, n in zip(corner, size, strict=True))] for corner in _CORNERS
    ]
    total = np.zeros(size, np.int8)
    for values in corners:
        total += values
    cells = np.nonzero((total > 0) & (total < 8))
    inside = {corner: values[cells] for corner, values in zip(_CORNERS, corners, strict=True)}
    sums, counts = np.zeros((len(cells[0]), 3)), np.zeros(len(cells[0]))
    for corner, axis in _EDGES:
        other = tuple(value + (number == axis) for number, value in enumerate(corner))
        crossed = inside[corner] != inside[other]
        middle = (np.array(corner) + np.array(other)) / 2.0
        sums[crossed] += middle
        counts += crossed
    number = np.full(size, -1, np.int32)
    number[cells] = np.arange(len(cells[0]))
    return np.stack(cells, axis=1) + sums / counts[:, None], number


def _triangles(
    padded: NDArray[np.bool_], number: NDArray[np.int32], vertices: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Give two triangles for each line between an inside and an outside voxel, split the shorter way."""
    quads: list[NDArray[np.int64]] = []
    for axis in range(3):
        first = np.take(padded, range(padded.shape[axis] - 1), axis)
        second = np.take(padded, range(1, padded.shape[axis]), axis)
        # Axes are (k, j, i): k x i is j's direction reversed, hence the cyclic order i, j, k.
        u, v = (axis - 1) % 3, (axis - 2) % 3
        for inner, outward in ((first & ~second, True), (second & ~first, False)):
            base = np.stack(np.nonzero(inner), axis=1)
            corners = []
            for du, dv in ((-1, -1), (0, -1), (0, 0), (-1, 0)):
                cell = base.copy()
                cell[:, u] += du
                cell[:, v] += dv
                corners.append(number[tuple(cell.T)])
            quad = np.stack(corners, axis=1).astype(np.int64)
            quads.append(quad if outward else quad[:, ::-1])
    every = np.concatenate(quads)
    points = vertices[every]
    straight = np.linalg.norm(points[:, 0] - points[:, 2], axis=1)
    crossing = np.linalg.norm(points[:, 1] - points[:, 3], axis=1)
    turned = np.where((straight <= crossing)[:, None], every, np.roll(every, -1, axis=1))
    return np.concatenate([turned[:, [0, 1, 2]], turned[:, [0, 2, 3]]])


def mask_of(mesh: Mesh, geometry: SliceGeometry) -> NDArray[np.bool_]:
    """Give the voxels (k, j, i) whose centre lies inside a closed surface.

    Along every column of voxels, each crossing of the surface turns inside to outside (even-odd rule).
    """
    ni, nj, nk = geometry.shape_ijk
    flips = np.zeros((nk + 1, nj, ni), np.uint8)
    points = ijk_from_lps(geometry, mesh.vertices_lps_mm)
    for start in range(0, len(mesh.triangles), _TRIANGLES_AT_ONCE):
        corners = points[mesh.triangles[start : start + _TRIANGLES_AT_ONCE]]
        _flip(flips, corners)
    return np.asarray(np.bitwise_xor.accumulate(flips, axis=0)[:nk], np.bool_)


def _flip(flips: NDArray[np.uint8], corners: NDArray[np.float64]) -> None:
    """Mark the first voxel above every crossing of a column with the triangles (n, 3 corners, ijk)."""
    top, nj, ni = flips.shape
    plane = corners[:, :, :2] - np.array(_NUDGE)
    first = np.clip(np.ceil(plane.min(axis=1)), 0, (ni, nj)).astype(np.int64)
    stop = np.clip(np.floor(plane.max(axis=1)) + 1, first, (ni, nj)).astype(np.int64)
    size = stop - first
    counts = size[:, 0] * size[:, 1]
    triangle = np.repeat(np.arange(len(corners)), counts)
    place = np.arange(len(triangle)) - np.repeat(np.cumsum(counts) - counts, counts)
    i = first[triangle, 0] + place % np.maximum(size[triangle, 0], 1)
    j = first[triangle, 1] + place // np.maximum(size[triangle, 0], 1)
    weights, total = _weights(plane[triangle], np.stack([i, j], axis=1).astype(np.float64))
    inside = ((weights > 0).all(axis=1) | (weights < 0).all(axis=1)) & (total != 0)
    k = (weights[inside] * corners[triangle[inside], :, 2]).sum(axis=1) / total[inside]
    level = np.clip(np.ceil(k), 0, top - 1).astype(np.int64)
    np.bitwise_xor.at(flips, (level, j[inside], i[inside]), np.uint8(1))


def _weights(
    triangles: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the barycentric weights (n, 3) of points in triangles (n, 3, 2), not normalised, and their sum."""
    a, b, c = (triangles[:, corner] - points for corner in range(3))
    weights = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
    return weights, weights.sum(axis=1)


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
