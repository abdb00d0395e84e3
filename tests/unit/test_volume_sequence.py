"""Which parts of a series play together, and which of their volumes are held."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadInput
from core.library import Library
from core.series import Series
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.importing import import_paths
from tests.enhanced_factory import MadeFrame, make_enhanced, stored_values
from viewers.volume_sequence import (
    find_parts,
    load_volume,
    on_one_grid,
    played_together,
    same_grid,
    volumes_in_memory,
    wanted_volumes,
)

TIMES, SLICES = 4, 3


def _geometry(shift_mm: float = 0.0, slices: int = 3, turned: float = 0.0) -> SliceGeometry:
    row = np.array([np.cos(turned), np.sin(turned), 0.0])
    column = np.array([-np.sin(turned), np.cos(turned), 0.0])
    positions = np.array([[shift_mm, 0.0, 2.0 * k] for k in range(slices)])
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2], affine[:3, 3] = row, column, [0, 0, 2], positions[0]
    return SliceGeometry(
        GeometryKind.UNIFORM, (8, 6, slices), (1.0, 1.0, 2.0), row, column, positions, affine
    )


def _part(name: str, geometry: SliceGeometry | None) -> Series:
    return Series("1.2", "1.1", name, "MR", "", "1", 3, geometry)


def _times(folder: Path) -> Path:
    frames = [
        MadeFrame((0, 0, 3.0 * k), macros={"FrameContentSequence": {"TemporalPositionIndex": time + 1}})
        for time in range(TIMES)
        for k in range(SLICES)
    ]
    return make_enhanced(folder, frames)


def test_parts_on_one_grid_play_together():
    first = _part("time 1", _geometry())
    parts = [
        first,
        _part("time 2", _geometry(0.004)),  # rounded otherwise
        _part("moved", _geometry(1.0)),
        _part("turned", _geometry(turned=0.1)),
        _part("longer", _geometry(slices=4)),
        _part("no image", None),
    ]
    assert [part.part for part in on_one_grid(first, parts)] == ["time 1", "time 2"]
    assert on_one_grid(_part("no image", None), parts) == ()


def test_a_list_has_one_row_for_what_plays_together():
    other = replace(_part("", _geometry()), series_uid="1.3")
    turned = _part("turned", _geometry(turned=0.1))
    listed = [_part("time 1", _geometry()), turned, other, _part("time 2", _geometry()), _part("sr", None)]
    groups = [[part.part for part in group] for group in played_together(listed)]
    assert groups == [["time 1", "time 2"], ["turned"], ["sr"], [""]]


def test_images_without_a_place_do_not_play_together():
    nowhere = replace(_geometry(), lps_known=False)
    first = _part("size 1", nowhere)
    assert on_one_grid(first, [first, _part("size 2", nowhere)]) == ()


def test_the_times_of_an_enhanced_file_are_found_and_loaded(library: Library, tmp_path: Path):
    listed = import_paths(library, [_times(tmp_path / "in")]).series
    parts = find_parts(library, listed[2])
    assert [series.part for series in parts.sequence] == [f"time {time + 1}" for time in range(TIMES)]
    assert parts.index_of(listed[2]) == 2
    for time, series in enumerate(parts.sequence):
        loaded = load_volume(library, parts, series)
        expected = np.array([stored_values(time * SLICES + k) for k in range(SLICES)])
        assert np.array_equal(loaded.volume.voxels, expected)
        assert loaded.series.value_range == (expected.min(), expected.max())


def test_a_volume_whose_file_is_gone_is_refused(library: Library, tmp_path: Path):
    path = _times(tmp_path / "in")
    listed = import_paths(library, [path]).series
    parts = find_parts(library, listed[0])
    path.unlink()
    with pytest.raises(BadInput, match="no longer there"):
        load_volume(library, parts, parts.sequence[1])


def test_a_series_that_is_one_volume_does_not_play(library: Library, tmp_path: Path):
    frames = [MadeFrame((0, 0, 3.0 * k)) for k in range(3)]
    (series,) = import_paths(library, [make_enhanced(tmp_path / "in", frames)]).series
    parts = find_parts(library, series)
    assert (len(parts.shown), parts.sequence, parts.index_of(series)) == (1, (), -1)


def test_a_part_of_another_series_is_in_no_sequence(library: Library, tmp_path: Path):
    listed = import_paths(library, [_times(tmp_path / "in")]).series
    parts = find_parts(library, listed[0])
    assert parts.index_of(replace(listed[0], series_uid="1.2.3")) == -1


def test_the_volumes_that_a_film_shows_next_are_wanted_first():
    assert wanted_volumes(3, 5, 10) == [3, 4, 0, 1, 2]
    assert wanted_volumes(3, 5, 3) == [3, 4, 0]
    assert wanted_volumes(1, 5, 3, -1) == [1, 0, 4]


def test_at_least_two_volumes_are_held_however_large():
    assert volumes_in_memory(1 << 50) == 2
    assert volumes_in_memory(1) > 1000


def test_volumes_of_one_grid():
    voxels = np.zeros((3, 6, 8), np.int16)
    affine = _geometry().lps_from_ijk
    moved = affine + np.array([[0, 0, 0, 1.0]] + [[0.0] * 4] * 3)
    one = Volume(voxels, affine)
    assert same_grid(one, Volume(voxels.astype(np.float32), affine + 0.0))
    assert not same_grid(one, Volume(voxels, moved))
    assert not same_grid(one, Volume(voxels[:2].copy(), affine))
    assert not same_grid(one, None)
