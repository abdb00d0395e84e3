"""Holes of a mesh, closed with patches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from core.textured_mesh import TexturedMesh

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NARROWER = 1.6  # a ring of a patch has so many times the vertices of the next one inside
_MOST_IN_FAN = 8


@dataclass(frozen=True, eq=False)
class _Patch:
    """Triangles that close a loop: the loop's vertices are numbered first, and `inner` more are new."""

    triangles: Integers
    inner: int


def border_loops(triangles: NDArray[np.integer]) -> list[Integers]:
    """Find the borders of a manifold.

    Parameters
    ----------
    triangles : (n, 3) int
        Every edge is one of at most two, and the triangles around every vertex are one fan.

    Returns
    -------
    list of (m,) int64
        The vertices of each border, in the order in which the triangles go along it.
    """
    sides = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).astype(np.int64)
    low, high = np.sort(sides, axis=1).T
    _, numbers, counts = np.unique(low << 32 | high, return_inverse=True, return_counts=True)
    border = sides[counts[numbers] == 1]
    following = dict(border.tolist())
    loops: list[Integers] = []
    while following:
        first, vertex = following.popitem()
        loop = [first]
        while vertex != first:
            loop.append(vertex)
            vertex = following.pop(vertex)
        loops.append(np.array(loop))
    return loops[::-1]


def holes_filled(
    mesh: TexturedMesh, largest: float = float("inf"), *, progress: Progress = SILENT
) -> TexturedMesh:
    """Close the holes of a mesh with patches that bend no more than their borders ask for.

    A patch is a disc of rings, ever coarser towards its middle, whose inner vertices lie in the mean of their
    neighbours (Tutte, How to Draw a Graph, 1963): it never leaves the convex hull of its border, so it cannot
    bulge. A manifold stays one. Patches may cross other parts of a scene with deep, winding borders.

    Parameters
    ----------
    mesh : TexturedMesh
        A manifold. Its colours and texture are not kept.
    largest : float
        Diagonal of the box around the largest hole that is closed, in the scene's unit.
    progress : Progress
        Cancels.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    loops = [loop for loop in border_loops(mesh.triangles) if _diagonal(mesh.positions[loop]) <= largest]
    triangles: list[NDArray[np.integer]] = [mesh.triangles]
    count = len(mesh.positions)
    for loop in loops:
        progress.check()
        patch = _disc(len(loop))
        # Along a shared edge the two triangles go opposite ways.
        numbers = np.concatenate((loop[::-1], np.arange(count, count + patch.inner)))
        triangles.append(numbers[patch.triangles])
        count += patch.inner
    joined = np.concatenate(triangles).astype(np.int32)
    added = _relaxed(mesh.positions, joined[len(mesh.triangles) :], count)
    progress.check()
    return TexturedMesh(np.concatenate((mesh.positions, added)), joined)


def _diagonal(points: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0)))


def _disc(count: int) -> _Patch:
    """Close a loop of `count` vertices with ever shorter rings, and a fan around one vertex."""
    triangles: list[Integers] = []
    ring, total = np.arange(count), count
    while len(ring) > _MOST_IN_FAN:
        inside = np.arange(total, total + int(np.ceil(len(ring) / _NARROWER)))
        triangles.append(_between(ring, inside))
        ring, total = inside, total + len(inside)
    middle = np.full(len(ring), total)
    triangles.append(np.stack((ring, np.roll(ring, -1), middle), axis=1))
    return _Patch(np.concatenate(triangles), total + 1 - count)


def _between(outer: Integers, inner: Integers) -> Integers:
    """Join a ring with a shorter one inside it."""
    n, m = len(outer), len(inner)
    facing = np.floor((np.arange(n) + 0.5) * m / n).astype(np.int64)  # every one of 0 to m - 1, rising
    based_outside = np.stack((outer, np.roll(outer, -1), inner[facing]), axis=1)
    turning = np.searchsorted(facing, np.arange(1, m + 1)) % n
    based_inside = np.stack((outer[turning], np.roll(inner, -1), inner), axis=1)
    return np.concatenate((based_outside, based_inside))


def _relaxed(positions: NDArray[np.float32], patches: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    """Place the vertices from `len(positions)` on, each in the mean of its neighbours."""
    from scipy.sparse import coo_array
    from scipy.sparse.linalg import splu

    known = len(positions)
    if count == known:
        return np.zeros((0, 3), np.float32)
    # Every edge at a new vertex is one of two triangles, once in each direction.
    start, end = patches[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).T
    start, end = start[start >= known] - known, end[start >= known]
    size = count - known
    degree = np.bincount(start, minlength=size).astype(float)
    among = end >= known
    pulls = np.zeros((size, 3))
    np.add.at(pulls, start[~among], positions[end[~among]].astype(float))
    rows = np.concatenate((np.arange(size), start[among]))
    columns = np.concatenate((np.arange(size), end[among] - known))
    values = np.concatenate((degree, np.full(among.sum(), -1.0)))
    system = coo_array((values, (rows, columns)), shape=(size, size)).tocsc()
    return splu(system).solve(pulls).astype(np.float32)
