"""Closed contours of masks, and masks of closed contours, on one slice."""

import numpy as np
from numpy.typing import NDArray

Contour = NDArray[np.float64]

# Marching squares: for each pattern of a cell's corners (1: top left, 2: top right, 4: bottom right,
# 8: bottom left) the cell edges (0: top, 1: right, 2: bottom, 3: left) that each line joins. In the two
# ambiguous patterns the inside corners stay apart, so that voxels that only touch at a corner do not join.
_LINES = {
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
# Middle of each cell edge, doubled, from the cell's top left corner, as (i, j).
_MIDDLES = ((1, 0), (2, 1), (1, 2), (0, 1))


def contours_of(mask: NDArray[np.bool_]) -> list[Contour]:
    """Trace the border of a mask by marching squares (Lorensen and Cline 1987 in two dimensions).

    Parameters
    ----------
    mask : (j, i) bool

    Returns
    -------
    list of (n, 2) float64
        Closed polygons (the first point is not repeated) of pixel coordinates (i, j), half way between the
        pixels inside and outside; holes are polygons of their own, turning the other way round.
    """
    padded = np.pad(mask, 1).astype(np.uint8)
    pattern = padded[:-1, :-1] + 2 * padded[:-1, 1:] + 4 * padded[1:, 1:] + 8 * padded[1:, :-1]
    following: dict[tuple[int, int], tuple[int, int]] = {}
    for j, i in np.argwhere((pattern > 0) & (pattern < 15)).tolist():
        for start, end in _LINES[int(pattern[j, i])]:
            first = 2 * i + _MIDDLES[start][0], 2 * j + _MIDDLES[start][1]
            following[first] = 2 * i + _MIDDLES[end][0], 2 * j + _MIDDLES[end][1]
    return _closed(following)


def _closed(following: dict[tuple[int, int], tuple[int, int]]) -> list[Contour]:
    """Chain the lines of all cells; every point has one line in and one out."""
    found: list[Contour] = []
    while following:
        start = next(iter(following))
        points = [start]
        point = following.pop(start)
        while point != start:
            points.append(point)
            point = following.pop(point)
        # Doubled coordinates of the padded mask, whose first pixel is (-1, -1).
        found.append(_straightened(np.array(points, np.float64)) / 2.0 - 1.0)
    return found


def _straightened(points: Contour) -> Contour:
    """Leave out points in the middle of a straight line."""
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    turns = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0] != 0
    return points[turns] if turns.sum() >= 3 else points


def fill_contours(contours: list[Contour], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Give the pixels whose centre lies inside an odd number of polygons (even-odd rule).

    Holes may be polygons of their own or joined to the outer one by a keyhole: both come out as holes. A
    centre that lies exactly on a line belongs to the polygon on its right or below.

    Parameters
    ----------
    contours : list of (n, 2) float64
        Polygons of pixel coordinates (i, j), centres at integers.
    shape : tuple of int
        Rows and columns.
    """
    rows, columns = shape
    flips = np.zeros((rows, columns + 1), np.int64)
    for points in contours:
        _flip_rows(flips, points)
    return np.asarray(np.cumsum(flips[:, :columns], axis=1) % 2, np.bool_)


def _flip_rows(flips: NDArray[np.int64], points: Contour) -> None:
    """Mark the first pixel right of every crossing of a polygon with a row."""
    rows, last = flips.shape
    start, end = points, np.roll(points, -1, axis=0)
    upper = np.where((start[:, 1] <= end[:, 1])[:, None], start, end)
    lower = np.where((start[:, 1] <= end[:, 1])[:, None], end, start)
    # Rows with upper <= j < lower: a vertex on a row counts for one of its two lines.
    first = np.clip(np.ceil(upper[:, 1]), 0, rows).astype(np.int64)
    stop = np.clip(np.ceil(lower[:, 1]), 0, rows).astype(np.int64)
    counts = stop - first
    line = np.repeat(np.arange(len(points)), counts)
    j = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts) + first[line]
    share = (j - upper[line, 1]) / (lower[line, 1] - upper[line, 1])
    i = upper[line, 0] + share * (lower[line, 0] - upper[line, 0])
    np.add.at(flips, (j, np.clip(np.ceil(i), 0, last - 1).astype(np.int64)), 1)
