"""Lines of equal value in a picture."""

import numpy as np
from numpy.typing import NDArray

from viewers.object_layer import Points

# Corners of a cell and the edges between them: 0 top left, 1 top right, 2 bottom right, 3 bottom left.
_EDGES = ((0, 1), (1, 2), (2, 3), (3, 0))
# For each pattern of corners at or above the level, the pairs of edges that a line joins.
_JOINS = {
    1: ((3, 0),),
    2: ((0, 1),),
    3: ((3, 1),),
    4: ((1, 2),),
    5: ((3, 0), (1, 2)),
    6: ((0, 2),),
    7: ((3, 2),),
    8: ((2, 3),),
    9: ((2, 0),),
    10: ((0, 1), (2, 3)),
    11: ((2, 1),),
    12: ((1, 3),),
    13: ((1, 0),),
    14: ((0, 3),),
}


def iso_lines(values: NDArray[np.float32], level: float) -> Points:
    """Find where a picture crosses a level, by marching squares (Lorensen and Cline 1987 in two dimensions).

    Parameters
    ----------
    values : (height, width) float32
        NaN where there is no value: no line comes near.

    Returns
    -------
    (n, 2, 2) float64
        Pieces of line from (x, y) to (x, y), pixel centres at integers, linear between the pixels.
    """
    above = values >= level
    pattern = (
        above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1].astype(np.uint8)
    ).astype(np.uint8)
    y, x = np.nonzero((pattern > 0) & (pattern < 15))
    corners = np.stack([values[y, x], values[y, x + 1], values[y + 1, x + 1], values[y + 1, x]])
    known = np.isfinite(corners).all(axis=0)
    y, x, corners = y[known], x[known], corners[:, known].astype(np.float64)
    places = np.stack([np.stack([x + i, y + j], axis=1) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))])
    kind = pattern[y, x]
    pieces = [
        np.stack([_crossing(corners, places, kind == number, edge, level) for edge in pair], axis=1)
        for number, pairs in _JOINS.items()
        for pair in pairs
    ]
    return np.concatenate(pieces)


def _crossing(
    corners: Points, places: NDArray[np.int64], cells: NDArray[np.bool_], edge: int, level: float
) -> Points:
    """Give where the level is crossed on an edge of some cells, (n, 2)."""
    first, second = _EDGES[edge]
    low, high = corners[first, cells], corners[second, cells]
    share = (level - low) / (high - low)
    start = places[first, cells]
    return start + share[:, None] * (places[second, cells] - start)
