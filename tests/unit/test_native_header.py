"""The C++ scanner says what pydicom says, or nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from core.errors import BadInput
from imaging.header import Outcome, decode_plain, read_header
from imaging.instance import Instance
from imaging.instance_decoding import decode_instance
from imaging.native_header import scan, scan_headers
from imaging.plain_decoding import PlainDecoder
from tests.dicom_factory import make_ct_series

CHINESE = {"PatientName": "王^小东", "SpecificCharacterSet": "GB18030"}


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, RLELossless])
def test_equals_pydicom(tmp_path: Path, syntax: str) -> None:
    made = make_ct_series(
        tmp_path,
        transfer_syntax=syntax,
        slices=3,
        attributes=CHINESE,
    )
    for path in made.files:
        instance = _scanned(path)
        assert instance is not None
        assert instance == read_header(str(path))
        assert instance.patient_name == "王小东"


def test_pixels_lie_where_it_says(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path, slices=2)
    for path, voxels in zip(made.files, made.voxels, strict=True):
        (raw,) = scan_headers([str(path)])
        assert raw is not None
        instance = decode_instance(raw)
        assert instance.pixel_offset is not None
        stored = path.read_bytes()[instance.pixel_offset :]
        assert stored == (voxels + 1024).astype("<i2").tobytes()
        assert instance.pixel_length == len(stored)


def test_leaves_other_byte_orders_to_pydicom(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path, transfer_syntax=ExplicitVRBigEndian, slices=1)
    assert scan_headers([str(made.files[0]), str(tmp_path / "absent"), str(tmp_path)]) == [None, None, None]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, RLELossless])
def test_survives_damaged_files(tmp_path: Path, syntax: str) -> None:
    _fuzz(tmp_path, syntax, examples=150)


@pytest.mark.slow
@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, RLELossless])
def test_survives_very_many_damaged_files(tmp_path: Path, syntax: str) -> None:
    _fuzz(tmp_path, syntax, examples=5_000)


def _fuzz(folder: Path, syntax: str, *, examples: int) -> None:
    """Flip bytes of a file's header and cut its end: no crash, and never another header than pydicom's."""
    (good,) = make_ct_series(folder / "good", slices=1, rows=4, columns=4, transfer_syntax=syntax).files
    content = good.read_bytes()
    damaged = folder / "damaged.dcm"
    decoder = PlainDecoder()  # what it remembers of one file must never show in another
    assert isinstance(_decoded(good, decoder), Instance)
    changes = st.lists(st.tuples(st.integers(128, len(content) - 1), st.integers(0, 255)), max_size=6)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(changes, st.integers(0, 2 * len(content)))
    def check(changed: list[tuple[int, int]], end: int) -> None:
        data = bytearray(content)
        for position, value in changed:
            data[position] = value
        damaged.write_bytes(data[:end])
        scanned = _scanned(damaged)
        assert scanned is None or scanned == read_header(str(damaged))
        assert _decoded(damaged, decoder) == scanned

    check()


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, RLELossless])
def test_what_files_share_is_not_taken_for_what_varies(tmp_path: Path, syntax: str) -> None:
    made = make_ct_series(tmp_path, slices=8, transfer_syntax=syntax)
    changes = (
        {},
        {"WindowCenter": "7", "WindowWidth": "9"},
        {"RescaleSlope": "2.5"},
        {"AcquisitionTime": "101112.5", "EchoTime": "30"},
        {"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]},
        {"InstanceNumber": None, "ImagePositionPatient": None},
        {"SOPInstanceUID": ""},
        {"SliceThickness": "0.75"},
    )
    for path, change in zip(made.files, changes, strict=True):
        data = dcmread(path)
        for keyword, value in change.items():
            setattr(data, keyword, value)
        data.save_as(path)
    decoder = PlainDecoder()
    for path in made.files * 2:
        assert _decoded(path, decoder) == read_header(str(path))


def _decoded(path: Path, decoder: PlainDecoder) -> Outcome | None:
    (outcome,) = decode_plain(scan([str(path)]), decoder)
    return outcome


def _scanned(path: Path) -> Outcome | None:
    (raw,) = scan_headers([str(path)])
    try:
        return None if raw is None else decode_instance(raw)
    except BadInput as error:
        return error.message
