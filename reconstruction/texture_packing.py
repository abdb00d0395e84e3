"""Rectangles on the pages of a texture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
_SMALLEST_PAGE = 1024


@dataclass(frozen=True, eq=False)
class Packing:
    """Where rectangles lie.

    Parameters
    ----------
    side : int
        Width of every page, and height of all but the last.
    last_height : int
        Height of the last page, a power of two.
    page : (n,) int64
        Page of each rectangle.
    place : (n, 2) int64
        x, y of its upper left texel.
    """

    side: int
    last_height: int
    page: Integers
    place: Integers

    @property
    def page_count(self) -> int:
        """Number of pages."""
        return int(self.page.max()) + 1 if len(self.page) else 0

    def height_of(self, page: int) -> int:
        """Height of a page."""
        return self.last_height if page == self.page_count - 1 else self.side


def pack(sizes: Integers, most_side: int) -> Packing | None:
    """Lay rectangles of (n, 2) width and height on square pages, or None where one is larger than a page.

    The pages are as small as one page can be (a power of two), or of `most_side`. First fit by decreasing
    height on shelves (Coffman et al. 1980).
    """
    if len(sizes) and sizes.max() > most_side:
        return None
    side = _SMALLEST_PAGE
    needed = max(int(sizes.max(initial=1)), int(np.sqrt(sizes.prod(axis=1).sum())))
    while side < needed:
        side *= 2
    while side < most_side:
        found = _packed(sizes, side)
        if found.page_count <= 1:
            return found
        side *= 2
    return _packed(sizes, most_side)


def _packed(sizes: Integers, side: int) -> Packing:
    shelf, place = _shelves(sizes, side)
    heights = np.zeros(int(shelf.max(initial=-1)) + 1, np.int64)
    np.maximum.at(heights, shelf, sizes[:, 1])
    page_of_shelf, top_of_shelf = np.zeros_like(heights), np.zeros_like(heights)
    page = top = 0
    for number, height in enumerate(heights.tolist()):
        if top + height > side:
            page, top = page + 1, 0
        page_of_shelf[number], top_of_shelf[number] = page, top
        top += height
    last = _SMALLEST_PAGE
    while last < top:
        last *= 2
    rows = np.stack([place, top_of_shelf[shelf]], axis=1)
    return Packing(side, min(last, side), page_of_shelf[shelf], rows)


def _shelves(sizes: Integers, side: int) -> tuple[Integers, Integers]:
    """Give the shelf of each rectangle and its x there."""
    shelf, place = np.zeros(len(sizes), np.int64), np.zeros(len(sizes), np.int64)
    free = np.zeros(0, np.int64)
    count = 0
    for number in np.lexsort((-sizes[:, 0], -sizes[:, 1])).tolist():
        width = int(sizes[number, 0])
        fitting = free[:count] >= width
        chosen = int(fitting.argmax()) if count and fitting.any() else count
        if chosen == count:
            if count == len(free):
                free = np.concatenate([free, np.zeros(count + 64, np.int64)])
            free[count] = side
            count += 1
        shelf[number], place[number] = chosen, side - free[chosen]
        free[chosen] -= width
    return shelf, place
