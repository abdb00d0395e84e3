"""The built-in phantom study: a CT of nobody, made here, that opens through the ordinary import."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_folder
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from imaging.phantom_body import paint_torso
from imaging.phantom_shapes import Canvas

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

_SHAPE_IJK = (256, 256, 192)
_SPACING_MM = (1.5, 1.5, 2.0)
_NOISE_HU = 9.0
_UID_ROOT = "2.25.2874602915471135069"


def make_phantom_study(folder: Path, progress: Progress = SILENT) -> None:
    """Write the phantom as a series of 192 CT images into `folder`, which is replaced if it is there.

    The study is the same, bit by bit and UID by UID, whenever it is made.
    """
    hu = phantom_voxels(progress)
    with atomic_folder(folder) as partial:
        for number, picture in enumerate(hu, start=1):
            progress.report(
                0.5 + 0.5 * number / len(hu), message(QT_TRANSLATE_NOOP("Message", "Writing the phantom"))
            )
            _write_slice(partial / f"{number:04d}.dcm", picture, number)


def phantom_voxels(progress: Progress = SILENT) -> NDArray[np.int16]:
    """Compute the phantom, shape (192, 256, 256), Hounsfield units; axes run to left, back and head."""
    random = np.random.default_rng(20240229)
    canvas = Canvas.air(_SHAPE_IJK, _SPACING_MM)
    progress.report(0.02, message(QT_TRANSLATE_NOOP("Message", "Making the phantom")))
    paint_torso(canvas, random)
    progress.report(0.4)
    canvas.hu[...] += random.standard_normal(canvas.hu.shape, dtype=np.float32) * np.float32(_NOISE_HU)
    return np.clip(np.rint(canvas.hu), -1024, 3071).astype(np.int16)


def _write_slice(path: Path, picture: NDArray[np.int16], number: int) -> None:
    from pydicom.uid import UID

    dataset = _template()
    dataset.SOPInstanceUID = UID(f"{_UID_ROOT}.3.{number}")
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.InstanceNumber = number
    x, y, z = (-(count - 1) / 2 * step for count, step in zip(_SHAPE_IJK, _SPACING_MM, strict=True))
    z += (number - 1) * _SPACING_MM[2]
    dataset.ImagePositionPatient = [x, y, z]
    dataset.SliceLocation = z
    dataset.PixelData = (picture.astype(np.int32) + 1024).astype("<u2").tobytes()
    dataset.save_as(path, enforce_file_format=True)


def _template() -> "FileDataset":
    """Give a CT image (PS3.3 A.3.3) with everything but what changes from slice to slice."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    dataset: Any = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = CTImageStorage
    for keyword, value in _FIXED.items():
        setattr(dataset, keyword, value)
    return dataset


_FIXED: dict[str, Any] = {
    "SpecificCharacterSet": "ISO_IR 192",
    "ImageType": ["DERIVED", "SECONDARY", "AXIAL"],
    "StudyDate": "20240229",
    "SeriesDate": "20240229",
    "StudyTime": "120000",
    "SeriesTime": "120000",
    "AccessionNumber": "",
    "Modality": "CT",
    "Manufacturer": "Sense Workstation",
    "ManufacturerModelName": "Built-in phantom",
    "ReferringPhysicianName": "",
    "StudyDescription": "Phantom, not a patient",
    "SeriesDescription": "Torso phantom with contrast",
    "PatientName": "Phantom^Torso",
    "PatientID": "PHANTOM",
    "PatientBirthDate": "",
    "PatientSex": "O",
    "PatientIdentityRemoved": "YES",
    "DeidentificationMethod": "Synthetic image",
    "BodyPartExamined": "CHEST",
    "ScanOptions": "",
    "SliceThickness": _SPACING_MM[2],
    "KVP": "120",
    "AcquisitionNumber": 1,
    "PatientPosition": "HFS",
    "ConvolutionKernel": "",
    "StudyInstanceUID": f"{_UID_ROOT}.1",
    "SeriesInstanceUID": f"{_UID_ROOT}.2",
    "FrameOfReferenceUID": f"{_UID_ROOT}.4",
    "PositionReferenceIndicator": "",
    "StudyID": "1",
    "SeriesNumber": 1,
    "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2",
    "Rows": _SHAPE_IJK[1],
    "Columns": _SHAPE_IJK[0],
    "PixelSpacing": [_SPACING_MM[1], _SPACING_MM[0]],
    "BitsAllocated": 16,
    "BitsStored": 12,
    "HighBit": 11,
    "PixelRepresentation": 0,
    "WindowCenter": 50,
    "WindowWidth": 400,
    "RescaleIntercept": -1024,
    "RescaleSlope": 1,
    "RescaleType": "HU",
}
