"""Folders for media: valid names, a DICOMDIR that others read, and the same objects when they come back."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet
from pydicom.uid import ImplicitVRLittleEndian

from core.coded_concept import CodedConcept
from core.errors import BadInput, UsageError
from core.library import Library
from core.segmentation import Segment, Segmentation
from imaging.export import export_series
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.key_objects import write_key_objects
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from imaging.structure_set_writing import write_structure_set
from tests.dicom_factory import make_ct_series, uid
from tests.dose_factory import make_dose, make_plan

OF_INTEREST = CodedConcept("113000", "DCM", "Of Interest")
FILE_ID = re.compile(r"[A-Z0-9_]{1,8}")


@pytest.fixture
def medium(tmp_path: Path, library: Library) -> Path:
    """A medium with a CT in implicit VR and what was derived from it."""
    attributes = {
        "FrameOfReferenceUID": uid("frame of reference", "study"),
        "SpecificCharacterSet": "GB18030",
        "PatientName": "Wang^XiaoDong=王^小东",
        "InstanceNumber": None,
        "StudyID": "S1",
    }
    files = tmp_path / "in"
    made = make_ct_series(files, transfer_syntax=ImplicitVRLittleEndian, attributes=attributes)
    images = reference_series(library, str(files))
    mask = np.zeros(made.voxels.shape, np.uint8)
    mask[1:3, 4:9, 5:9] = 1
    segmentation = Segmentation(images.geometry, (mask,), (Segment(1, "Liver"),))
    write_segmentation(files / "seg.dcm", segmentation, images.headers())
    write_structure_set(files / "rt.dcm", segmentation, images.headers())
    write_key_objects(files / "ko.dcm", OF_INTEREST, images.headers()[:1])
    same = {key: attributes[key] for key in ("SpecificCharacterSet", "PatientName")}
    make_dose(files / "dose.dcm", attributes=same)
    make_plan(files / "plan.dcm")
    import_paths(library, [files])
    with StudyIndex.open(library) as index:
        (series,) = index.find_series(made.series_uid)
        exported = export_series(index, series, tmp_path / "medium", dicomdir=True, derived=True)
    assert any("made up" in str(note) for note in exported.notes)
    return tmp_path / "medium"


def test_others_read_the_directory(medium: Path) -> None:
    found = FileSet(medium / "DICOMDIR")
    found._stage["t"].cleanup()  # a folder that it makes and only warns of
    modalities = sorted(instance.load().Modality for instance in found)
    assert modalities == ["CT"] * 6 + ["KO", "RTDOSE", "RTSTRUCT", "SEG"]
    assert found.find_values("PatientName") == ["Wang^XiaoDong=王^小东"]
    for path in (medium / "DICOM").rglob("*"):
        assert FILE_ID.fullmatch(path.name)


def test_files_come_back_as_they_were(medium: Path, tmp_path: Path) -> None:
    again = Library.open(tmp_path / "again")
    result = import_paths(again, [medium / "DICOMDIR"])
    assert result.rejected == ()
    assert sorted(series.modality for series in result.series) == ["CT", "KO", "RTDOSE", "RTSTRUCT", "SEG"]
    stored = {dcmread(path).SOPInstanceUID: dcmread(path) for path in (tmp_path / "in").glob("*.dcm")}
    for path in (medium / "DICOM").rglob("IM*"):
        data = dcmread(path)
        assert not data.file_meta.TransferSyntaxUID.is_implicit_VR
        same = stored[data.SOPInstanceUID]
        assert data.get("PixelData") == same.get("PixelData")
        assert data.PatientName == same.PatientName


def test_only_what_we_left_is_replaced(medium: Path, library: Library) -> None:
    with StudyIndex.open(library) as index:
        series = next(found for found in index.series_of(uid("study", "study")) if found.modality == "CT")
        with pytest.raises(BadInput, match="exists already"):
            export_series(index, series, medium, dicomdir=True)
        export_series(index, series, medium, dicomdir=True, force=True)
        assert len(list((medium / "DICOM").rglob("IM*"))) == 6
        (medium / "notes.txt").write_text("mine")
        with pytest.raises(BadInput, match="other files"):
            export_series(index, series, medium, dicomdir=True, force=True)
        with pytest.raises(UsageError, match="only a DICOM folder"):
            export_series(index, series, medium.with_suffix(".nii.gz"), dicomdir=True)


@pytest.mark.parametrize("program", ["dciodvfy", "dcmdump"])
def test_other_programs_find_no_fault(medium: Path, program: str) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    options = ["-new"] if program == "dciodvfy" else ["--quiet"]
    answer = subprocess.run(
        [found, *options, str(medium / "DICOMDIR")], capture_output=True, text=True, check=True
    )
    said = answer.stdout + answer.stderr
    assert "Error" not in said
    assert program != "dcmdump" or "IM000001" in said
