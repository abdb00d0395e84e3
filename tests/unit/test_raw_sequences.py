"""Functional groups read as bytes: what pydicom reads, and damage is refused."""

import math
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from imaging import pydicom_header
from imaging.pydicom_header import read_with_pydicom
from imaging.raw_header import RawHeader
from imaging.raw_sequences import end_of_sequence, read_items, value_of
from tests.enhanced_factory import MadeFrame, make_enhanced

SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian)


def _frames() -> list[MadeFrame]:
    return [
        MadeFrame(
            (0.5, -1.25, 3.0 * k),
            slope=1.0 + time,
            macros={
                "FrameContentSequence": {"TemporalPositionIndex": time + 1, "StackID": "1"},
                "MRImageFrameTypeSequence": {
                    "FrameType": ["ORIGINAL", "PRIMARY", "M"],
                    "ComplexImageComponent": "MAGNITUDE",
                },
                "MREchoSequence": {"EffectiveEchoTime": 10.5},
                "FrameVOILUTSequence": {"WindowCenter": 40.0, "WindowWidth": 400.0},
            },
        )
        for time in range(3)
        for k in range(4)
    ]


def _without_lengths(data: Dataset) -> None:
    for element in data:
        if element.VR == "SQ":
            element.is_undefined_length = element.value.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _without_lengths(item)


def _made(folder: Path, syntax: str, *, lengths: bool) -> str:
    path = make_enhanced(folder, _frames(), transfer_syntax=syntax)
    if not lengths:
        data = pydicom.dcmread(path)
        _without_lengths(data)
        data.save_as(path)
    return str(path)


def _read_by_pydicom(path: str, monkeypatch: pytest.MonkeyPatch) -> RawHeader:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise ValueError

    with monkeypatch.context() as patch:
        patch.setattr("imaging.frame_groups.read_items", refuse)
        patch.setattr(pydicom_header, "end_of_sequence", refuse)
        return read_with_pydicom(path)[0]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("lengths", [True, False], ids=["lengths", "delimiters"])
def test_the_bytes_say_what_pydicom_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syntax: str, lengths: bool
) -> None:
    path = _made(tmp_path, syntax, lengths=lengths)
    found = read_with_pydicom(path)[0]
    assert found.frame_groups is not None
    assert len(found.frame_groups.values) == 3
    assert found == _read_by_pydicom(path, monkeypatch)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_frames_without_lengths_are_not_read_by_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syntax: str
) -> None:
    path = _made(tmp_path, syntax, lengths=False)
    taken: list[bool] = []
    take = pydicom_header._take_frames
    monkeypatch.setattr(
        pydicom_header, "_take_frames", lambda *given: taken.append(take(*given)) or taken[-1]
    )
    read_with_pydicom(path)
    assert taken == [True]


def test_what_cannot_be_read_as_bytes_is_left_to_pydicom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _made(tmp_path, ExplicitVRLittleEndian, lengths=False)
    expected = read_with_pydicom(path)[0]
    assert _read_by_pydicom(path, monkeypatch) == expected


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, explicit: bool) -> None:
    for read in (
        lambda: read_items(data, explicit=explicit, sequences=frozenset((0x00209111,))),
        lambda: end_of_sequence(data, 0, explicit=explicit),
    ):
        try:
            read()
        except ValueError:
            continue


@given(st.binary(max_size=300))
def test_any_items_are_read_or_refused(data: bytes) -> None:
    item = b"\xfe\xff\x00\xe0" + len(data).to_bytes(4, "little") + data
    try:
        items = read_items(item, explicit=True, sequences=frozenset())
    except ValueError:
        return
    assert len(items) >= 1


def test_sequences_nested_without_end_are_refused() -> None:
    nested = b"\xfe\xff\x00\xe0\xff\xff\xff\xff" + b"\x20\x00\x11\x91SQ\0\0\xff\xff\xff\xff"
    with pytest.raises(ValueError, match="within"):
        read_items(nested * 1000, explicit=True, sequences=frozenset())


@pytest.mark.parametrize(
    ("vr", "data", "value"),
    [
        (b"FD", b"\0\0\0\0\0\0\xf0\x3f", 1.0),
        (b"US", b"\x01\0\x02\0", [1, 2]),
        (b"DS", b"1.5\\-2 ", [1.5, -2.0]),
        (b"IS", b"7 ", 7),
        (b"CS", b"M ", "M"),
        (b"CS", b"", None),
        (b"OB", b"\0\0", None),
        (b"DS", b"nan ", math.nan),
    ],
)
def test_values_are_decoded(vr: bytes, data: bytes, value: object) -> None:
    assert value_of(vr, data) == pytest.approx(value, nan_ok=True)
