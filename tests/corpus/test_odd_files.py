"""Every odd file is decoded to the values that several readers agree on."""

import json
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels import apply_modality_lut

from core.series import Series
from imaging.geometry import split_series
from imaging.header import read_header
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.loading import load_part, load_series

pytestmark = pytest.mark.corpus


def references(corpus: Path) -> dict:
    return json.loads((corpus / "refs" / "odd-dicom.json").read_text())


def loaded_frames(path: Path):
    instance = read_header(str(path))
    assert isinstance(instance, Instance), str(instance)
    parts = split_series([instance])
    series = Series("1", "2", "", instance.modality, "", "", 1, parts[0].geometry)
    frames = [load_part(part, series).stored for part in parts]
    return instance, np.concatenate(frames)


def expected_stored(reference: dict) -> dict | None:
    """What pydicom read, or the truth where the readers fail."""
    truth = reference.get("truth", reference)
    return truth if truth.get("mean") is not None else None


def test_every_file_gives_its_values(corpus):
    folder = corpus / "odd-dicom" / "pydicom-data"
    wrong = []
    for name, reference in references(corpus).items():
        instance, frames = loaded_frames(folder / name)
        colour = frames.ndim == 4
        expected = expected_stored(reference)
        peer = reference.get("sitk_mmm")
        if instance.modality_range is not None:
            continue  # see below
        if instance.photometric == "PALETTE COLOR" or (colour and instance.bits_allocated > 8):
            # Shown in 8 bits a colour; the peer keeps 16 or 32.
            scale = 256 ** (instance.bits_allocated // 8 - 1)
            fits = peer is not None and abs(frames.mean() - peer[2] / scale) < 1
        elif expected is None:
            fits = peer is not None and abs(frames.mean() - peer[2]) < 1e-3
        else:
            mean = expected["mean"] * instance.slope + instance.intercept
            fits = abs(frames.mean(dtype=np.float64) - mean) < 2e-3 * max(1.0, abs(instance.slope))
        if not fits:
            wrong.append((name, float(frames.mean()), expected, peer))
    assert wrong == []


def test_the_same_pixels_in_other_syntaxes_are_the_same(corpus):
    folder = corpus / "odd-dicom" / "pydicom-data"
    for first, others in (
        ("liver.dcm", ("liver_deflate.dcm", "liver_rle.dcm", "liver_j2k.dcm", "liver_expb.dcm")),
        ("liver_nonbyte_aligned.dcm", ("liver_nonbyte_aligned_rle.dcm", "liver_nonbyte_aligned_deflate.dcm")),
        (
            "emri_small.dcm",
            ("emri_small_RLE.dcm", "emri_small_big_endian.dcm", "emri_small_jpeg_ls_lossless.dcm"),
        ),
        ("OBXXXX1A.dcm", ("OBXXXX1A_expb.dcm", "OBXXXX1A_rle.dcm")),
        ("color-px.dcm", ("color-pl.dcm",)),
    ):
        expected = loaded_frames(folder / first)[1]
        for other in others:
            np.testing.assert_array_equal(loaded_frames(folder / other)[1], expected, err_msg=other)


def test_ultrasound_regions_give_the_spacing(corpus):
    folder = corpus / "odd-dicom" / "pydicom-data"
    for name, spacing in (("OBXXXX1A.dcm", 0.2622879), ("gdcm-US-ALOKA-16_big.dcm", 0.3826531)):
        instance = read_header(str(folder / name))
        assert instance.spacing_ij_mm == pytest.approx((spacing, spacing), abs=1e-6)


def test_look_up_tables_are_applied(corpus):
    folder = corpus / "odd-dicom" / "pydicom-data"
    tables = [name for name in references(corpus) if read_header(str(folder / name)).modality_range]
    assert tables == ["mlut_18.dcm"]
    data = dcmread(folder / tables[0])
    expected = apply_modality_lut(data.pixel_array, data)
    instance, (values,) = loaded_frames(folder / tables[0])
    np.testing.assert_array_equal(values, expected)
    assert instance.modality_range == (expected.min(), expected.max())


def test_every_volume_of_the_library_gives_its_files_values(corpus, library):
    folder = corpus / "odd-dicom" / "pydicom-data"
    known = references(corpus)
    seen = set()
    result = import_paths(library, [folder])
    with StudyIndex.open(library) as index:
        for series in result.series:
            loaded = load_series(index, series)
            names = {Path(instance.path).name for instance in loaded.part.instances}
            seen |= names
            tables = any(frame.instance.modality_range for frame in loaded.part.frames)
            truths = [expected_stored(known[name]) for name in names]
            if tables or loaded.format.colour or not all(truth and "min" in truth for truth in truths):
                continue
            slopes = {(frame.instance.slope, frame.instance.intercept) for frame in loaded.part.frames}
            ends = [a * truth[end] + b for a, b in slopes for truth in truths for end in ("min", "max")]
            assert loaded.value_range[0] >= min(ends) - 1e-3
            assert loaded.value_range[1] <= max(ends) + 1e-3
            if len(slopes) == 1:
                assert loaded.value_range == pytest.approx((min(ends), max(ends)), abs=1e-3), names
    assert seen == set(known)
