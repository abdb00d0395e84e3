"""The plane that cuts the face off a head."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.frame import Frame

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class FacePlane:
    """All points with `normal . point > offset_mm` lie before the plane, where the face is.

    Parameters
    ----------
    normal : tuple of float
        Unit vector towards the face, DICOM patient LPS.
    offset_mm : float
        Distance from the origin along the normal.
    """

    normal: Vector
    offset_mm: float

    def before(self, frame: Frame) -> NDArray[np.bool_]:
        """Tell which pixels of a frame lie before the plane, shape (rows, columns).

        Raises
        ------
        ValueError
            When the frame does not say where it lies.
        """
        image, position = frame.instance, frame.position_lps_mm
        row, column, spacing = image.row_direction, image.column_direction, image.spacing_ij_mm
        if position is None or row is None or column is None or spacing is None:
            raise ValueError("no place in the patient")
        normal = np.array(self.normal)
        along_i = float(normal @ np.array(row)) * spacing[0] * np.arange(image.columns)
        along_j = float(normal @ np.array(column)) * spacing[1] * np.arange(image.rows)
        distance = float(normal @ np.array(position)) + along_j[:, None] + along_i[None, :]
        return np.asarray(distance > self.offset_mm, np.bool_)
