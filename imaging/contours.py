"""Closed contours of masks, and masks of closed contours, on one slice."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from native import _core

Contour = NDArray[np.float64]


def traced(mask: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Trace the border of a mask by marching squares (Lorensen and Cline 1987 in two dimensions).

    Parameters
    ----------
    mask : (j, i) bool

    Returns
    -------
    points : (n, 2) float64
        Of all closed polygons (the first point is not repeated), pixel coordinates (i, j), half way between
        the pixels inside and outside. Pixels that only touch at a corner do not join; holes are polygons of
        their own, turning the other way round.
    starts : (m + 1,) int64
        First point of each polygon, then their count.
    """
    return _core.trace_contours(np.ascontiguousarray(mask).view(np.uint8))


def contours_of(mask: NDArray[np.bool_]) -> list[Contour]:
    """Give what `traced` finds as one array for each polygon."""
    return split(*traced(mask))


def split(points: NDArray[np.float64], starts: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Give the points of each polygon; views."""
    ends = starts.tolist()
    return [points[first:stop] for first, stop in pairwise(ends)]


def fill_contours(contours: Sequence[Contour], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Give the pixels whose centre lies inside an odd number of polygons (even-odd rule).

    Holes may be polygons of their own or joined to the outer one by a keyhole: both come out as holes. A
    centre that lies exactly on a line belongs to the polygon on its right or below.

    Parameters
    ----------
    contours : sequence of (n, 2) float64
        Polygons of pixel coordinates (i, j), centres at integers.
    shape : tuple of int
        Rows and columns.
    """
    return filled(*joined(contours, 2), shape)


def filled(
    points: NDArray[np.float64], starts: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Do the same with the polygons as `traced` gives them."""
    mask = np.empty(shape, np.bool_)
    _core.fill_contours(np.ascontiguousarray(points, np.float64), starts, mask.view(np.uint8))
    return mask


def joined(contours: Sequence[Contour], width: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Put the points of polygons into one array of so many columns, and give where each begins."""
    starts = np.cumsum([0, *map(len, contours)], dtype=np.int64)
    return np.concatenate([np.zeros((0, width)), *contours]), starts
