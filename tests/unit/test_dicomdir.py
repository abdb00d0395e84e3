"""DICOMDIRs: what they name is imported, what is missing is told, and nothing outside is reached."""

import shutil
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from core.library import Library
from imaging.dicomdir import listed_files
from imaging.found_file import Found
from imaging.header import DirectoryListing
from imaging.importing import import_paths
from tests.dicom_factory import make_ct_series, save, uid


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    """A folder with a DICOMDIR and three images."""
    folder = tmp_path / "medium"
    images = folder / "DICOM" / "A"
    images.mkdir(parents=True)
    records = [_record("PATIENT")]
    for number, path in enumerate(make_ct_series(tmp_path / "ct", slices=3).files):
        shutil.copy(path, images / f"IM{number}")
        records.append(_record("IMAGE", ["DICOM", "A", f"IM{number}"]))
    directory = Dataset()
    directory.SOPClassUID = MediaStorageDirectoryStorage
    directory.SOPInstanceUID = uid("directory")
    directory.DirectoryRecordSequence = records
    save(directory, folder / "DICOMDIR")
    return folder


def _record(kind: str, file_id: list[str] | None = None) -> Dataset:
    record = Dataset()
    record.DirectoryRecordType = kind
    if file_id is not None:
        record.ReferencedFileID = file_id
    return record


def test_named_itself_or_met_in_its_folder(library: Library, medium: Path) -> None:
    for given in (medium / "DICOMDIR", medium):
        result = import_paths(library, [given])
        assert result.series[0].instances == 3
        assert result.rejected == ()


@pytest.mark.parametrize("given", ["DICOMDIR", ""])
def test_missing_files_are_told(library: Library, medium: Path, given: str) -> None:
    (medium / "DICOM" / "A" / "IM1").unlink()
    result = import_paths(library, [medium / given])
    assert result.series[0].instances == 2
    assert [str(item.reason) for item in result.rejected] == [
        "DICOM/A/IM1 is listed in the DICOMDIR but is not there."
    ]


def test_names_in_other_letters_and_with_versions(medium: Path) -> None:
    (medium / "a.b;1").write_bytes(b"x")
    found = list(listed_files(Found(str(medium / "DICOMDIR"), "D"), DirectoryListing((("A.B",),))))
    assert found == [Found(str(medium / "a.b;1"), str(medium / "a.b;1"))]


@pytest.mark.parametrize("name", [("..", "secret"), ("../secret",), ("/etc/passwd",), ("", "etc"), (".",)])
def test_nothing_outside_is_reached(medium: Path, name: tuple[str, ...]) -> None:
    (medium.parent / "secret").write_bytes(b"x")
    found = list(listed_files(Found(str(medium / "DICOMDIR"), "D"), DirectoryListing((name,))))
    assert not any(isinstance(item, Found) for item in found)
