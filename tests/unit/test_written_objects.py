"""Documents, captures, key objects and presentation states come back as they were written, and are valid."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from core.coded_concept import CodedConcept, InstanceReference
from core.errors import BadInput
from core.presentation_state import Drawing, Note, PresentationState
from imaging.decoding import decode_frame
from imaging.derived_contents import contents_of
from imaging.documents import Document, read_document, write_capture, write_document
from imaging.key_objects import OF_INTEREST, KeyObjects, read_key_objects, write_key_objects
from imaging.object_file import read_object
from imaging.presentation_state_writing import write_presentation_state
from imaging.presentation_states import read_presentation_state
from imaging.reference_series import source_header
from tests.dicom_factory import make_ct_series

REPORT = CodedConcept("18748-4", "LN", "Diagnostic imaging report")


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    made = make_ct_series(tmp_path_factory.mktemp("ct"), slices=3, name="Müller^Zoë")
    return [source_header(file) for file in made.files]


@pytest.fixture
def references(images):
    return tuple(
        InstanceReference(str(image.SOPClassUID), str(image.SOPInstanceUID), str(image.SeriesInstanceUID))
        for image in images
    )


def errors(path) -> list[str]:
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (dicom3tools) is not installed")
    done = subprocess.run(["dciodvfy", "-new", str(path)], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]


def belongs_to(path, image) -> None:
    data = read_object(path)
    for keyword in ("PatientName", "PatientID", "StudyInstanceUID", "StudyDate"):
        assert data.get(keyword) == image.get(keyword), keyword
    assert data.SeriesInstanceUID != image.SeriesInstanceUID
    assert data.Manufacturer == "Sense Workstation"
    assert data.ContributingEquipmentSequence


@pytest.mark.parametrize("data", [b"%PDF-1.7 odd", b"%PDF-1.7 even", b"%PDF-1.7 zeros at the end\0\0\0"])
def test_a_document_keeps_every_byte(images, tmp_path, data):
    path = tmp_path / "doc.dcm"
    write_document(path, Document("报告", data, REPORT), images[0])
    assert read_document(path) == Document("报告", data, REPORT)
    assert contents_of(path)["title"] == "报告"
    belongs_to(path, images[0])
    assert errors(path) == []


@pytest.mark.parametrize("shape", [(31, 17), (32, 20, 3)])
def test_a_capture_keeps_its_pixels(images, tmp_path, shape):
    picture = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    write_capture(tmp_path / "sc.dcm", picture, images[0])
    np.testing.assert_array_equal(decode_frame(str(tmp_path / "sc.dcm"), 0, len(shape) == 3), picture)
    belongs_to(tmp_path / "sc.dcm", images[0])
    assert errors(tmp_path / "sc.dcm") == []


def test_key_objects_name_their_images(images, references, tmp_path):
    write_key_objects(tmp_path / "ko.dcm", OF_INTEREST, images[:2], "compare these")
    read = read_key_objects(tmp_path / "ko.dcm")
    assert read == KeyObjects(OF_INTEREST, references[:2], "compare these")
    assert contents_of(tmp_path / "ko.dcm")["images"] == [item.sop_uid for item in references[:2]]
    belongs_to(tmp_path / "ko.dcm", images[0])
    assert errors(tmp_path / "ko.dcm") == []


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_a_presentation_state_keeps_window_turn_and_drawings(
    images, references, tmp_path, rotation_deg, mirrored
):
    state = PresentationState(
        "LUNG",
        references,
        (-600.0, 1500.0),
        inverted=True,
        rotation_deg=rotation_deg,
        mirrored=mirrored,
        drawings=(
            Drawing("POLYLINE", ((1.0, 2.0), (3.5, 4.25))),
            Drawing("CIRCLE", ((5.0, 5.0), (8.0, 5.0))),
            Drawing("POINT", ((0.5, 0.25),), "DISPLAY"),
        ),
        notes=(Note("here", (3.0, 4.0)), Note("there", None, (1.0, 2.0, 8.0, 9.0))),
    )
    path = tmp_path / "pr.dcm"
    write_presentation_state(path, state, images)
    assert read_presentation_state(path) == state
    told = contents_of(path)
    assert (told["windows"], told["shapes"], told["texts"], told["inverted"]) == ([[-600, 1500]], 3, 2, True)
    belongs_to(path, images[0])
    assert errors(path) == []


def test_a_plain_presentation_state(images, references, tmp_path):
    state = PresentationState("PLAIN", references)
    write_presentation_state(tmp_path / "pr.dcm", state, images)
    shown = (float(images[0].WindowCenter), float(images[0].WindowWidth))
    assert read_presentation_state(tmp_path / "pr.dcm") == replace(state, window=shown)
    assert errors(tmp_path / "pr.dcm") == []


def test_each_reader_refuses_what_it_is_not_for(images, tmp_path):
    write_key_objects(tmp_path / "ko.dcm", OF_INTEREST, images)
    for read in (read_document, read_presentation_state):
        with pytest.raises(BadInput, match=r"ko\.dcm"):
            read(tmp_path / "ko.dcm")
    with pytest.raises(BadInput, match="PDF"):
        write_document(tmp_path / "doc.dcm", Document("a", b"GIF89a"), images[0])
    with pytest.raises(BadInput, match="exists"):
        write_key_objects(tmp_path / "ko.dcm", OF_INTEREST, images)
