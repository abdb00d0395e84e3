"""Contours are the same however the file encodes them, and damage is told in a sentence."""

from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from core.errors import BadInput
from core.library import Library
from core.segmentation import Segment, Segmentation, pack_layers
from imaging.reference_series import reference_series
from imaging.structure_set_reading import StructureSet, read_structure_set
from imaging.structure_set_writing import write_structure_set
from tests.dicom_factory import make_ct_series


@pytest.fixture
def written(tmp_path: Path, library: Library) -> Path:
    """A structure set of two regions, one with holes."""
    images = reference_series(library, str(make_ct_series(tmp_path / "ct").folder))
    ni, nj, nk = images.geometry.shape_ijk
    masks = {number: np.zeros((nk, nj, ni), bool) for number in (1, 2)}
    masks[1][1:4, 2:15, 2:13] = True
    masks[1][2, 5:8, 5:9] = False
    masks[2][0:5, 16:18, 3:6] = True
    layers, layer_of = pack_layers(masks)
    segments = (Segment(1, "Leber", colour=(10, 20, 30)), Segment(2, "Öffnung"))
    path = tmp_path / "rt.dcm"
    write_structure_set(path, Segmentation(images.geometry, layers, segments, layer_of), images.headers())
    return path


def _content(structures: StructureSet) -> list[object]:
    return [
        (item.segment, [points.tolist() for points in item.contours], len(item.lines))
        for item in structures.structures
    ]


def _undefined(data: Dataset) -> None:
    for element in data:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _undefined(item)


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian],
)
@pytest.mark.parametrize("undefined", [False, True])
def test_every_encoding_gives_the_same_contours(
    written: Path, tmp_path: Path, syntax: str, undefined: bool
) -> None:
    expected = read_structure_set(written)
    assert [len(item.contours) for item in expected.structures] == [4, 5]
    data = dcmread(written)
    _resolve(data)
    if undefined:
        _undefined(data)
    data.file_meta.TransferSyntaxUID = syntax
    data.ROIContourSequence[1].ContourSequence[0].ContourGeometricType = "OPEN_PLANAR"
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    path = tmp_path / "again.dcm"
    dcmwrite(path, data, implicit_vr=implicit, little_endian=little, force_encoding=True)
    again = read_structure_set(path)
    first, second = _content(expected)
    assert _content(again) == [first, (second[0], second[1][1:], 1)]
    assert again.references == expected.references


def _resolve(data: Dataset) -> None:
    """Decode every element, so that none is written as it was read."""
    for element in data:
        if element.VR == "SQ":
            for item in element.value:
                _resolve(item)


def test_regions_without_contours_are_there(written: Path, tmp_path: Path) -> None:
    data = dcmread(written)
    del data.ROIContourSequence
    data.save_as(tmp_path / "none.dcm")
    structures = read_structure_set(tmp_path / "none.dcm").structures
    assert [(item.segment.label, item.contours) for item in structures] == [("Leber", ()), ("Öffnung", ())]


@pytest.mark.parametrize("value", [b"1\\2\\x ", b"1\\2\\3\\4\\5\\6\\7\\8\\9\\10"])
def test_damaged_contours_are_refused(written: Path, tmp_path: Path, value: bytes) -> None:
    whole = written.read_bytes()
    start = whole.index(b"\x06\x30\x50\x00") + 8
    length = int.from_bytes(whole[start - 4 : start], "little")
    path = tmp_path / "damaged.dcm"
    path.write_bytes(whole[:start] + value.ljust(length) + whole[start + length :])
    with pytest.raises(BadInput, match="is damaged or incomplete"):
        read_structure_set(path)


def test_cut_and_scrambled_files_are_read_or_refused(written: Path, tmp_path: Path) -> None:
    whole = written.read_bytes()
    random = Random(7)
    path = tmp_path / "scrambled.dcm"
    for _ in range(150):
        data = bytearray(whole[: random.choice((len(whole), random.randrange(len(whole))))])
        for _ in range(3):
            data[random.randrange(132, len(data)) if len(data) > 140 else 0] = random.randrange(256)
        path.write_bytes(data)
        with suppress(BadInput):  # whatever else it raises would be a defect
            read_structure_set(path)
