"""What is shown before a batch is written, and the file that holds what a person decided."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import SecondaryCaptureImageStorage

from core.errors import BadInput
from imaging.deidentification.batch_facts import PictureKey
from imaging.deidentification.blank_file import pictures_json, read_blanked
from imaging.deidentification.pixel_regions import Source
from imaging.deidentification.preview import preview
from imaging.deidentification.profile import ProfileOption
from tests.dicom_factory import base_dataset, make_ct_series, save, uid


def capture(folder: Path, name: str, text: str, at: tuple[int, int]) -> Path:
    """Write a screen capture with a text in it."""
    import cv2

    picture = np.zeros((120, 240), np.uint8)
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 1, cv2.LINE_AA)
    data = base_dataset()
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = SecondaryCaptureImageStorage, uid(name), "OT"
    data.SeriesInstanceUID = uid("captures")
    data.Rows, data.Columns, data.SamplesPerPixel = 120, 240, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.PixelData = picture.tobytes()
    folder.mkdir(exist_ok=True)
    return save(data, folder / f"{name}.dcm")


def test_pictures_of_one_series_are_looked_at_together(tmp_path: Path) -> None:
    capture(tmp_path / "in", "one", "DOE JANE", (10, 30))
    capture(tmp_path / "in", "two", "4711-0815", (60, 100))
    make_ct_series(tmp_path / "in" / "ct", slices=2)
    found = preview([tmp_path / "in"], options=[ProfileOption.CLEAN_PIXEL], workers=1)
    key = PictureKey(str(uid("captures")), 120, 240)
    assert list(found.pictures) == [key]
    picture = found.pictures[key]
    assert picture.files == 2
    assert {finding.source for finding in picture.findings} == {Source.SHAPE}
    assert any(finding.box.y < 40 for finding in picture.findings)
    assert any(finding.box.y > 60 for finding in picture.findings)
    assert (picture.picture[:40] == 255).any()
    assert (picture.picture[60:] == 255).any()
    assert found.faces == []


def test_what_a_person_decided_is_read_back(tmp_path: Path) -> None:
    capture(tmp_path / "in", "one", "DOE JANE", (10, 30))
    found = preview([tmp_path / "in"], options=[ProfileOption.CLEAN_PIXEL], workers=1)
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps(pictures_json(found.pictures.values())))
    (key, boxes), *rest = read_blanked(path).items()
    assert not rest
    assert boxes == tuple(finding.box for finding in found.pictures[key].findings)


@pytest.mark.parametrize("content", ["", "[]", '{"pictures": [{}]}', '{"pictures": [{"series_uid": "1"}]}'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(BadInput, match="not a list of boxes"):
        read_blanked(tmp_path / "boxes.json")
    with pytest.raises(BadInput, match="cannot be read"):
        read_blanked(tmp_path / "none.json")
