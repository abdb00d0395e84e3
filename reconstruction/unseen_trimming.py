"""Surface that no view can see, where it ends in the open, is invented and goes.

Behind the edge of a near surface signed distances go on for as far as they are told apart: a skirt that is
turned away from all cameras. What is turned away inside of the surface stays, as it closes it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.progress import SILENT, Progress
from reconstruction.depth_map import DepthMap

Floats = NDArray[np.float64]
Triangles = NDArray[np.int32]
_HIDDEN = 0.02  # of the depth: what lies further behind what a view sees it does not see
_CHUNK = 1 << 18


def without_unseen_edges(
    positions: NDArray[np.float32],
    triangles: Triangles,
    depth_maps: Sequence[DepthMap],
    *,
    progress: Progress = SILENT,
) -> Triangles:
    """Give the triangles without those patches that no view sees from the front and that end in the open.

    Parameters
    ----------
    positions : (n, 3) float32
        Of the vertices.
    triangles : (m, 3) int32
        Counter-clockwise from outside; an edge is of one or two of them.
    depth_maps : sequence of DepthMap
        Of all views.
    progress : Progress
        Cancels.

    Raises
    ------
    Cancelled
        When the progress was cancelled.
    """
    unseen = _unseen(positions, triangles, depth_maps, progress)
    if not len(unseen):
        return triangles
    # Only what shares an edge with them matters.
    marked = np.zeros(len(positions), bool)
    marked[triangles[unseen]] = True
    near = np.flatnonzero(marked[triangles].sum(axis=1) >= 2)
    first, second, lonely = _edges(triangles[near])
    number = np.full(len(triangles), -1)
    number[unseen] = np.arange(len(unseen))
    number = number[near]
    inside = (number[first] >= 0) & (number[second] >= 0)
    patch = _patches(number[first[inside]], number[second[inside]], len(unseen))
    ends = number[lonely]
    gone = np.isin(patch, patch[ends[ends >= 0]])
    kept = np.ones(len(triangles), bool)
    kept[unseen[gone]] = False
    return np.ascontiguousarray(triangles[kept])


def _unseen(
    positions: NDArray[np.float32], triangles: Triangles, maps: Sequence[DepthMap], progress: Progress
) -> NDArray[np.int64]:
    """Give the triangles that no view sees from the front."""
    left: list[NDArray[np.int64]] = []
    for begin in range(0, len(triangles), _CHUNK):
        a, b, c = (
            positions[triangles[begin : begin + _CHUNK, corner]].astype(np.float64) for corner in range(3)
        )
        middles, normals = (a + b + c) / 3, np.cross(b - a, c - a)
        some = np.arange(len(middles))
        for one in maps:
            progress.check()
            some = some[~_seen(one, middles[some], normals[some])]
        left.append(some + begin)
    return np.concatenate(left) if left else np.zeros(0, np.int64)


def _seen(one: DepthMap, places: Floats, normals: Floats) -> NDArray[np.bool_]:
    rotation, centre = one.camera.pose
    sight = places - centre
    local = sight @ rotation
    depth = local[:, 2]
    at = np.flatnonzero((depth > 0) & (np.einsum("ij,ij->i", normals, sight) < 0))
    pixels = np.rint((local[at] / depth[at, None]) @ one.camera.intrinsics[:2].T).astype(np.int64)
    width, height = one.camera.size
    inside = np.flatnonzero((pixels >= 0).all(axis=1) & (pixels < (width, height)).all(axis=1))
    at, pixels = at[inside], pixels[inside]
    known = one.depth[pixels[:, 1], pixels[:, 0]]
    seen = np.zeros(len(places), np.bool_)
    seen[at] = ~((known > 0) & (known < (1 - _HIDDEN) * depth[at]))
    return seen


def _edges(triangles: Triangles) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give pairs of triangles with a common edge, and those with an edge of their own."""
    ends = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2).astype(np.int64), axis=1)
    keys = ends[:, 0] * (int(triangles.max(initial=0)) + 1) + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    ordered, owner = keys[order], order // 3
    same = ordered[1:] == ordered[:-1]
    alone = ~(np.append(same, False) | np.insert(same, 0, False))
    return owner[:-1][same], owner[1:][same], owner[alone]


def _patches(first: NDArray[np.int64], second: NDArray[np.int64], count: int) -> NDArray[np.int32]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(first), bool), (first, second)), (count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.int32)
