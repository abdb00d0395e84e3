"""What the pixel spacing of a projection means."""

import pytest
from pydicom.dataset import Dataset

from imaging.pixel_calibration import CalibrationKind, read_calibration

K = CalibrationKind


def header(modality="DX", **elements):
    data = Dataset()
    data.Modality = modality
    for keyword, value in elements.items():
        setattr(data, keyword, value)
    return data


@pytest.mark.parametrize(
    ("data", "kind", "factor"),
    [
        (header(ImagerPixelSpacing=[0.2, 0.2]), K.DETECTOR, 1.0),
        (header(ImagerPixelSpacing=[0.2, 0.2], PixelSpacing=[0.2, 0.2]), K.DETECTOR, 1.0),
        (
            header("MG", ImagerPixelSpacing=[0.1, 0.1], EstimatedRadiographicMagnificationFactor=1.25),
            K.MAGNIFICATION,
            0.8,
        ),
        (
            header(
                "XA",
                ImagerPixelSpacing=[0.2, 0.2],
                DistanceSourceToDetector=1000,
                DistanceSourceToPatient=800,
            ),
            K.MAGNIFICATION,
            0.8,
        ),
        (header(PixelSpacing=[0.15, 0.15]), K.UNSTATED, 1.0),
        (header(PixelSpacing=[0.15, 0.15], ImagerPixelSpacing=[0.2, 0.2]), K.UNSTATED, 1.0),
        (
            header(
                PixelSpacing=[0.15, 0.15],
                ImagerPixelSpacing=[0.2, 0.2],
                PixelSpacingCalibrationType="FIDUCIAL",
            ),
            K.FIDUCIAL,
            1.0,
        ),
    ],
)
def test_the_meaning_follows_from_what_the_file_says(data, kind, factor):
    found = read_calibration(data)
    assert found is not None
    assert found.kind is kind
    assert found.factor == pytest.approx(factor)


def test_other_images_and_projections_without_a_spacing_have_none():
    assert read_calibration(header("CT", PixelSpacing=[0.7, 0.7])) is None
    assert read_calibration(header()) is None
    assert read_calibration(header(PixelSpacing=["0", "0"])) is None
