"""Where the stored slices of a stack lie in the patient."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

RAS_FROM_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


class GeometryKind(StrEnum):
    """What one affine can say about a stack."""

    UNIFORM = "uniform"
    SHEARED = "sheared"
    IRREGULAR = "irregular"
    FLAT = "2d"
    NONE = "none"


@dataclass(frozen=True, eq=False)
class SliceGeometry:
    """Position and orientation of every stored slice, DICOM patient LPS millimetres (PS3.3 C.7.6.2).

    Parameters
    ----------
    kind : GeometryKind
        NONE when the images carry no position; `positions_lps_mm` is then a made-up stack and must not be
        shown as patient geometry.
    shape_ijk : tuple of int
        Columns, rows, slices.
    spacing_mm : tuple of float
        Along i (between columns), j (between rows) and k (along the slice normal, fitted or median).
    row_direction, column_direction : (3,) float64
        Unit vectors of growing column index i and of growing row index j.
    positions_lps_mm : (n, 3) float64
        Centre of the first voxel of every slice, ordered along row x column direction.
    lps_from_ijk : (4, 4) float64, optional
        Least-squares affine of the stored grid, sheared where the stack is; None where it is irregular.
    spacing_known : bool
        False when the pixel spacing was absent and 1 mm stands in for it; lengths must then not be shown.
    lps_known : bool
        False when positions or directions are made up, always so for NONE; nothing about the patient's
        directions must then be shown.
    """

    kind: GeometryKind
    shape_ijk: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    row_direction: NDArray[np.float64]
    column_direction: NDArray[np.float64]
    positions_lps_mm: NDArray[np.float64]
    lps_from_ijk: NDArray[np.float64] | None
    spacing_known: bool = True
    lps_known: bool = True

    def __post_init__(self) -> None:
        """Check what every user of a geometry relies on."""
        if self.positions_lps_mm.shape != (self.shape_ijk[2], 3):
            raise ValueError("one position for every slice")
        if not all(0.0 < spacing < np.inf for spacing in self.spacing_mm):
            raise ValueError("spacing must be positive")
        if (self.lps_from_ijk is None) != (self.kind is GeometryKind.IRREGULAR):
            raise ValueError("an affine exactly where the stack is not irregular")
        if self.kind is GeometryKind.NONE and self.lps_known:
            raise ValueError("made-up positions are not known")

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector row x column direction."""
        return np.cross(self.row_direction, self.column_direction)

    @property
    def ras_from_ijk(self) -> NDArray[np.float64] | None:
        """The affine as NIfTI has it; None where the stack is irregular or its place unknown."""
        if self.lps_from_ijk is None or not self.lps_known:
            return None
        return RAS_FROM_LPS @ self.lps_from_ijk
