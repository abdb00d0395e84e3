"""Stored values become rescaled voxels exactly, whatever their format."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import BadInput
from imaging.frame import Frame
from imaging.instance import Instance
from imaging.pixels import read_slice, reads_directly, rescale_into
from imaging.voxel_format import choose_format, stored_dtype


def made(**changes) -> Instance:
    fields = {
        "path": "/nowhere",
        "transfer_syntax": "1.2.840.10008.1.2.1",
        "sop_class_uid": "",
        "sop_uid": "1",
        "series_uid": "2",
        "study_uid": "3",
        "rows": 3,
        "columns": 4,
        "bits_allocated": 16,
        "bits_stored": 16,
        "photometric": "MONOCHROME2",
        "pixel_offset": 0,
        **changes,
    }
    return Instance(**fields)


def read(instance: Instance, folder: Path, stored: np.ndarray, frame: int = 0):
    path = folder / "pixels"
    path.write_bytes(b"head" + stored.tobytes())
    changes = {"path": str(path), "pixel_offset": 4, "pixel_length": stored.nbytes}
    instance = Instance(
        **{**{name: getattr(instance, name) for name in instance.__dataclass_fields__}, **changes}
    )
    form = choose_format([instance])
    out = np.zeros((3, 4, 3) if form.colour else (3, 4), form.dtype)
    assert reads_directly(instance)
    return out, read_slice(Frame(instance, frame), out)


@settings(max_examples=60, deadline=None)
@given(
    bits=st.integers(2, 16),
    signed=st.booleans(),
    slope=st.sampled_from([1.0, 2.0, -1.0, 0.5, 1.25]),
    intercept=st.sampled_from([0.0, -1024.0, 3.0, 0.25]),
    junk=arrays(np.uint16, (3, 4)),
)
def test_bits_slope_and_intercept_follow_the_standard(tmp_path_factory, bits, signed, slope, intercept, junk):
    # Whatever stands in the unused high bits, for example an overlay, is no part of the value.
    value = (junk & (2**bits - 1)).astype(np.int64)
    if signed:
        value = np.where(value >= 2 ** (bits - 1), value - 2**bits, value)
    instance = made(bits_stored=bits, signed=signed, slope=slope, intercept=intercept)
    folder = tmp_path_factory.getbasetemp()
    out, facts = read(instance, folder, junk.astype("<u2"))
    expected = value * slope + intercept
    np.testing.assert_array_equal(out.astype(np.float64), expected)
    assert (facts.low, facts.high) == (expected.min(), expected.max())
    assert not facts.saturated


@pytest.mark.parametrize(
    ("changes", "dtype", "fill"),
    [
        ({"bits_allocated": 8, "bits_stored": 8}, np.uint8, 0),
        ({"bits_stored": 12}, np.int16, 0),
        ({}, np.uint16, 0),
        ({"signed": True}, np.int16, -32768),
        ({"bits_stored": 12, "intercept": -1024.0, "modality": "CT"}, np.int16, -1024),
        ({"intercept": -1024.0, "modality": "CT"}, np.int16, -1024),
        ({"intercept": -1024.0}, np.float32, -1024),
        ({"slope": 0.5}, np.float32, 0),
        ({"bits_allocated": 32, "bits_stored": 32}, np.float32, 0),
    ],
)
def test_the_smallest_type_that_holds_everything_is_chosen(changes, dtype, fill):
    form = choose_format([made(**changes)])
    assert form.dtype == dtype
    assert form.fill == fill


def test_slopes_that_differ_between_slices_are_kept_as_floats():
    assert choose_format([made(slope=0.5), made(slope=0.75)]).dtype == np.float32


def test_what_does_not_fit_a_ct_is_cut_and_said():
    out = np.zeros((1, 2), np.int16)
    facts = rescale_into(np.array([[0, 65535]], np.uint16), made(intercept=-1024.0, modality="CT"), out)
    assert facts.saturated
    assert out.tolist() == [[-1024, 32767]]


def test_values_that_single_precision_rounds_are_said():
    out = np.zeros((1, 2), np.float32)
    assert rescale_into(np.array([[1, 2**24 + 1]], np.uint32), made(), out).inexact
    assert not rescale_into(np.array([[1, 2**24]], np.uint32), made(), out).inexact
    assert rescale_into(np.array([[1.0, 1e300]]), made(), out).inexact
    assert out.tolist() == [[1.0, np.inf]]
    rescale_into(np.array([[1.0, 1e300]]), made(slope=2.0), out)
    assert out.tolist() == [[2.0, np.inf]]


def test_planar_colour_becomes_interleaved(tmp_path):
    stored = np.arange(36, dtype=np.uint8).reshape(3, 3, 4)
    instance = made(samples=3, photometric="RGB", bits_allocated=8, bits_stored=8, planar=True)
    out, _ = read(instance, tmp_path, stored)
    np.testing.assert_array_equal(out, np.moveaxis(stored, 0, 2))


def test_a_later_frame_is_found(tmp_path):
    stored = np.arange(24, dtype="<u2").reshape(2, 3, 4)
    out, _ = read(made(frames=2), tmp_path, stored, frame=1)
    np.testing.assert_array_equal(out, stored[1])


def test_a_file_that_ends_early_is_refused(tmp_path):
    with pytest.raises(BadInput, match="ends before"):
        read(made(), tmp_path, np.zeros(11, "<u2"))


def test_a_vanished_file_is_refused():
    with pytest.raises(BadInput, match="cannot be read"):
        read_slice(Frame(made()), np.zeros((3, 4), np.uint16))


def test_what_needs_a_decoder_is_not_read_directly():
    assert not reads_directly(made(pixel_offset=None))
    assert not reads_directly(made(bits_allocated=1, bits_stored=1))
    assert not reads_directly(made(samples=3, photometric="YBR_FULL_422", bits_allocated=8, bits_stored=8))
    assert not reads_directly(made(photometric="PALETTE COLOR"))
    assert stored_dtype(made(signed=True)) == np.dtype("<i2")
