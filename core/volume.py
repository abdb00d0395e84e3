"""Voxels on a grid in the patient."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.provenance import Provenance

_GREY_TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.float32)


@dataclass(frozen=True, eq=False)
class Volume:
    """A regular (possibly sheared) grid of values in DICOM patient LPS millimetres.

    Parameters
    ----------
    voxels : (nk, nj, ni) int8, uint8, int16, uint16, int32 or float32, or (nk, nj, ni, 3) uint8 for colour
        C-contiguous; rescaled values (HU for CT). While a series loads, slices fill in place; nobody else
        writes.
    lps_from_ijk : (4, 4) float64
        Maps voxel index (i, j, k, 1), voxel centres at integers, to LPS millimetres; right-handed or not.
    unit : str
        "HU", "Bq/ml", ... or "" where the values have none.
    lps_known : bool
        False where the images carry no patient position: orientation letters must not be drawn.
    spacing_known : bool
        False where the pixel spacing is unknown: lengths must not be drawn.
    provenance : Provenance, optional
        How a derived volume was made; None for voxels as stored.
    """

    voxels: NDArray[Any]  # one of the types above, told apart at run time
    lps_from_ijk: NDArray[np.float64]
    unit: str = ""
    lps_known: bool = True
    spacing_known: bool = True
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        """Check shape, type and affine."""
        colour = self.voxels.ndim == 4 and self.voxels.shape[3] == 3 and self.voxels.dtype == np.uint8
        grey = self.voxels.ndim == 3 and self.voxels.dtype.type in _GREY_TYPES
        if not (colour or grey) or not self.voxels.flags.c_contiguous or 0 in self.voxels.shape:
            raise ValueError(f"no volume: {self.voxels.dtype} {self.voxels.shape}")
        if self.lps_from_ijk.shape != (4, 4) or not _invertible(self.lps_from_ijk):
            raise ValueError("the affine must be 4 x 4 and invertible")

    @property
    def is_colour(self) -> bool:
        """Whether the voxels are RGB."""
        return self.voxels.ndim == 4

    @property
    def shape_ijk(self) -> tuple[int, int, int]:
        """Columns, rows, slices."""
        nk, nj, ni = self.voxels.shape[:3]
        return ni, nj, nk

    @property
    def ijk_from_lps(self) -> NDArray[np.float64]:
        """Inverse of `lps_from_ijk`."""
        return np.asarray(np.linalg.inv(self.lps_from_ijk), np.float64)

    @property
    def spacing_mm(self) -> NDArray[np.float64]:
        """Length of one voxel step along i, j and k."""
        return np.sqrt((self.lps_from_ijk[:3, :3] ** 2).sum(axis=0))

    @property
    def corners_lps_mm(self) -> NDArray[np.float64]:
        """The eight outer corners (voxel borders, not centres), shape (8, 3)."""
        low, high = -0.5, np.array(self.shape_ijk) - 0.5
        ijk = np.array([[x, y, z] for x in (low, high[0]) for y in (low, high[1]) for z in (low, high[2])])
        return ijk @ self.lps_from_ijk[:3, :3].T + self.lps_from_ijk[:3, 3]

    @property
    def centre_lps_mm(self) -> NDArray[np.float64]:
        """Centre of the grid."""
        return self.corners_lps_mm.mean(axis=0)


def _invertible(affine: NDArray[np.float64]) -> bool:
    # Relative to the voxel: microscopes have steps of nanometres.
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    if not np.isfinite(affine).all() or steps.min() == 0.0:
        return False
    return bool(abs(np.linalg.det(affine[:3, :3] / steps)) > 1e-9)
