"""Synthetic RT dose, as a planning system writes it, whose every value is known."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, RTDoseStorage, RTPlanStorage, RTStructureSetStorage

from tests.dicom_factory import AXIAL, base_dataset, save, uid

SCALING_GY = 2.5e-4


def dose_values(frames: int, rows: int, columns: int) -> NDArray[np.uint32]:
    """Give the stored values (k, j, i): no two neighbours alike, no axis like another."""
    k, j, i = np.indices((frames, rows, columns))
    return (70_000 + 300 * i + 4_100 * j + 13_000 * k).astype(np.uint32)


def make_dose(
    path: Path,
    *,
    offsets: Sequence[float] = (0.0, 3.0, 6.0, 9.0),
    position_lps_mm: Sequence[float] = (-95.0, -75.0, 42.0),
    orientation: Sequence[float] = AXIAL,
    rows: int = 7,
    columns: int = 5,
    name: str = "dose",
    study: str = "study",
    attributes: Mapping[str, Any] | None = None,
    transfer_syntax: str = ExplicitVRLittleEndian,
) -> Path:
    """Write a plan's dose of `SCALING_GY` x `dose_values`; `attributes` overwrite, None deletes."""
    data = base_dataset(name, study)
    data.SOPClassUID = RTDoseStorage
    data.SOPInstanceUID = uid("dose", study, name)
    data.Modality = "RTDOSE"
    data.Manufacturer = "Synthetic"
    data.FrameOfReferenceUID = uid("frame of reference", study)
    data.PositionReferenceIndicator = ""
    data.InstanceNumber = 1
    data.Rows, data.Columns, data.NumberOfFrames = rows, columns, len(offsets)
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 32, 32, 31, 0
    data.ImagePositionPatient, data.ImageOrientationPatient = list(position_lps_mm), list(orientation)
    data.PixelSpacing, data.SliceThickness = [2.0, 2.5], None
    data.FrameIncrementPointer = 0x3004000C
    data.GridFrameOffsetVector = list(offsets)
    data.DoseUnits, data.DoseType, data.DoseSummationType = "GY", "PHYSICAL", "PLAN"
    data.DoseGridScaling = SCALING_GY
    data.ReferencedRTPlanSequence = [_reference(RTPlanStorage, uid("plan", study))]
    data.PixelData = dose_values(len(offsets), rows, columns).astype("<u4").tobytes()
    data["PixelData"].VR = "OW"
    for keyword, value in (attributes or {}).items():
        if value is None:
            delattr(data, keyword)
        else:
            setattr(data, keyword, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(data, path, transfer_syntax)


def make_plan(path: Path, *, study: str = "study") -> Path:
    """Write the plan that `make_dose` names; it refers to the structure set `uid("structures", study)`."""
    data = base_dataset("plan", study)
    data.SOPClassUID, data.SOPInstanceUID = RTPlanStorage, uid("plan", study)
    data.Modality = "RTPLAN"
    data.RTPlanLabel, data.RTPlanGeometry = "Phantom", "PATIENT"
    data.ReferencedStructureSetSequence = [_reference(RTStructureSetStorage, uid("structures", study))]
    path.parent.mkdir(parents=True, exist_ok=True)
    return save(data, path)


def _reference(sop_class_uid: str, sop_uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class_uid, sop_uid
    return item
