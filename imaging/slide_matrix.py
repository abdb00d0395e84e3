"""Where the frames of a slide lie in its whole picture (PS3.3 C.8.12.4)."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imaging.object_file import read_object, refusing_damage
from imaging.segmentation_frames import first_item

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SlideMatrix:
    """The total pixel matrix of a slide.

    Parameters
    ----------
    size : tuple of int
        Columns and rows of the whole picture.
    corners : (n, 2) float64
        Column and row of the first pixel of every frame, from 0.
    slide_from_matrix : (3, 3) float64
        Maps matrix points (column, row, 1), the first pixel's centre at (0.5, 0.5), to (x, y, z) in the
        millimetres of the slide.
    """

    size: tuple[int, int]
    corners: Points
    slide_from_matrix: Points

    def matrix_points(self, slide_mm: Points) -> Points:
        """Give the matrix points (n, 2) nearest to points (n, 3) of the slide."""
        axes, origin = self.slide_from_matrix[:, :2], self.slide_from_matrix[:, 2]
        return np.asarray(np.linalg.lstsq(axes, (slide_mm - origin).T, rcond=None)[0].T, np.float64)


def read_slide_matrix(path: Path) -> SlideMatrix | None:
    """Read where the frames of a slide lie; None where the file is no slide.

    Raises
    ------
    BadInput
        When it cannot be read, or contradicts itself.
    """
    with refusing_damage(path):
        return slide_matrix_of(read_object(path, pixels=False))


def slide_matrix_of(data: "Dataset") -> SlideMatrix | None:
    """Give where the frames of a data set lie; None where it is no slide."""
    if "TotalPixelMatrixColumns" not in data or "TotalPixelMatrixRows" not in data:
        return None
    size = int(data.TotalPixelMatrixColumns), int(data.TotalPixelMatrixRows)
    return SlideMatrix(size, _corners(data, size), _slide_from_matrix(data))


def _corners(data: "Dataset", size: tuple[int, int]) -> Points:
    frames = data.get("PerFrameFunctionalGroupsSequence")
    placed = [first_item(frame, "PlanePositionSlideSequence") for frame in frames or ()]
    if placed and all(item is not None for item in placed):
        stored = [
            (item.ColumnPositionInTotalImagePixelMatrix, item.RowPositionInTotalImagePixelMatrix)
            for item in placed
            if item is not None
        ]
        return np.array(stored, np.float64) - 1
    # TILED_FULL: row by row, then for every depth and optical path again.
    across, down = -(-size[0] // int(data.Columns)), -(-size[1] // int(data.Rows))
    number = np.arange(int(data.get("NumberOfFrames", 1) or 1)) % (across * down)
    columns, rows = number % across * int(data.Columns), number // across * int(data.Rows)
    return np.stack([columns, rows], axis=1).astype(np.float64)


def _slide_from_matrix(data: "Dataset") -> Points:
    origin = first_item(data, "TotalPixelMatrixOriginSequence")
    directions = np.array(data.get("ImageOrientationSlide") or (0, 1, 0, 1, 0, 0), np.float64)
    shared = first_item(data, "SharedFunctionalGroupsSequence")
    measures = None if shared is None else first_item(shared, "PixelMeasuresSequence")
    spacing = (1.0, 1.0) if measures is None else tuple(map(float, measures.PixelSpacing))
    affine = np.zeros((3, 3))
    affine[:, 0], affine[:, 1] = directions[:3] * spacing[1], directions[3:] * spacing[0]
    corner = np.zeros(3)
    if origin is not None:
        corner[0] = float(origin.get("XOffsetInSlideCoordinateSystem", 0) or 0)
        corner[1] = float(origin.get("YOffsetInSlideCoordinateSystem", 0) or 0)
        corner[2] = float(origin.get("ZOffsetInSlideCoordinateSystem", 0) or 0)
    # The stored place is that of the first pixel's centre.
    affine[:, 2] = corner - (affine[:, 0] + affine[:, 1]) / 2
    return affine
