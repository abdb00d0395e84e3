"""Slides as whole pictures: their frames are tiles, each with its place in the total pixel matrix."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.frame import Frame

if TYPE_CHECKING:
    from imaging.loaded_series import LoadedSeries


class TilePlace(NamedTuple):
    """Where a tile lies: its slice, and the column and row of its first pixel in the whole picture."""

    slice: int
    column: int
    row: int


def tile_places(frames: Sequence[Frame]) -> tuple[TilePlace, ...]:
    """Give the places of frames in the order of their files.

    A further tile at the same corner of the same file is of another focal plane or optical path, and so on
    another slice; the slices of the files follow one another.
    """
    places: list[TilePlace] = []
    first, end, path = 0, 0, ""
    met: Counter[tuple[int, int]] = Counter()
    for frame in frames:
        if frame.instance.path != path:
            path, first, met = frame.instance.path, end, Counter()
        corner = frame.instance.tile_corners[frame.number]
        places.append(TilePlace(first + met[corner], *corner))
        met[corner] += 1
        end = max(end, places[-1].slice + 1)
    return tuple(places)


def slide_geometry(frames: Sequence[Frame], places: Sequence[TilePlace]) -> SliceGeometry:
    """Give the geometry of whole pictures, in millimetres of the slide and not of the patient."""
    instance = frames[0].instance
    assert instance.matrix_size is not None
    row = np.array(instance.row_direction or (1.0, 0.0, 0.0))
    column = np.array(instance.column_direction or (0.0, 1.0, 0.0))
    spacing = instance.spacing_ij_mm or (1.0, 1.0)
    thickness = instance.slice_thickness_mm
    step_mm = thickness if thickness is not None and 0 < thickness < float("inf") else 1.0
    count = max(place.slice for place in places) + 1
    step = np.cross(row, column) * step_mm
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = row * spacing[0], column * spacing[1], step
    affine[:3, 3] = instance.position_lps_mm or (0.0, 0.0, 0.0)
    return SliceGeometry(
        GeometryKind.FLAT if count == 1 else GeometryKind.NONE,
        (*instance.matrix_size, count),
        (*spacing, step_mm),
        row,
        column,
        affine[:3, 3] + np.arange(count)[:, None] * step,
        affine,
        spacing_known=instance.spacing_ij_mm is not None,
        lps_known=False,
    )


class TilePlacer:
    """Gives every tile memory to be read into, and copies what was read to its place.

    Parameters
    ----------
    loaded : LoadedSeries
        Of a slide.
    """

    def __init__(self, loaded: "LoadedSeries") -> None:
        self._loaded = loaded
        self._being_read: dict[int, NDArray[Any]] = {}

    def buffer(self, index: int) -> NDArray[Any]:
        """Give the memory for a tile; may be called from several threads."""
        instance, form = self._loaded.part.frames[index].instance, self._loaded.format
        made = np.empty(form.shape((instance.columns, instance.rows, 1)), form.dtype)[0]
        self._being_read[index] = made
        return made

    def place(self, index: int) -> int:
        """Copy a tile to its place, without what reaches beyond the picture, and give its slice."""
        tile, at = self._being_read.pop(index), self._loaded.part.tiles[index]
        picture = self._loaded.volume.voxels[at.slice]
        there = picture[at.row : at.row + tile.shape[0], at.column : at.column + tile.shape[1]]
        there[...] = tile[: there.shape[0], : there.shape[1]]
        return at.slice

    def drop(self, index: int) -> None:
        """Forget a tile that could not be read."""
        self._being_read.pop(index, None)
