"""Series get into memory whole, in order, first picture first; what is broken is named."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from core.errors import BadInput, Cancelled
from core.progress import CancelToken, SilentProgress
from core.series import Series
from core.slice_geometry import GeometryKind
from imaging.geometry import split_series
from imaging.header import read_header
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import load_part, load_series, runs
from imaging.slice_feed import outward
from tests.dicom_factory import make_ct_series


@pytest.fixture
def opened(tmp_path):
    """Write a series and give it with its one part, as the library would list it."""

    def open_series(**options):
        made = make_ct_series(tmp_path / "series", **options)
        instances = [read_header(str(path)) for path in made.folder.iterdir()]
        (part,) = split_series(instances)
        series = Series(
            made.series_uid, made.study_uid, "", "CT", "", "1", len(instances), part.geometry, unit="HU"
        )
        return made, part, series

    return open_series


@pytest.fixture
def indexed(library, tmp_path):
    """Import a series and give it with its index."""
    made = make_ct_series(tmp_path / "series")
    (series,) = import_paths(library, [made.folder]).series
    return made, StudyIndex.open(library), series


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
        JPEG2000Lossless,
    ],
)
def test_every_transfer_syntax_gives_the_same_voxels(opened, syntax):
    made, part, series = opened(rows=48, columns=40, transfer_syntax=syntax)
    loaded = load_part(part, series)
    np.testing.assert_array_equal(loaded.stored, made.voxels)
    assert loaded.volume.voxels.dtype == np.int16
    assert loaded.volume.unit == "HU"
    assert loaded.filled.all()
    assert loaded.warnings == ()
    assert loaded.value_range == (made.voxels.min(), made.voxels.max())


def test_a_series_of_the_library_is_loaded_and_its_range_is_kept(indexed):
    made, index, series = indexed
    np.testing.assert_array_equal(load_series(index, series).stored, made.voxels)
    (again,) = index.find_series(series.series_uid)
    assert again.value_range == (made.voxels.min(), made.voxels.max())


def test_first_the_empty_volume_then_the_wanted_slice_then_the_others(opened):
    made, part, series = opened(slices=9)
    events = []

    def on_start(loaded):
        events.append("start")
        assert not loaded.filled.any()
        assert (loaded.volume.voxels == -1024).all()
        started.append(loaded)

    def on_slices(first, last):
        events.append((first, last))
        np.testing.assert_array_equal(
            started[0].volume.voxels[first : last + 1], made.voxels[first : last + 1]
        )

    started = []
    loaded = load_part(part, series, first_slice=2, on_start=on_start, on_slices=on_slices)
    assert events[:2] == ["start", (2, 2)]
    shown = [k for event in events[1:] for k in range(event[0], event[1] + 1)]
    assert sorted(shown) == list(range(9))
    assert started == [loaded]


def test_a_sheared_stack_is_shown_on_its_own_grid(opened):
    made, part, series = opened(tilt_deg=15.0)
    loaded = load_part(part, series)
    assert series.geometry.kind is GeometryKind.SHEARED
    np.testing.assert_array_equal(loaded.volume.voxels, made.voxels)
    assert loaded.volume.provenance is None


def test_a_missing_slice_stays_empty_in_the_volume(opened):
    made, part, series = opened(slices=8, gaps={3})
    loaded = load_part(part, series)
    assert loaded.filled.tolist() == [True, True, True, False, True, True, True, True]
    np.testing.assert_array_equal(loaded.volume.voxels[loaded.filled], made.voxels)
    assert (loaded.volume.voxels[3] == made.voxels.min()).all()
    np.testing.assert_array_equal(loaded.stored, made.voxels)
    assert any("missing after slice 3" in str(warning) for warning in loaded.warnings)
    assert loaded.volume.provenance is not None


def test_irregular_slices_are_resampled_and_stay_available(opened):
    made, part, series = opened(slices=12, jitter_mm=0.9)
    loaded = load_part(part, series)
    assert series.geometry.kind is GeometryKind.IRREGULAR
    np.testing.assert_array_equal(loaded.stored, made.voxels)
    assert loaded.volume.provenance is not None
    for stored, k in loaded.grid.slot_of_stored.items():
        np.testing.assert_array_equal(loaded.volume.voxels[k], made.voxels[stored])


def test_a_doubled_slice_is_shown_once(opened):
    made, part, series = opened(duplicates={2})
    loaded = load_part(part, series)
    np.testing.assert_array_equal(loaded.volume.voxels, made.voxels)
    assert len(loaded.warnings) == 1


def test_a_fractional_slope_gives_floats(opened):
    made, part, series = opened(slope=0.5)
    loaded = load_part(part, series)
    assert loaded.volume.voxels.dtype == np.float32
    stored = (make_values(made) + 1024).astype(np.float64)
    np.testing.assert_array_equal(loaded.volume.voxels, (stored * 0.5 - 1024).astype(np.float32))


def make_values(made):
    from tests.dicom_factory import voxel_values

    return voxel_values(*made.voxels.shape)


def test_a_truncated_and_a_vanished_file_leave_empty_slices_and_are_named(opened):
    made, part, series = opened()
    made.files[1].write_bytes(made.files[1].read_bytes()[:-100])
    made.files[4].unlink()
    loaded = load_part(part, series)
    assert loaded.filled.tolist() == [True, False, True, True, False, True]
    kept = made.voxels[[0, 2, 3, 5]]
    assert (loaded.volume.voxels[[1, 4]] == kept.min()).all()
    texts = [str(warning) for warning in loaded.warnings]
    assert any(made.files[1].name in text and "ends before" in text for text in texts)
    assert any(made.files[4].name in text for text in texts)
    assert loaded.value_range == (kept.min(), kept.max())


def test_a_broken_codestream_leaves_its_slice_empty(opened):
    made, part, series = opened(rows=48, columns=40, transfer_syntax=JPEG2000Lossless)
    data = bytearray(made.files[2].read_bytes())
    start = data.find(b"\xff\x4f\xff\x51")
    data[start : start + 60] = bytes(60)
    made.files[2].write_bytes(data)
    loaded = load_part(part, series)
    assert loaded.filled.tolist() == [True, True, False, True, True, True]
    assert any(made.files[2].name in str(warning) for warning in loaded.warnings)


def test_when_nothing_can_be_read_it_is_an_error(opened):
    made, part, series = opened()
    for file in made.files:
        file.write_bytes(b"")
    with pytest.raises(BadInput, match=r"could not be read: The file ends"):
        load_part(part, series)
    for file in made.files:
        file.unlink()
    with pytest.raises(BadInput, match="no longer there") as caught:
        load_part(part, series)
    assert str(made.files[0].parent) in str(caught.value)


def test_a_series_without_images_cannot_be_loaded(indexed):
    _, index, series = indexed
    with pytest.raises(BadInput, match="no images"):
        load_series(index, replace(series, part="no such part"))


def test_more_than_the_memory_holds_is_refused_at_once(opened):
    _, part, series = opened()
    frames = [replace(f, instance=replace(f.instance, rows=65535, columns=65535)) for f in part.frames] * 1000
    geometry = replace(
        part.geometry,
        shape_ijk=(65535, 65535, len(frames)),
        positions_lps_mm=np.arange(len(frames))[:, None] * np.array([0.0, 0.0, 2.5]),
    )
    with pytest.raises(BadInput, match="GB of memory"):
        load_part(replace(part, frames=tuple(frames), geometry=geometry), series)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless])
def test_cancel_stops_it(opened, syntax):
    _, part, series = opened(slices=40, rows=64, columns=64, transfer_syntax=syntax)
    token = CancelToken()
    seen = []

    def on_slices(first, last):
        seen.append((first, last))
        token.cancel()

    with pytest.raises(Cancelled):
        load_part(part, series, progress=SilentProgress(token), on_slices=on_slices)
    assert len(seen) <= 2
    _wait_for_readers()


def _wait_for_readers():
    deadline = time.monotonic() + 10
    while any(thread.name == "slice-reader" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_slices_are_read_outward_from_the_wanted_one():
    assert outward(2, 6) == [2, 1, 3, 0, 4, 5]


def test_runs_are_gathered():
    assert runs([5, 1, 2, 3, 9, 5]) == [(1, 3), (5, 5), (9, 9)]


def test_multi_frame_colour(library, tmp_path):
    from pydicom.uid import UltrasoundMultiFrameImageStorage

    from tests.dicom_factory import base_dataset, save, uid

    frames = np.random.default_rng(1).integers(0, 256, (3, 5, 7, 3), dtype=np.uint8)
    data = base_dataset()
    data.SOPClassUID, data.SOPInstanceUID = UltrasoundMultiFrameImageStorage, uid("us")
    data.Modality, data.NumberOfFrames = "US", 3
    data.Rows, data.Columns, data.SamplesPerPixel, data.PlanarConfiguration = 5, 7, 3, 0
    data.PhotometricInterpretation = "RGB"
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation = 7, 0
    data.PixelData = frames.tobytes() + b"\0"
    data["PixelData"].VR = "OB"
    path = save(data, Path(tmp_path) / "us.dcm")
    (series,) = import_paths(library, [path]).series
    loaded = load_series(StudyIndex.open(library), series)
    assert loaded.geometry.kind is GeometryKind.NONE
    assert loaded.volume.is_colour
    assert not loaded.volume.lps_known
    np.testing.assert_array_equal(loaded.volume.voxels, frames)
