"""Synthetic DICOM series whose every voxel and position is known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SAGITTAL = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
UNCOMPRESSED = (
    ImplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    DeflatedExplicitVRLittleEndian,
)


@dataclass(frozen=True, eq=False)
class MadeSeries:
    """What was written.

    Parameters
    ----------
    folder : Path
    series_uid, study_uid : str
    files : tuple of Path
        In slice order (along row x column direction); gaps left out, duplicates not among them.
    voxels : (nk, nj, ni) int16
        Rescaled values of the slices in `files`.
    positions_lps_mm : (nk, 3) float64
        Of the slices in `files`.
    """

    folder: Path
    series_uid: str
    study_uid: str
    files: tuple[Path, ...]
    voxels: NDArray[np.int16]
    positions_lps_mm: NDArray[np.float64]


def voxel_values(slices: int, rows: int, columns: int, intercept: int = -1024) -> NDArray[np.int16]:
    """Give the rescaled values (k, j, i): no two neighbours alike, no axis or direction like another."""
    k, j, i = np.indices((slices, rows, columns))
    return ((3 * i + 7 * j + 31 * k) % 2500 + intercept).astype(np.int16)


def uid(*sources: object) -> UID:
    """Give a UID that depends on `sources` only."""
    return generate_uid(entropy_srcs=[str(source) for source in sources])


def make_ct_series(
    folder: Path,
    *,
    slices: int = 6,
    rows: int = 20,
    columns: int = 16,
    spacing_mm: tuple[float, float, float] = (0.75, 0.5, 2.5),
    orientation: Sequence[float] = AXIAL,
    origin_lps_mm: Sequence[float] = (-100.0, -80.0, 40.0),
    tilt_deg: float = 0.0,
    gaps: Collection[int] = (),
    duplicates: Collection[int] = (),
    jitter_mm: float = 0.0,
    transfer_syntax: str = ExplicitVRLittleEndian,
    shuffled: bool = True,
    name: str = "",
    study: str = "study",
    slope: float = 1.0,
    intercept: int = -1024,
    attributes: Mapping[str, Any] | None = None,
) -> MadeSeries:
    """Write a CT series to `folder`.

    Parameters
    ----------
    spacing_mm : tuple of float
        Along i (between columns), j (between rows) and k (along the normal).
    origin_lps_mm : sequence of float
        Centre of the first voxel of the first slice.
    tilt_deg : float
        Gantry tilt: the slices are displaced along the column direction as they go along the normal.
    gaps, duplicates : collection of int
        Slices that are missing, and slices that are there twice (with the same pixels and another SOP UID).
    jitter_mm : float
        Greatest irregularity of the positions along the normal.
    transfer_syntax : str
        Any of `UNCOMPRESSED`, or one that pydicom can compress to (RLE, JPEG 2000 lossless).
    shuffled : bool
        Names and instance numbers tell nothing about the order.
    name : str
        Sets apart several series of one folder.
    study : str
        Series with the same value belong to one study.
    attributes : mapping of str to object
        Keywords to set on every file; None deletes one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(f"{name}{slices}")
    row, column = np.array(orientation[:3], float), np.array(orientation[3:], float)
    step = spacing_mm[2] * (np.cross(row, column) + np.tan(np.radians(tilt_deg)) * column)
    voxels = voxel_values(slices, rows, columns, intercept)
    numbers = list(range(1, 2 * slices + 1))
    if shuffled:
        random.shuffle(numbers)
    files, positions, kept = [], [], []
    for k in range(slices):
        offset = random.uniform(-jitter_mm, jitter_mm) if jitter_mm else 0.0
        position = np.array(origin_lps_mm, float) + k * step + offset * np.cross(row, column)
        if k in gaps:
            continue
        for copy in range(2 if k in duplicates else 1):
            data = _slice(name, study, k, copy, voxels[k], spacing_mm, slope, intercept)
            data.ImageOrientationPatient = [f"{value:.10g}" for value in orientation]
            data.ImagePositionPatient = [f"{value:.10g}" for value in position]
            data.InstanceNumber = numbers[2 * k + copy]
            if tilt_deg:
                data.GantryDetectorTilt = tilt_deg
            _set(data, attributes or {})
            path = folder / f"{name}{numbers[2 * k + copy]:05d}.dcm"
            save(data, path, transfer_syntax)
            if not copy:
                files.append(path)
                positions.append(position)
                kept.append(k)
    return MadeSeries(
        folder,
        uid("series", study, name),
        uid("study", study),
        tuple(files),
        ((voxels[kept] - intercept) * slope + intercept).astype(np.int16),
        np.array(positions),
    )


def save(data: Dataset, path: Path, transfer_syntax: str = ExplicitVRLittleEndian) -> Path:
    """Write `data` in any transfer syntax."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = data.SOPClassUID
    meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    syntax = UID(transfer_syntax)
    meta.TransferSyntaxUID = syntax if syntax in UNCOMPRESSED else ExplicitVRLittleEndian
    data.file_meta = meta
    if syntax not in UNCOMPRESSED:
        data.compress(syntax, generate_instance_uid=False)
    if syntax == ExplicitVRBigEndian and "PixelData" in data:
        data.PixelData = np.frombuffer(data.PixelData, "<i2").astype(">i2").tobytes()
    data.save_as(path, enforce_file_format=True)
    return path


def base_dataset(name: str = "", study: str = "study") -> Dataset:
    """Give the patient and study attributes of a made-up person."""
    data = Dataset()
    data.PatientName = "Phantom^Ada"
    data.PatientID = "PHANTOM-1"
    data.PatientBirthDate = "19000101"
    data.PatientSex = "O"
    data.StudyInstanceUID = uid("study", study)
    data.SeriesInstanceUID = uid("series", study, name)
    data.StudyDate = "20260102"
    data.StudyTime = "101500"
    data.AccessionNumber = "A1"
    data.StudyDescription = "Synthetic"
    data.SeriesDescription = f"Series {name}".strip()
    data.SeriesNumber = 1
    return data


def _slice(
    name: str,
    study: str,
    k: int,
    copy: int,
    values: NDArray[np.int16],
    spacing_mm: tuple[float, float, float],
    slope: float,
    intercept: int,
) -> Dataset:
    data = base_dataset(name, study)
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = uid("instance", study, name, k, copy)
    data.Modality = "CT"
    data.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated = 16
    data.BitsStored = 16
    data.HighBit = 15
    data.PixelRepresentation = 1
    data.PixelSpacing = [spacing_mm[1], spacing_mm[0]]
    data.SliceThickness = spacing_mm[2]
    data.RescaleSlope = slope
    data.RescaleIntercept = intercept
    data.WindowCenter = 40
    data.WindowWidth = 400
    data.PixelData = (values - intercept).astype("<i2").tobytes()
    data["PixelData"].VR = "OW"
    return data


def _set(data: Dataset, attributes: Mapping[str, Any]) -> None:
    for keyword, value in attributes.items():
        if value is None:
            if keyword in data:
                delattr(data, keyword)
        else:
            setattr(data, keyword, value)
