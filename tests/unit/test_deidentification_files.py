"""Whole files: nothing that was planted is left in any byte, and what should stay stays."""

import os
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RawDataStorage,
    RLELossless,
    UltrasoundImageStorage,
)

from core.message import Message
from imaging.deidentification.batch_facts import BatchFacts, PictureKey
from imaging.deidentification.burned_text import Box
from imaging.deidentification.instance_file import CleanedInstance, DeidentifyChoices, deidentify_file
from imaging.deidentification.profile import ProfileOption
from imaging.sniffing import FileKind
from tests.dicom_factory import base_dataset, make_ct_series, save, uid

NAME, NUMBER, PLACE = "Zygmuntowicz^Kunigunde", "PAT-4711-0815", "Krankenhaus Wolkenstein"
SECRETS = ("zygmuntowicz", "kunigunde", "4711-0815", "wolkenstein", "19330422")
KEY = b"0123456789abcdef"

_TEXTS = {
    "LO": 64,
    "SH": 16,
    "ST": 200,
    "LT": 200,
    "UT": 200,
    "UC": 200,
    "PN": 64,
    "AE": 16,
    "CS": 16,
    "UR": 64,
}
_TAGS = sorted(
    (tag, entry[0])
    for tag, entry in DicomDictionary.items()
    if entry[0] in (*_TEXTS, "OB", "OW", "UN", "DA", "DT", "TM", "DS", "IS", "AS")
    and tag >> 16 not in (0x0000, 0x0002, 0x0004, 0x7FE0, 0xFFFC, 0x0028)
    and tag not in (0x00080005, 0x00080016, 0x00080018, 0x00420011, 0x00041220)
)
_PHRASES = ("{}", "of {} with", "x{}", "{}7")


def choices(*options: ProfileOption) -> DeidentifyChoices:
    return DeidentifyChoices(frozenset(options), KEY)


def cleaned(source: Path, target: Path, *options: ProfileOption) -> CleanedInstance:
    answer = deidentify_file(os.fspath(source), os.fspath(target), choices(*options))
    assert isinstance(answer, CleanedInstance), str(answer)
    return answer


def patient() -> Dataset:
    data = base_dataset()
    data.SOPClassUID, data.SOPInstanceUID = RawDataStorage, uid("planted")
    data.Modality = "OT"
    data.PatientName, data.PatientID, data.PatientBirthDate = NAME, NUMBER, "19330422"
    data.InstitutionName = PLACE
    return data


@st.composite
def planted(draw: st.DrawFn, depth: int = 0) -> Dataset:
    data = Dataset()
    for tag, vr in draw(st.lists(st.sampled_from(_TAGS), max_size=8, unique=True)):
        secret = draw(st.sampled_from((*NAME.split("^"), NUMBER, PLACE, "19330422")))
        text = draw(st.sampled_from(_PHRASES)).format(secret)
        if vr in ("DS", "IS"):  # as bytes: pydicom makes no such element, and a number may be any number
            text = text if text[0].isalpha() else NAME
            raw = text.encode() + b" " * (len(text) % 2)
            data[tag] = RawDataElement(Tag(tag), vr, len(raw), raw, 0, False, True)
        else:
            data.add_new(tag, vr, text.encode() if vr in ("OB", "OW", "UN") else text[: _TEXTS.get(vr)])
    for creator in draw(st.lists(st.sampled_from(("ACME", "SIEMENS MR HEADER", NUMBER)), max_size=2)):
        block = data.private_block(0x0019, creator, create=True)
        vr = draw(st.sampled_from(("LO", "UN", "OB", "CS", "PN")))
        block.add_new(draw(st.integers(0, 255)), vr, NAME if vr in ("LO", "CS", "PN") else NAME.encode())
    if depth < 3 and draw(st.booleans()):
        sequence = draw(
            st.sampled_from((0x00081115, 0x00081199, 0x00400275, 0x0040A730, 0x00081140, 0x00191001))
        )
        data.add_new(sequence, "SQ", [draw(planted(depth + 1))])
    return data


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    planted(),
    st.sets(st.sampled_from(sorted(set(ProfileOption)))),
    st.sampled_from(
        (
            ImplicitVRLittleEndian,
            ExplicitVRLittleEndian,
            ExplicitVRBigEndian,
            DeflatedExplicitVRLittleEndian,
        )
    ),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_planted_word_is_in_any_byte(data: Dataset, options: set[ProfileOption], syntax: str) -> None:
    options -= {
        ProfileOption.RETAIN_FULL_DATES,  # the birth date is planted as a date as well
        ProfileOption.RETAIN_INSTITUTION,  # the place is planted
        ProfileOption.RETAIN_DEVICE,
    }
    whole = patient()
    for tag in data.keys():  # noqa: SIM118 - to iterate a data set gives its elements
        if tag not in whole:
            whole[tag] = data.get_item(tag)
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "in", Path(folder) / "out"
        save(whole, source, syntax)
        answer = deidentify_file(os.fspath(source), os.fspath(target), choices(*options))
        assert isinstance(answer, CleanedInstance), str(answer)
        content = target.read_bytes()
        if syntax == DeflatedExplicitVRLittleEndian:
            start = 144 + int.from_bytes(content[140:144], "little")
            content += zlib.decompress(content[start:], -zlib.MAX_WBITS)
        found = [secret for secret in SECRETS if secret.encode() in content.lower()]
        assert found == []
        assert not any(secret in str(answer).lower() for secret in SECRETS)
        again = Path(folder) / "again"
        assert isinstance(
            deidentify_file(os.fspath(target), os.fspath(again), choices(*options)), CleanedInstance
        )
        assert again.read_bytes() == target.read_bytes()


def test_uids_agree_between_files_and_dates_keep_their_distance(tmp_path: Path) -> None:
    first, second = patient(), patient()
    second.SOPInstanceUID = uid("second")
    first.ContentDate, second.ContentDate = "20260102", "20260301"
    second.ReferencedImageSequence = [Dataset()]
    second.ReferencedImageSequence[0].ReferencedSOPClassUID = first.SOPClassUID
    second.ReferencedImageSequence[0].ReferencedSOPInstanceUID = first.SOPInstanceUID
    made = []
    for number, data in enumerate((first, second)):
        save(data, tmp_path / f"{number}")
        cleaned(tmp_path / f"{number}", tmp_path / f"{number}.dcm", ProfileOption.RETAIN_DATES)
        made.append(dcmread(tmp_path / f"{number}.dcm"))
    one, other = made
    assert one.StudyInstanceUID == other.StudyInstanceUID != first.StudyInstanceUID
    assert one.PatientID == other.PatientID == str(one.PatientName)
    assert other.ReferencedImageSequence[0].ReferencedSOPInstanceUID == one.SOPInstanceUID
    assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
    days = np.datetime64(f"{other.ContentDate[:4]}-{other.ContentDate[4:6]}-{other.ContentDate[6:]}")
    days -= np.datetime64(f"{one.ContentDate[:4]}-{one.ContentDate[4:6]}-{one.ContentDate[6:]}")
    assert int(days.astype(int)) == 58
    assert one.LongitudinalTemporalInformationModified == "MODIFIED"


def test_the_file_says_what_was_done(tmp_path: Path) -> None:
    data = patient()
    save(data, tmp_path / "in")
    content = bytearray((tmp_path / "in").read_bytes())
    content[:12] = b"Zygmuntowicz"
    (tmp_path / "in").write_bytes(content)
    cleaned(tmp_path / "in", tmp_path / "out", ProfileOption.CLEAN_DESCRIPTORS)
    made = dcmread(tmp_path / "out")
    assert made.preamble == bytes(128)
    assert made.PatientIdentityRemoved == "YES"
    codes = [item.CodeValue for item in made.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113105"]
    assert made.LongitudinalTemporalInformationModified == "REMOVED"
    assert "SourceApplicationEntityTitle" not in made.file_meta


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian, RLELossless])
def test_pixels_stay_byte_for_byte(tmp_path: Path, syntax: str) -> None:
    series = make_ct_series(tmp_path / "ct", slices=2, transfer_syntax=syntax)
    cleaned(series.files[0], tmp_path / "out", ProfileOption.CLEAN_PIXEL)
    before, after = dcmread(series.files[0]), dcmread(tmp_path / "out")
    assert after.PixelData == before.PixelData
    assert after.file_meta.TransferSyntaxUID == syntax


def ultrasound(samples: int = 3, **attributes: Any) -> Dataset:
    data = patient()
    data.SOPClassUID, data.Modality = UltrasoundImageStorage, "US"
    data.Rows, data.Columns, data.SamplesPerPixel = 20, 30, samples
    data.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    if samples == 3:
        data.PlanarConfiguration = 0
    data.PixelData = bytes([200]) * (20 * 30 * samples)
    for keyword, value in attributes.items():
        setattr(data, keyword, value)
    return data


def region(x0: int, y0: int, x1: int, y1: int) -> Dataset:
    item = Dataset()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = x0, y0
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = x1, y1
    return item


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_ultrasound_is_blanked_outside_of_its_regions(tmp_path: Path, samples: int, syntax: str) -> None:
    data = ultrasound(samples, SequenceOfUltrasoundRegions=[region(5, 4, 14, 13), region(20, 0, 99, 2)])
    save(data, tmp_path / "in", syntax)
    cleaned(tmp_path / "in", tmp_path / "out", ProfileOption.CLEAN_PIXEL)
    made = dcmread(tmp_path / "out")
    pixels = made.pixel_array.reshape(20, 30, samples)
    inside = np.zeros((20, 30), bool)
    inside[4:14, 5:15] = inside[0:3, 20:] = True
    assert (pixels[inside] == 200).all()
    assert (pixels[~inside] == 0).all()
    assert made.BurnedInAnnotation == "NO"
    assert "113101" in [item.CodeValue for item in made.DeidentificationMethodCodeSequence]


def test_a_picture_that_no_rule_cleans_is_refused(tmp_path: Path) -> None:
    save(ultrasound(), tmp_path / "us")
    answer = deidentify_file(
        os.fspath(tmp_path / "us"), os.fspath(tmp_path / "out"), choices(ProfileOption.CLEAN_PIXEL)
    )
    assert isinstance(answer, Message)
    assert "look at it" in str(answer)
    assert not (tmp_path / "out").exists()
    assert cleaned(tmp_path / "us", tmp_path / "out").notes
    ct = make_ct_series(tmp_path / "ct", slices=1, attributes={"BurnedInAnnotation": "YES"})
    answer = deidentify_file(
        os.fspath(ct.files[0]), os.fspath(tmp_path / "out2"), choices(ProfileOption.CLEAN_PIXEL)
    )
    assert isinstance(answer, Message)


def test_what_a_person_chose_is_blanked_and_nothing_else(tmp_path: Path) -> None:
    data = ultrasound(1, SequenceOfUltrasoundRegions=[region(5, 4, 14, 13)])
    save(data, tmp_path / "in")
    key = PictureKey(str(data.SeriesInstanceUID), 20, 30)
    BatchFacts(blanked={key: (Box(2, 3, 4, 5),)}).save(tmp_path / "facts")
    chosen = DeidentifyChoices(
        frozenset({ProfileOption.CLEAN_PIXEL}), KEY, facts=os.fspath(tmp_path / "facts")
    )
    answer = deidentify_file(os.fspath(tmp_path / "in"), os.fspath(tmp_path / "out"), chosen)
    assert isinstance(answer, CleanedInstance)
    pixels = dcmread(tmp_path / "out").pixel_array
    assert (pixels[3:8, 2:6] == 0).all()
    assert (pixels == 0).sum() == 20


def test_overlays_keep_their_drawing_and_lose_their_text(tmp_path: Path) -> None:
    import cv2

    data = ultrasound(1, Rows=128, Columns=256)
    data.PixelData = bytes(128 * 256)
    drawn = np.zeros((128, 256), np.uint8)
    cv2.circle(drawn, (180, 90), 25, 1, 1)
    circle = drawn.astype(bool)
    cv2.putText(drawn, "DOE JANE", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 1, 1)
    for element, vr, value in ((0x10, "US", 128), (0x11, "US", 256), (0x40, "CS", "G"), (0x50, "SS", [1, 1])):
        data.add_new(0x60000000 | element, vr, value)
    data.add_new(0x60000100, "US", 1)
    data.add_new(0x60000102, "US", 0)
    data.add_new(0x60003000, "OW", np.packbits(drawn.ravel(), bitorder="little").tobytes())
    data.add_new(0x60004000, "LT", "Zygmuntowicz")
    save(data, tmp_path / "in")
    cleaned(tmp_path / "in", tmp_path / "out", ProfileOption.CLEAN_GRAPHICS)
    made = dcmread(tmp_path / "out")
    left = made.overlay_array(0x6000).astype(bool)
    assert np.array_equal(left, circle)
    assert (0x6000, 0x4000) not in made
    assert "113103" in [item.CodeValue for item in made.DeidentificationMethodCodeSequence]
    cleaned(tmp_path / "in", tmp_path / "basic")
    assert (0x6000, 0x3000) not in dcmread(tmp_path / "basic")


def test_what_cannot_be_cleaned_is_refused_with_a_sentence(tmp_path: Path) -> None:
    document = patient()
    document.EncapsulatedDocument = b"%PDF-1.7 "
    save(document, tmp_path / "pdf")
    (tmp_path / "text").write_text("no image")
    (tmp_path / "zip").write_bytes(b"PK\x03\x04" + bytes(100))
    series = make_ct_series(tmp_path / "ct", slices=1)
    (tmp_path / "cut").write_bytes(series.files[0].read_bytes()[:-20])
    reasons = {
        name: deidentify_file(os.fspath(tmp_path / name), os.fspath(tmp_path / "out"), choices())
        for name in ("pdf", "text", "zip", "cut", "absent")
    }
    assert "encloses a document" in str(reasons["pdf"])
    assert "not a DICOM file" in str(reasons["text"])
    assert reasons["zip"] is FileKind.ZIP
    assert "truncated" in str(reasons["cut"])
    assert "cannot be read" in str(reasons["absent"])
    assert not (tmp_path / "out").exists()


def test_the_text_of_a_report_goes_or_is_cleaned(tmp_path: Path) -> None:
    report = patient()
    report.SOPClassUID, report.Modality = "1.2.840.10008.5.1.4.1.1.88.33", "SR"
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "TEXT"
    item.TextValue = "Mrs Zygmuntowicz has a mass of 12 mm"
    report.ContentSequence = [item, item]
    save(report, tmp_path / "sr")
    cleaned(tmp_path / "sr", tmp_path / "basic")
    assert [item.TextValue for item in dcmread(tmp_path / "basic").ContentSequence] == ["REMOVED"]
    cleaned(tmp_path / "sr", tmp_path / "clean", ProfileOption.CLEAN_STRUCTURED_CONTENT)
    texts = [item.TextValue for item in dcmread(tmp_path / "clean").ContentSequence]
    assert texts == ["Mrs REMOVED has a mass of 12 mm"] * 2
