"""What the header of a slide (PS3.3 C.8.12.4) says about its tiles, in the fields of an `Instance`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imaging.frame_values import Vector3

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Whole slide and confocal microscopy, the latter also as tiles.
_SLIDE_CLASSES = (
    "1.2.840.10008.5.1.4.1.1.77.1.6",
    "1.2.840.10008.5.1.4.1.1.77.1.8",
    "1.2.840.10008.5.1.4.1.1.77.1.9",
)
# Total pixel matrix: columns, rows, origin; orientation.
SLIDE_TAGS = (0x00480006, 0x00480007, 0x00480008, 0x00480102)


@dataclass(frozen=True)
class SlideLayout:
    """Where the tiles of a slide lie.

    Parameters
    ----------
    size : tuple of int
        Columns and rows of the whole picture.
    corners : tuple of tuple of int
        Column and row of the first pixel of every tile, from 0.
    origin_mm, row_direction, column_direction : tuple of float
        Centre of the first pixel and unit vectors, in the coordinates of the slide.
    """

    size: tuple[int, int]
    corners: tuple[tuple[int, int], ...]
    origin_mm: Vector3
    row_direction: Vector3
    column_direction: Vector3

    def placed(self, frames: int) -> dict[str, Any]:
        """Give what it changes in the `Instance` of a file with so many frames; {} where it does not fit."""
        if len(self.corners) != frames:
            return {}
        return {
            "matrix_size": self.size,
            "tile_corners": self.corners,
            "position_lps_mm": self.origin_mm,
            "row_direction": self.row_direction,
            "column_direction": self.column_direction,
            "in_patient": False,
        }


def read_slide_layout(data: "Dataset") -> SlideLayout | None:
    """Give where the tiles of a slide lie; None for any other image, and where it contradicts itself."""
    if str(data.get("SOPClassUID", "")) not in _SLIDE_CLASSES or "Columns" not in data:
        return None
    from imaging.slide_matrix import slide_matrix_of

    try:
        matrix = slide_matrix_of(data)
    except (AttributeError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if matrix is None or min(matrix.size) < 1:
        return None
    corners = matrix.corners.astype(np.int64)
    affine = matrix.slide_from_matrix
    lengths = np.linalg.norm(affine[:, :2], axis=0)
    beyond = (corners < 0).any() or (corners >= matrix.size).any()
    if beyond or not np.isfinite(affine).all() or lengths.min() == 0:
        return None
    axes = affine[:, :2] / lengths
    if abs(float(axes[:, 0] @ axes[:, 1])) > 0.01:
        return None
    row, column, origin = axes[:, 0], axes[:, 1], affine @ (0.5, 0.5, 1.0)
    pairs = tuple(map(tuple, corners.tolist()))
    return SlideLayout(matrix.size, pairs, _vector(origin), _vector(row), _vector(column))


def _vector(values: Any) -> Vector3:
    return float(values[0]), float(values[1]), float(values[2])
