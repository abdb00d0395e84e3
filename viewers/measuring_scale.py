"""How many millimetres a step in the images is, and where that is known from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.annotation import Annotation
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.volume import Volume
from imaging.pixel_calibration import CalibrationKind, PixelCalibration
from imaging.ultrasound_regions import UltrasoundRegion
from viewers.object_layer import Points
from viewers.region_scale import spacing_at

MILLIMETRES, PIXELS = "mm", "px"

_PATIENT = message(QT_TRANSLATE_NOOP("Message", "Measured in the patient's coordinates."))
_NO_SPACING = message(QT_TRANSLATE_NOOP("Message", "Measured in pixels: the file tells no pixel size."))
_REGION = message(QT_TRANSLATE_NOOP("Message", "Calibrated by the ultrasound region."))
_NO_REGION = message(
    QT_TRANSLATE_NOOP("Message", "Measured in pixels: it does not lie in one calibrated ultrasound region.")
)

_SOURCES = {
    CalibrationKind.DETECTOR: QT_TRANSLATE_NOOP(
        "Message", "Lengths are those on the detector; they are shorter in the patient."
    ),
    CalibrationKind.MAGNIFICATION: QT_TRANSLATE_NOOP(
        "Message", "Lengths on the detector, divided by the magnification {magnification} of the file."
    ),
    CalibrationKind.FIDUCIAL: QT_TRANSLATE_NOOP("Message", "Calibrated by an object of known size."),
    CalibrationKind.GEOMETRY: QT_TRANSLATE_NOOP("Message", "Calibrated by the geometry of the exposure."),
    CalibrationKind.READER: QT_TRANSLATE_NOOP(
        "Message", "Calibrated by the reader on a length of {length} mm in the picture."
    ),
    CalibrationKind.UNSTATED: QT_TRANSLATE_NOOP(
        "Message", "The file does not say whether its pixel size is that on the detector."
    ),
}


@dataclass(frozen=True, eq=False)
class MeasuringScale:
    """Turns places in the images into lengths.

    Parameters
    ----------
    matrix : (3, 3) float64
        Maps a difference of two points, LPS millimetres as the volume has it, to one in `unit`.
    unit : str
        "mm", or "px" where the images are not calibrated.
    source : Message
        Where the calibration comes from: a sentence.
    is_patient : bool
        Whether lengths are those in the patient, with nothing to be said about them.
    """

    matrix: NDArray[np.float64]
    unit: str = MILLIMETRES
    source: Message = _PATIENT
    is_patient: bool = True

    def places(self, points_lps_mm: Points) -> Points:
        """Give points (n, 3) in `unit`, from some origin."""
        return points_lps_mm @ self.matrix.T


def measuring_scale(
    volume: Volume,
    points_lps_mm: Points,
    regions: tuple[tuple[UltrasoundRegion, ...], ...] = (),
    calibration: PixelCalibration | None = None,
) -> MeasuringScale:
    """Find the scale that holds for some points of a volume.

    Parameters
    ----------
    regions : tuple of tuple of UltrasoundRegion
        Calibrated regions of every slice; () for anything but ultrasound.
    calibration : PixelCalibration, optional
        Of a projection.
    """
    ijk = points_lps_mm @ volume.ijk_from_lps[:3, :3].T + volume.ijk_from_lps[:3, 3]
    if regions:
        k = int(np.clip(np.rint(ijk[0, 2]), 0, len(regions) - 1))
        corners = (ijk[:, :2].min(axis=0), ijk[:, :2].max(axis=0))
        found = {spacing_at(regions[k], (round(float(i)), round(float(j)))) for i, j in corners}
        spacing = found.pop() if len(found) == 1 else None
        steps = np.array([*(spacing or (1.0, 1.0)), 0.0])
        matrix = steps[:, None] * volume.ijk_from_lps[:3, :3]
        unit, source = (PIXELS, _NO_REGION) if spacing is None else (MILLIMETRES, _REGION)
        return MeasuringScale(matrix, unit, source, is_patient=False)
    by_reader = calibration is not None and calibration.kind is CalibrationKind.READER
    if not by_reader and not volume.spacing_known:
        return MeasuringScale(volume.ijk_from_lps[:3, :3], PIXELS, _NO_SPACING, is_patient=False)
    if calibration is not None:
        source = message(
            _SOURCES[calibration.kind],
            magnification=f"{calibration.magnification:.3g}",
            length=f"{calibration.length_mm:g}",
        )
        return MeasuringScale(np.eye(3) * calibration.factor, MILLIMETRES, source, is_patient=False)
    return MeasuringScale(np.eye(3))


def calibration_by(annotation: Annotation, length_mm: float) -> PixelCalibration:
    """Give the calibration by which a length, drawn on something that is `length_mm` long, is that long."""
    first, last = np.array(annotation.points_lps_mm, float)
    return PixelCalibration(
        CalibrationKind.READER, length_mm / float(np.linalg.norm(last - first)), length_mm=length_mm
    )
