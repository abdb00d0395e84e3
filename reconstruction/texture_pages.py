"""The pages of a texture: where charts lie on them, and what is painted there."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.progress import Progress
from native import _core
from reconstruction.stoppable import run_stoppable
from reconstruction.texture_charts import Charts
from reconstruction.texture_packing import Packing, pack

Floats = NDArray[np.float64]
MARGIN = 4  # texels around a chart
_BLOCK = 4  # texels across of a face that no view shows
_BLOCKS = 64  # most of them beside one another
# Texels of the three corners of such a face: what is between them is linear, and so is bilinear filtering.
_BLOCK_CORNERS = np.array([[0.5, 0.5], [2.5, 0.5], [0.5, 2.5]])
_SHRINK_FURTHER = 0.97
_TILE = 2048


@dataclass(frozen=True, eq=False)
class Layout:
    """Where every face lies on the pages.

    Parameters
    ----------
    packing : Packing
        Of the rectangles: one a chart with a view, then those of the unseen faces.
    shrink : float
        Size of the views' pixels on the pages, at most 1.
    corners : (m, 3, 2) float64
        The faces' corners in the pixels of their shrunk views; of unseen faces in those of their block.
    shifts : (m, 2) int32
        Texel from that pixel.
    page : (m,) int32
        Page of each face.
    """

    packing: Packing
    shrink: float
    corners: Floats
    shifts: NDArray[np.int32]
    page: NDArray[np.int32]

    def uv(self, charts: Charts) -> NDArray[np.float32]:
        """Give the texture coordinates of the split vertices."""
        texels = self.corners + self.shifts[:, None] + 0.5
        heights = np.array([self.packing.height_of(page) for page in range(self.packing.page_count)])
        scale = np.stack([np.full(len(self.page), self.packing.side), heights[self.page]], 1)
        uv = np.empty((len(charts.vertices), 2), np.float32)
        uv[charts.corners] = texels / scale[:, None]
        return uv


def lay_out(charts: Charts, pixels: Floats, most_side: int, most_pages: int) -> Layout:
    """Lay the charts out, (m, 3, 2) `pixels` of their views, as large as the pages allow."""
    shrink = 1.0
    while True:
        corners = (pixels + 0.5) * shrink - 0.5
        layout = _laid_out(charts, corners, shrink, most_side)
        if layout is None:
            shrink *= 0.8
        elif layout.packing.page_count <= most_pages:
            return layout
        else:
            shrink *= _SHRINK_FURTHER * np.sqrt(most_pages / layout.packing.page_count)


def _laid_out(charts: Charts, corners: Floats, shrink: float, most_side: int) -> Layout | None:
    seen, unseen = (np.flatnonzero(chosen) for chosen in _by_sight(charts))
    chart_numbers, rectangle = np.unique(charts.of_face[seen], return_inverse=True)
    low = np.full((len(chart_numbers), 2), np.iinfo(np.int64).max)
    high = np.full((len(chart_numbers), 2), np.iinfo(np.int64).min)
    np.minimum.at(low, rectangle, np.floor(corners[seen].min(axis=1)).astype(np.int64))
    np.maximum.at(high, rectangle, np.ceil(corners[seen].max(axis=1)).astype(np.int64))
    blocks = _block_rectangles(len(unseen))
    packing = pack(np.concatenate([high - low + 1 + 2 * MARGIN, blocks]), most_side)
    if packing is None:
        return None
    shifts = np.zeros((len(charts.of_face), 2), np.int64)
    page = np.zeros(len(charts.of_face), np.int64)
    shifts[seen] = (packing.place[: len(low)] - low + MARGIN)[rectangle]
    page[seen] = packing.page[rectangle]
    number = np.arange(len(unseen))
    strip, within = len(low) + number // _BLOCKS**2, number % _BLOCKS**2
    shifts[unseen] = packing.place[strip] + _BLOCK * np.stack([within % _BLOCKS, within // _BLOCKS], 1)
    page[unseen] = packing.page[strip]
    corners = corners.copy()
    corners[unseen] = _BLOCK_CORNERS
    return Layout(packing, shrink, corners, shifts.astype(np.int32), page.astype(np.int32))


def _by_sight(charts: Charts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return charts.view_of_face >= 0, charts.view_of_face < 0


def _block_rectangles(count: int) -> NDArray[np.int64]:
    """Give width and height of the rectangles that so many blocks fill, all but the last one whole."""
    whole, rest = divmod(count, _BLOCKS**2)
    sizes = [(_BLOCK * _BLOCKS, _BLOCK * _BLOCKS)] * whole
    if rest:
        sizes.append((_BLOCK * min(rest, _BLOCKS), _BLOCK * -(-rest // _BLOCKS)))
    return np.array(sizes, np.int64).reshape(-1, 2)


class Pages:
    """The pages while they are painted.

    Parameters
    ----------
    charts : Charts
        Of the mesh.
    layout : Layout
        Of the charts.
    """

    def __init__(self, charts: Charts, layout: Layout) -> None:
        self._charts, self._layout = charts, layout
        shapes = [
            (layout.packing.height_of(page), layout.packing.side) for page in range(layout.packing.page_count)
        ]
        self._pages = [np.zeros((*shape, 3), np.uint8) for shape in shapes]
        self._coverage = [np.zeros(shape, np.uint8) for shape in shapes]

    def paint_view(
        self, number: int, colours: NDArray[np.uint8], adjustments: NDArray[np.float32], progress: Progress
    ) -> None:
        """Copy what a view (shrunk, with its gain) shows; `adjustments` are by split vertices."""
        for page in range(len(self._pages)):
            faces = np.flatnonzero((self._charts.view_of_face == number) & (self._layout.page == page))
            if len(faces):
                self._copy(faces, page, colours, adjustments, progress)

    def _copy(
        self,
        faces: NDArray[np.int64],
        page: int,
        colours: NDArray[np.uint8],
        adjustments: NDArray[np.float32],
        progress: Progress,
    ) -> None:
        corners = np.ascontiguousarray(self._layout.corners[faces])
        added = np.ascontiguousarray(adjustments[self._charts.corners[faces]], np.float32)
        shifts = np.ascontiguousarray(self._layout.shifts[faces])
        painted, coverage = self._pages[page], self._coverage[page]

        def bake(stop: _core.StopFlag) -> bool:
            return _core.bake_triangles(colours, corners, added, shifts, painted, coverage, stop)

        run_stoppable(bake, progress)

    def paint_unseen(self, colours: NDArray[np.float32]) -> None:
        """Paint the faces that no view shows with colours (n, 3) at the vertices of the mesh."""
        for page, (painted, coverage) in enumerate(zip(self._pages, self._coverage, strict=True)):
            faces = np.flatnonzero((self._charts.view_of_face < 0) & (self._layout.page == page))
            a, b, c = (colours[self._charts.triangles[faces, corner]] for corner in range(3))
            texel = np.arange(_BLOCK)
            for down in texel:
                for across in texel:
                    right, below = (across - 0.5) / 2, (down - 0.5) / 2
                    level = a + right * (b - a) + below * (c - a)
                    x, y = (self._layout.shifts[faces] + (across, down)).T
                    painted[y, x] = np.clip(np.rint(level), 0, 255).astype(np.uint8)
                    coverage[y, x] = 2

    def finished(self, progress: Progress) -> tuple[NDArray[np.uint8], ...]:
        """Fill what is bare around the charts with what is near, so that smaller pictures stay clean."""
        for painted, coverage in zip(self._pages, self._coverage, strict=True):
            for top in range(0, painted.shape[0], _TILE):
                progress.check()
                for left in range(0, painted.shape[1], _TILE):
                    place = np.s_[top : top + _TILE, left : left + _TILE]
                    _fill(painted[place], coverage[place] > 0)
        return tuple(self._pages)


def _fill(picture: NDArray[np.uint8], covered: NDArray[np.bool_]) -> None:
    """Fill bare pixels from the averages around (push and pull, Gortler et al. 1996)."""
    import cv2

    if covered.all() or not covered.any():
        return
    weight = covered.astype(np.float32)
    levels: list[tuple[Any, Any]] = [(picture * weight[..., None], weight)]
    while max(levels[-1][1].shape) > 1:
        colours, weight = levels[-1]
        size = tuple(max(1, (side + 1) // 2) for side in reversed(weight.shape))
        smaller = cv2.resize(colours, size, interpolation=cv2.INTER_AREA)
        levels.append((smaller, cv2.resize(weight, size, interpolation=cv2.INTER_AREA).reshape(size[::-1])))
    colours, weight = levels.pop()
    pulled = colours / np.maximum(weight, 1e-6)[..., None]
    while levels:
        colours, weight = levels.pop()
        larger = cv2.resize(pulled, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        own = colours / np.maximum(weight, 1e-6)[..., None]
        pulled = np.where(weight[..., None] > 1e-3, own, larger.reshape(own.shape))
    bare = ~covered
    picture[bare] = np.clip(np.rint(pulled[bare]), 0, 255).astype(np.uint8)
