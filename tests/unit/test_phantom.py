"""The built-in phantom is a valid CT series of nobody, the same every time."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from core.library import Library
from core.slice_geometry import GeometryKind
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from imaging.phantom import make_phantom_study, phantom_voxels

# Types 1 and 2 of the CT Image IOD's modules (PS3.3 A.3.3 and C.7, C.8.2.1) that apply to the phantom.
REQUIRED = [
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyInstanceUID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
    "StudyID",
    "AccessionNumber",
    "Modality",
    "SeriesInstanceUID",
    "SeriesNumber",
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
    "Manufacturer",
    "PixelSpacing",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "SliceThickness",
    "ImageType",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "KVP",
    "AcquisitionNumber",
    "InstanceNumber",
    "SOPClassUID",
    "SOPInstanceUID",
    "PatientPosition",
    "PixelData",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("phantom") / "study"
    make_phantom_study(path)
    return path


def test_every_file_is_a_complete_ct_image(folder: Path) -> None:
    files = sorted(folder.iterdir())
    assert len(files) == 192
    uids = set()
    for file in files[::48]:
        dataset = dcmread(file)
        assert [keyword for keyword in REQUIRED if keyword not in dataset] == []
        assert len(dataset.PixelData) == 2 * dataset.Rows * dataset.Columns
        uids.add(dataset.SOPInstanceUID)
    assert len(uids) == len(files[::48])


def test_it_opens_through_the_ordinary_import(folder: Path, library: Library) -> None:
    (series,) = import_paths(library, [folder]).series
    assert series.geometry is not None
    assert series.geometry.kind is GeometryKind.UNIFORM
    assert series.geometry.shape_ijk == (256, 256, 192)
    assert series.geometry.spacing_mm == pytest.approx((1.5, 1.5, 2.0))
    assert series.warnings == ()
    assert series.unit == "HU"
    loaded = load_series(StudyIndex.open(library), series)
    np.testing.assert_array_equal(loaded.stored, phantom_voxels())


def test_left_differs_from_right_and_tissues_are_there() -> None:
    hu = phantom_voxels()
    k, j, i = np.nonzero(hu > 2000)
    assert i.min() > 128, "the lead letter lies on the left, where x grows"
    assert j.max() < 128, "and in front"
    assert k.min() > 96, "in the upper half"
    share = {
        name: float(((hu >= low) & (hu < high)).mean())
        for name, low, high in (
            ("lung", -900, -800),
            ("fat", -120, -70),
            ("soft tissue", 30, 90),
            ("contrast", 250, 330),
            ("bone", 600, 1100),
        )
    }
    assert all(value > 0.002 for value in share.values()), share


def test_a_second_run_replaces_the_first_and_changes_nothing(folder: Path, tmp_path: Path) -> None:
    make_phantom_study(tmp_path / "again")
    make_phantom_study(tmp_path / "again")
    for file in sorted(folder.iterdir())[::60]:
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
