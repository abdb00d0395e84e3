"""Every odd file is decoded to the values that several readers agree on."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.series import Series
from imaging.geometry import split_series
from imaging.header import read_header
from imaging.instance import Instance
from imaging.loading import load_part

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


def test_a_look_up_table_that_is_not_applied_is_said(corpus):
    folder = corpus / "odd-dicom" / "pydicom-data"
    noted = [name for name in references(corpus) if read_header(str(folder / name)).notes]
    assert noted == ["mlut_18.dcm"]
