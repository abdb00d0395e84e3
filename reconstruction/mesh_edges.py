"""The edges of a mesh, and the faces beside them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native import _core

Integers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class InnerEdges:
    """Edges between two faces.

    Parameters
    ----------
    faces : (e, 2) int32
        The two faces. Where more than two meet at an edge, some of the pairs are left out.
    vertices : (e, 2) int32
        The two ends, the lower number first.
    """

    faces: Integers
    vertices: Integers


def inner_edges(triangles: Integers) -> InnerEdges:
    """Find the edges between faces."""
    ends = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    key = ends[:, 0].astype(np.int64) << 32 | ends[:, 1]
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    pairs = np.stack([order[same], order[same + 1]], axis=1)
    return InnerEdges((pairs // 3).astype(np.int32), np.ascontiguousarray(ends[pairs[:, 0]], np.int32))


def connected_parts(count: int, edges: Integers) -> Integers:
    """Give the part of each node that `edges` (pairs) join; parts are numbered as they first occur."""
    parts = np.empty(count, np.int32)
    _core.connected_parts(np.ascontiguousarray(edges, np.int32), parts)
    return parts
