"""What the pixel spacing of a projection means (PS3.3 10.7.1): lengths on the detector, or in the patient."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PROJECTIONS = ("CR", "DX", "MG", "IO", "PX", "RG", "XA", "RF")
_SAME = 1e-4


class CalibrationKind(StrEnum):
    """Where the lengths in a projection come from."""

    DETECTOR = "detector"
    """As on the detector: larger than in the patient."""
    MAGNIFICATION = "magnification"
    """On the detector, divided by the magnification that the file estimates."""
    FIDUCIAL = "fiducial"
    """Calibrated by an object of known size in the picture."""
    GEOMETRY = "geometry"
    """Corrected for an assumed or known geometry."""
    UNSTATED = "unstated"
    """A spacing of which the file does not say what it means."""
    READER = "reader"
    """Calibrated by the reader on something of known length in the picture."""


@dataclass(frozen=True)
class PixelCalibration:
    """What lengths in a projection are.

    Parameters
    ----------
    kind : CalibrationKind
    factor : float
        What lengths by the stored pixel spacing are multiplied by.
    magnification : float
        Of what was imaged, as far as the file tells; 1 where it does not.
    length_mm : float
        That the reader calibrated on; 0 for other kinds.
    """

    kind: CalibrationKind
    factor: float = 1.0
    magnification: float = 1.0
    length_mm: float = 0.0


def read_calibration(data: "Dataset") -> PixelCalibration | None:
    """Find out what the spacing of a projection means; None for other images and without a spacing."""
    if str(data.get("Modality", "")) not in PROJECTIONS:
        return None
    spacing, detector = _pair(data, "PixelSpacing"), _pair(data, "ImagerPixelSpacing")
    if spacing is None and detector is None:
        return None
    stated = str(data.get("PixelSpacingCalibrationType", ""))
    if spacing is not None and stated in ("FIDUCIAL", "GEOMETRY"):
        return PixelCalibration(CalibrationKind(stated.lower()))
    if spacing is not None and detector is None:
        return PixelCalibration(CalibrationKind.UNSTATED)
    if spacing is not None and detector is not None and not np.allclose(spacing, detector, rtol=_SAME):
        return PixelCalibration(CalibrationKind.UNSTATED)
    magnification = _magnification(data)
    if magnification is None:
        return PixelCalibration(CalibrationKind.DETECTOR)
    return PixelCalibration(CalibrationKind.MAGNIFICATION, 1.0 / magnification, magnification)


def _magnification(data: "Dataset") -> float | None:
    """Give the stated magnification, or that of the stated distances (PS3.3 C.8.7.10)."""
    stated = _number(data, "EstimatedRadiographicMagnificationFactor")
    if stated is not None:
        return stated if stated >= 1.0 else None
    detector, patient = _number(data, "DistanceSourceToDetector"), _number(data, "DistanceSourceToPatient")
    if detector is None or patient is None or str(data.get("Modality", "")) not in ("XA", "RF"):
        return None
    return detector / patient if detector > patient else None


def _number(data: "Dataset", keyword: str) -> float | None:
    try:
        value = float(data.get(keyword) or 0)
    except (TypeError, ValueError):
        return None
    return value if 0 < value < math.inf else None


def _pair(data: "Dataset", keyword: str) -> tuple[float, float] | None:
    try:
        first, second = (float(value) for value in data.get(keyword) or ())
    except (TypeError, ValueError):
        return None
    return (first, second) if min(first, second) > 0 and math.isfinite(first + second) else None
