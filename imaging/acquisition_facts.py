"""What a header says beyond the pixels: uptake values, ultrasound regions, film speed, calibration."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from core.message import Message
from imaging.pixel_calibration import PixelCalibration, read_calibration
from imaging.suv import Suv, SuvKind, suv_factors
from imaging.ultrasound_regions import UltrasoundRegion, read_regions

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


@dataclass(frozen=True)
class AcquisitionFacts:
    """Of one file.

    Parameters
    ----------
    suv : mapping of SuvKind to Suv or Message
        How uptake values follow from the rescaled ones, or why they do not; {} for anything but PET.
    regions : tuple of UltrasoundRegion
        Calibrated regions of its pictures.
    frames_per_second : float, optional
        How fast its frames are to be shown; None where it does not say.
    calibration : PixelCalibration, optional
        What lengths in a projection are; None for other images.
    """

    suv: Mapping[SuvKind, Suv | Message] = field(default_factory=dict[SuvKind, "Suv | Message"])
    regions: tuple[UltrasoundRegion, ...] = ()
    frames_per_second: float | None = None
    calibration: PixelCalibration | None = None


def read_acquisition_facts(path: str) -> AcquisitionFacts:
    """Read the facts of a file; call it in a worker process.

    Raises
    ------
    BadInput
        When the file is gone or damaged.
    """
    from imaging.object_file import read_object, refusing_damage

    with refusing_damage(Path(path)):
        data = read_object(Path(path), pixels=False)
        pet = str(data.get("Modality", "")) == "PT"
        return AcquisitionFacts(
            suv_factors(data) if pet else {},
            read_regions(data),
            stated_frames_per_second(data),
            read_calibration(data),
        )


def stated_frames_per_second(data: "Dataset") -> float | None:
    """Give the speed of a multi-frame picture (PS3.3 C.7.6.5): as recommended, else as it was made."""
    for keyword in ("RecommendedDisplayFrameRate", "CineRate"):
        rate = _number(data, keyword)
        if rate is not None:
            return rate
    milliseconds = _number(data, "FrameTime") or _mean_of_vector(data)
    return None if milliseconds is None else 1000.0 / milliseconds


def _mean_of_vector(data: "Dataset") -> float | None:
    """Give the mean of FrameTimeVector, whose first value is 0."""
    vector = data.get("FrameTimeVector") or ()
    try:
        times = [float(value) for value in ([vector] if isinstance(vector, str | float) else vector)][1:]
    except (TypeError, ValueError):
        return None
    mean = sum(times) / len(times) if times else 0.0
    return mean if 0 < mean < math.inf else None


def _number(data: "Dataset", keyword: str) -> float | None:
    try:
        value = float(data.get(keyword) or 0)
    except (TypeError, ValueError):
        return None
    return value if 0 < value < math.inf else None
