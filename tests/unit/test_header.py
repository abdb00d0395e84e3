"""Headers as they come in practice: encodings, character sets, what is missing, and what is broken."""

import os
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RawDataStorage,
    RLELossless,
    RTStructureSetStorage,
)

from imaging.header import DirectoryListing, Outcome, read_header, read_headers
from imaging.instance import Instance
from imaging.sniffing import FileKind
from tests.dicom_factory import UNCOMPRESSED, base_dataset, make_ct_series, save, uid


def _read(path: Path) -> Outcome:
    return read_headers([os.fspath(path)])[0]


def _instance(path: Path) -> Instance:
    outcome = _read(path)
    assert isinstance(outcome, Instance), outcome
    return outcome


def _one(folder: Path, **attributes: Any) -> Path:
    return make_ct_series(folder, slices=1, attributes=attributes).files[0]


@pytest.mark.parametrize("syntax", [*UNCOMPRESSED, RLELossless, JPEG2000Lossless])
def test_every_transfer_syntax(tmp_path: Path, syntax: str) -> None:
    made = make_ct_series(tmp_path, slices=1, rows=40, columns=36, transfer_syntax=syntax)
    instance = _instance(made.files[0])
    assert instance.transfer_syntax == syntax
    assert (instance.rows, instance.columns, instance.bits_stored, instance.signed) == (40, 36, 16, True)
    assert instance.position_lps_mm == pytest.approx((-100, -80, 40))
    assert instance.spacing_ij_mm == (0.75, 0.5)
    assert (instance.slope, instance.intercept) == (1.0, -1024.0)
    assert (instance.pixel_offset is not None) == (syntax in UNCOMPRESSED[:2])


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_without_preamble_and_meta_information(tmp_path: Path, syntax: str) -> None:
    path = make_ct_series(tmp_path, slices=1, transfer_syntax=syntax).files[0]
    data = dcmread(path)
    little, implicit = syntax != ExplicitVRBigEndian, syntax == ImplicitVRLittleEndian
    bare = BytesIO()
    content = Dataset(data)
    dcmwrite(bare, content, implicit_vr=implicit, little_endian=little)
    named = tmp_path / "IM0001"
    named.write_bytes(bare.getvalue())
    instance = _instance(named)
    assert instance.transfer_syntax == syntax
    assert instance.sop_uid == data.SOPInstanceUID
    assert instance.rows == 20


@pytest.mark.parametrize(
    ("character_set", "stored", "shown"),
    [
        ("GB18030", "Wang^XiaoDong=王^小东".encode("gb18030"), "王小东"),
        ("GBK", "张^三".encode("gbk"), "张三"),
        ("ISO_IR 192", "Zhang^San=张^三".encode(), "张三"),
        ("\\ISO 2022 IR 58", "Zhang^XiaoDong=\x1b$)A张^\x1b$)A小东=".encode("gb2312"), "张小东"),
        ("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "山田太郎"),
        (
            "ISO 2022 IR 13\\ISO 2022 IR 87",
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
            "山田太郎",
        ),
        (
            "\\ISO 2022 IR 149",
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
            "洪吉洞",
        ),
        ("ISO_IR 144", "Люксембург^Роза".encode("iso8859_5"), "Люксембург, Роза"),
        ("GBK", "乗^三".encode("gbk"), "乗三"),  # its second byte is a backslash
        ("ISO_IR 100", "Müller^Jörg".encode("latin-1"), "Müller, Jörg"),
        ("", "Müller^Jörg".encode("latin-1"), "Müller, Jörg"),
        ("", "张^三".encode(), "张三"),
        ("", "张^三".encode("gbk"), "张三"),
        ("ISO_IR 6", "张^三".encode("gbk"), "张三"),
        ("no such set", b"Doe^Jane", "Doe, Jane"),
    ],
)
def test_names_in_every_character_set(tmp_path: Path, character_set: str, stored: bytes, shown: str) -> None:
    path = _one(tmp_path, SpecificCharacterSet=None, PatientName="X" * (len(stored) + len(stored) % 2))
    content = path.read_bytes().replace(
        b"X" * (len(stored) + len(stored) % 2), stored.ljust(len(stored) + len(stored) % 2)
    )
    if character_set:
        value = character_set.encode().ljust(len(character_set) + len(character_set) % 2)
        element = b"\x08\x00\x05\x00CS" + len(value).to_bytes(2, "little") + value
        at = content.index(b"\x08\x00\x08\x00CS")
        content = content[:at] + element + content[at:]
    path.write_bytes(content)
    assert _instance(path).patient_name == shown


def test_missing_identifiers_are_derived_and_stable(tmp_path: Path) -> None:
    missing = {"StudyInstanceUID": None, "SeriesInstanceUID": None}
    one, other = (make_ct_series(tmp_path, slices=2, attributes=missing)).files
    first, second = _instance(one), _instance(other)
    assert first.series_uid == second.series_uid
    assert first.study_uid == second.study_uid != first.series_uid
    assert first.series_uid.startswith("2.25.")
    assert first.sop_uid != second.sop_uid


def test_absent_and_unreadable_values_count_as_absent(tmp_path: Path) -> None:
    path = _one(tmp_path, PixelSpacing=None, WindowCenter=None, PatientName=None, RescaleSlope=None)
    content = path.read_bytes().replace(b"-100\\-80\\40", b"-1x0\\-80\\40")
    path.write_bytes(content)
    instance = _instance(path)
    assert instance.spacing_ij_mm is None
    assert instance.window is None
    assert instance.patient_name == ""
    assert instance.slope == 1.0
    assert instance.position_lps_mm is None


def test_enhanced_multi_frame_has_a_position_for_each_frame(tmp_path: Path) -> None:
    path = _enhanced(tmp_path, [(1, 0, 0, 0, 1, 0)] * 3)
    instance = _instance(path)
    assert instance.frames == 3
    assert instance.frame_positions_lps_mm == ((0, 0, 0), (0, 0, 2), (0, 0, 4))
    assert instance.spacing_ij_mm == (0.7, 0.6)
    assert (instance.slope, instance.intercept) == (2.0, -1000.0)
    assert instance.notes == ()


def test_frames_that_differ_have_their_own_values(tmp_path: Path) -> None:
    path = _enhanced(tmp_path, [(1, 0, 0, 0, 1, 0), (0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 1, 0)])
    instance = _instance(path)
    assert instance.frame_value_of == (0, 1, 0)
    assert [values.row_direction for values in instance.frame_values] == [(1, 0, 0), (0, 1, 0)]
    assert instance.row_direction == (1, 0, 0)


def test_a_structure_set_refers_to_its_series(tmp_path: Path) -> None:
    data = base_dataset("rt")
    data.SOPClassUID = RTStructureSetStorage
    data.SOPInstanceUID = uid("rt")
    data.Modality = "RTSTRUCT"
    series = Dataset()
    series.SeriesInstanceUID = uid("referenced")
    study = Dataset()
    study.RTReferencedSeriesSequence = Sequence([series])
    frame = Dataset()
    frame.RTReferencedStudySequence = Sequence([study])
    data.ReferencedFrameOfReferenceSequence = Sequence([frame])
    instance = _instance(save(data, tmp_path / "rt.dcm"))
    assert not instance.has_pixels
    assert instance.references == (uid("referenced"),)


@pytest.mark.parametrize("syntax", [*UNCOMPRESSED[:3], RLELossless])
def test_every_truncation_is_told(tmp_path: Path, syntax: str) -> None:
    path = make_ct_series(tmp_path, slices=1, transfer_syntax=syntax, rows=4, columns=4).files[0]
    content = path.read_bytes()
    cut = tmp_path / "cut.dcm"
    for size in range(1, len(content) - 8, 5):  # the last 8 bytes may be a delimiter, which is forgiven
        cut.write_bytes(content[:size])
        outcome = _read(cut)
        assert not isinstance(outcome, Instance | DirectoryListing | FileKind), size
        sentence = str(outcome)
        assert sentence.startswith("cut.dcm ")
        if size > 1000:
            assert "truncated" in sentence or "no pixel data" in sentence


def test_too_few_pixels_for_the_header(tmp_path: Path) -> None:
    assert str(_read(_one(tmp_path, Rows=21))).endswith("holds fewer pixels than its header announces.")


def test_damaged_and_endless_deflation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make_ct_series(tmp_path, slices=1, transfer_syntax=DeflatedExplicitVRLittleEndian)
    content = made.files[0].read_bytes()
    start = 144 + int.from_bytes(content[140:144], "little")
    bad = tmp_path / "bad.dcm"
    bad.write_bytes(content[:start] + b"\xff" * 100)
    assert "deflated content cannot be unpacked" in str(_read(bad))
    monkeypatch.setattr("imaging.pydicom_header._MOST_INFLATED_BYTES", 1 << 20)
    engine = zlib.compressobj(wbits=-15)
    bad.write_bytes(content[:start] + engine.compress(bytes(4 << 20)) + engine.flush())
    assert "unpacks to more" in str(_read(bad))


def test_huge_element_lengths_are_not_believed(tmp_path: Path) -> None:
    path = _one(tmp_path)
    content = path.read_bytes()
    at = content.index(b"\x08\x00\x08\x00CS")
    bomb = b"\x08\x00\x07\x00OB\x00\x00\xfe\xff\xff\xff"
    path.write_bytes(content[:at] + bomb + content[at:])
    assert "truncated" in str(_read(path))


def test_files_that_are_not_dicom(tmp_path: Path) -> None:
    contents = {
        "empty.dcm": (b"", "is empty"),
        "text.dcm": (b"Just some text, in a file named like an image.\n" * 20, "is not a DICOM file"),
        "x.json": (b'{"a": 1}', "is not a DICOM file"),
        "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(300), "is not a DICOM file"),
        "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(300), "cannot be opened here"),
        "zeros": (bytes(3000), "is not a DICOM file"),
    }
    for name, (content, sentence) in contents.items():
        (tmp_path / name).write_bytes(content)
        assert sentence in str(_read(tmp_path / name))
        assert str(_read(tmp_path / name)).startswith(name)


def test_an_object_without_class_and_pixels(tmp_path: Path) -> None:
    data = base_dataset()
    content = BytesIO()
    dcmwrite(content, data, implicit_vr=False, little_endian=True)
    (tmp_path / "odd.dcm").write_bytes(content.getvalue())
    assert "neither an image nor a known object" in str(_read(tmp_path / "odd.dcm"))


def test_an_image_without_pixels(tmp_path: Path) -> None:
    assert "holds no pixel data" in str(_read(_one(tmp_path, PixelData=None)))


def _enhanced(folder: Path, orientations: list[tuple[float, ...]]) -> Path:
    path = make_ct_series(folder, slices=1).files[0]
    data = dcmread(path)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "RescaleSlope"):
        delattr(data, keyword)
    del data.RescaleIntercept
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    data.NumberOfFrames = len(orientations)
    data.PixelData = data.PixelData * len(orientations)
    data.SharedFunctionalGroupsSequence = [
        _item(
            PixelMeasuresSequence=[_item(PixelSpacing=[0.6, 0.7], SliceThickness=2)],
            PixelValueTransformationSequence=[_item(RescaleSlope=2, RescaleIntercept=-1000)],
        )
    ]
    data.PerFrameFunctionalGroupsSequence = [
        _item(
            PlanePositionSequence=[_item(ImagePositionPatient=[0, 0, 2 * number])],
            PlaneOrientationSequence=[_item(ImageOrientationPatient=list(orientation))],
        )
        for number, orientation in enumerate(orientations)
    ]
    data.save_as(path)
    return path


def _item(**attributes: Any) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def test_a_broken_value_beside_the_references_does_no_harm(tmp_path: Path) -> None:
    data = base_dataset()
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = RawDataStorage, uid("raw"), "OT"
    item, inner = Dataset(), Dataset()
    item.SeriesInstanceUID = uid("referenced")
    item.private_block(0x0019, "SIEMENS MR HEADER", create=True).add_new(0x12, "LO", "not numbers")
    inner.ReferencedSOPInstanceUID = uid("instance")
    item.ReferencedSOPSequence = [inner]
    data.ReferencedSeriesSequence = [item]
    made = _instance(save(data, tmp_path / "raw.dcm", ImplicitVRLittleEndian))
    assert made.references == (uid("referenced"),)


def test_a_broken_class_is_never_quoted(tmp_path: Path) -> None:
    data = base_dataset()
    data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.88.33", uid("report")
    path = save(data, tmp_path / "report.dcm")
    broken = b"x.2.840.10008.5.1.4.1.1.88.33"
    path.write_bytes(path.read_bytes().replace(b"1" + broken[1:], broken))
    # pydicom's warning would be an error here, and make the file a damaged one.
    outcome = read_header(str(path))
    assert isinstance(outcome, Instance)
    assert outcome.sop_class_uid == broken.decode()
