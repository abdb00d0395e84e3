"""Synthetic enhanced multi-frame files whose every voxel, place and attribute is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian

from tests.dicom_factory import AXIAL, base_dataset, save, uid

ROWS, COLUMNS = 6, 5


@dataclass(frozen=True)
class MadeFrame:
    """One frame to be written.

    Parameters
    ----------
    position : sequence of float
        ImagePositionPatient.
    macros : mapping of str to mapping
        Functional groups of this frame: {"MREchoSequence": {"EffectiveEchoTime": 10.0}}.
    """

    position: Sequence[float]
    orientation: Sequence[float] = AXIAL
    spacing_mm: tuple[float, float] = (0.5, 0.75)
    slope: float = 1.0
    intercept: float = 0.0
    macros: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def stored_values(number: int) -> np.ndarray:
    """Give the stored values of frame `number`, shape (j, i)."""
    j, i = np.indices((ROWS, COLUMNS))
    return (100 * number + 7 * j + i).astype(np.int16)


def make_enhanced(
    folder: Path,
    frames: Sequence[MadeFrame],
    *,
    sop_class: str = EnhancedMRImageStorage,
    modality: str = "MR",
    transfer_syntax: str = ExplicitVRLittleEndian,
    in_patient: bool = True,
) -> Path:
    """Write all frames into one file; without `in_patient` they are placed in an ultrasound volume."""
    folder.mkdir(parents=True, exist_ok=True)
    data = base_dataset("enhanced")
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = sop_class, uid("enhanced"), modality
    data.Rows, data.Columns, data.NumberOfFrames = ROWS, COLUMNS, len(frames)
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation = 15, 1
    data.SharedFunctionalGroupsSequence = [Dataset()]
    data.PerFrameFunctionalGroupsSequence = [_groups(frame, in_patient=in_patient) for frame in frames]
    data.PixelData = b"".join(stored_values(number).tobytes() for number in range(len(frames)))
    data["PixelData"].VR = "OW"
    return save(data, folder / "enhanced.dcm", transfer_syntax)


def _groups(frame: MadeFrame, *, in_patient: bool) -> Dataset:
    position, orientation = [float(v) for v in frame.position], [float(v) for v in frame.orientation]
    groups = Dataset()
    if in_patient:
        groups.PlanePositionSequence = [item(ImagePositionPatient=position)]
        groups.PlaneOrientationSequence = [item(ImageOrientationPatient=orientation)]
    else:
        groups.PlanePositionVolumeSequence = [item(ImagePositionVolume=position)]
        groups.PlaneOrientationVolumeSequence = [item(ImageOrientationVolume=orientation)]
    spacing = [frame.spacing_mm[1], frame.spacing_mm[0]]
    groups.PixelMeasuresSequence = [item(PixelSpacing=spacing, SliceThickness=2.0)]
    rescale = item(RescaleSlope=frame.slope, RescaleIntercept=frame.intercept, RescaleType="US")
    groups.PixelValueTransformationSequence = [rescale]
    for macro, attributes in frame.macros.items():
        setattr(groups, macro, [item(**attributes)])
    return groups


def item(**attributes: Any) -> Dataset:
    """Give a sequence item."""
    made = Dataset()
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made
