"""Siemens mosaics: every tile becomes a slice at its place in the patient."""

import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from core.library import Library
from core.slice_geometry import GeometryKind
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_series
from imaging.mosaic import read_csa
from tests.dicom_factory import make_ct_series

SLICES, TILES, ROWS, COLUMNS = 7, 3, 4, 5
# Oblique, so that a mistaken axis shows.
ROW = np.array([0.8, 0.6, 0.0])
COLUMN = np.array([-0.36, 0.48, -0.8])
FIRST = np.array([-30.0, 20.0, 11.0])
SPACING = np.array([2.0, 1.5, 3.25])  # i, j, k


def csa_header(values: dict[str, list[str]], *, version: int = 2) -> bytes:
    """Write a CSA header as the scanner does."""
    out = b"SV10\4\3\2\1" if version == 2 else b""
    out += struct.pack("<II", len(values), 77)
    for name, texts in values.items():
        # The first version adds the number of items of an element that has some to every length.
        items = 6 if texts else 0
        out += struct.pack("<64si4siii", name.encode(), len(texts), b"DS", 0, items, 77)
        for number in range(items):
            text = texts[number].encode() + b"\0" if number < len(texts) else b""
            size = len(text)
            head = (size + 6, size, 77, size) if version == 1 else (size, size, 77, size)
            out += struct.pack("<4i", *head) + text.ljust((size + 3) // 4 * 4, b"\0")
    return out


def make_mosaic(folder: Path, *, flipped: bool, csa: bytes | None, syntax: str) -> np.ndarray:
    """Write a mosaic; give the slices (k, j, i) in the order of the tiles."""
    slices = np.arange(SLICES * ROWS * COLUMNS, dtype=np.int16).reshape(SLICES, ROWS, COLUMNS) + 1
    mosaic = np.zeros((TILES * ROWS, TILES * COLUMNS), np.int16)
    for number, tile in enumerate(slices):
        j, i = number // TILES * ROWS, number % TILES * COLUMNS
        mosaic[j : j + ROWS, i : i + COLUMNS] = tile
    shift_i, shift_j = (TILES - 1) * COLUMNS / 2 * SPACING[0], (TILES - 1) * ROWS / 2 * SPACING[1]
    attributes = {
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"],
        "Modality": "MR",
        "ImageOrientationPatient": [*ROW, *COLUMN],
        "ImagePositionPatient": list(FIRST - ROW * shift_i - COLUMN * shift_j),
        "PixelSpacing": [SPACING[1], SPACING[0]],
        "SpacingBetweenSlices": SPACING[2],
        "PixelData": mosaic.tobytes(),
    }
    made = make_ct_series(
        folder, slices=1, rows=TILES * ROWS, columns=TILES * COLUMNS, attributes=attributes, intercept=0
    )
    data = dcmread(made.files[0])
    data["PixelData"].VR = "OW"
    if csa is not None:
        data.private_block(0x29, "SIEMENS CSA HEADER", create=True).add_new(0x10, "OB", csa)
    if syntax == RLELossless:
        data.compress(syntax, generate_instance_uid=False)
    else:
        data.file_meta.TransferSyntaxUID = syntax
    data.save_as(made.files[0], implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
    return slices


def _header(*, flipped: bool, version: int) -> bytes:
    normal = np.cross(ROW, COLUMN) * (-1 if flipped else 1)
    values = {
        "EchoLinePosition": [],
        "EchoColumnPosition": ["32"],
        "NumberOfImagesInMosaic": [str(SLICES)],
        "SliceNormalVector": [f"{value:.8f}" for value in normal],
    }
    return csa_header(values, version=version)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless])
def test_a_mosaic_is_unfolded(
    library: Library, tmp_path: Path, syntax: str, version: int, flipped: bool
) -> None:
    csa = _header(flipped=flipped, version=version)
    slices = make_mosaic(tmp_path / "in", flipped=flipped, csa=csa, syntax=syntax)
    (series,) = import_paths(library, [tmp_path / "in"]).series
    assert series.warnings == ()
    with StudyIndex.open(library) as index:
        loaded = load_series(index, series)
    geometry, normal = loaded.geometry, np.cross(ROW, COLUMN)
    assert geometry.kind is GeometryKind.UNIFORM
    assert geometry.shape_ijk == (COLUMNS, ROWS, SLICES)
    assert geometry.spacing_mm == pytest.approx(SPACING)
    # Slices go along row x column direction, whichever way the tiles do.
    np.testing.assert_array_equal(loaded.stored, slices[::-1] if flipped else slices)
    depths = SPACING[2] * np.arange(SLICES)
    expected = FIRST + (depths[:, None] - (depths[-1] if flipped else 0)) * normal
    np.testing.assert_allclose(geometry.positions_lps_mm, expected, atol=1e-5)


def test_a_mosaic_without_its_header_is_told(library: Library, tmp_path: Path) -> None:
    make_mosaic(tmp_path / "in", flipped=False, csa=None, syntax=ExplicitVRLittleEndian)
    (series,) = import_paths(library, [tmp_path / "in"]).series
    assert "mosaic" in str(series.warnings[0])
    assert series.geometry is not None
    assert not series.geometry.lps_known
    assert series.geometry.shape_ijk == (TILES * COLUMNS, TILES * ROWS, 1)


@pytest.mark.parametrize("version", [1, 2])
def test_the_header_reads_as_nibabel_reads_it(version: int) -> None:
    header = _header(flipped=True, version=version)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nibabel.nicom import csareader
    theirs = csareader.read(header)["tags"]
    ours = read_csa(header)
    assert list(ours) == list(theirs)
    for name, texts in ours.items():
        assert [float(text) for text in texts] == theirs[name]["items"]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_a_damaged_header_never_fails(noise: bytes, at: int) -> None:
    header = _header(flipped=False, version=2)
    read_csa(noise)
    read_csa(header[:at] + noise + header[at:])
