"""A CT series as large as those of hospitals, in any transfer syntax: a trunk of ellipsoids with noise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 512
_NOISE_HU = 12.0
# Centre and half axes in units of half the picture, and what it adds in HU.
_ELLIPSOIDS = (
    ((0.0, 0.05, 0.5), (0.75, 0.55, 2.0), 1040.0),
    ((-0.35, 0.0, 0.2), (0.25, 0.35, 0.35), -870.0),
    ((0.35, 0.0, 0.2), (0.24, 0.33, 0.35), -870.0),
    ((0.0, 0.45, 0.5), (0.09, 0.09, 2.0), 700.0),
    ((0.05, -0.05, 0.45), (0.12, 0.15, 0.2), 180.0),
)


def ct_slices(count: int) -> Iterator[NDArray[np.int16]]:
    """Give the slices in HU, (512, 512), -1024 outside the reconstructed circle."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    outside = x * x + y * y > 1
    noise = rng.normal(0.0, _NOISE_HU, (4, SIDE, SIDE))
    for k in range(count):
        values = np.roll(noise[k % 4], 37 * k, axis=(0, 1)) - 1000.0
        for (cx, cy, cz), (a, b, c), height in _ELLIPSOIDS:
            distance = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 + ((k / count - cz) / c) ** 2
            values += height * (distance < 1)
        values[outside] = -1024
        yield np.clip(np.rint(values), -1024, 3071).astype(np.int16)


def write_ct(folder: Path, count: int, transfer_syntax: str) -> None:
    """Write the series; 12 bits stored, intercept -1024, as CT scanners do.

    Parameters
    ----------
    transfer_syntax : str
        UID of one that pydicom can encode here.
    """
    from pydicom.uid import CTImageStorage

    from tests.dicom_factory import AXIAL, base_dataset, save, uid

    folder.mkdir()
    for k, values in enumerate(ct_slices(count)):
        data = base_dataset("benchmark")
        data.SOPClassUID, data.Modality = CTImageStorage, "CT"
        data.SOPInstanceUID = uid("benchmark", transfer_syntax, k)
        data.InstanceNumber = k + 1
        data.ImageOrientationPatient, data.ImagePositionPatient = list(AXIAL), [-180.0, -180.0, 1.5 * k]
        data.PixelSpacing, data.SliceThickness = [0.703125, 0.703125], 1.5
        data.Rows, data.Columns, data.SamplesPerPixel = SIDE, SIDE, 1
        data.PhotometricInterpretation = "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 12, 11, 0
        data.RescaleSlope, data.RescaleIntercept, data.RescaleType = 1, -1024, "HU"
        data.PixelData = (values + 1024).astype("<u2").tobytes()
        data["PixelData"].VR = "OW"
        save(data, folder / f"{k:04d}.dcm", transfer_syntax)
