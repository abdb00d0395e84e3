import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.series import Series
from core.study import Study
from core.volume import Volume
from viewers.cine import Cine, CineMode
from viewers.layouts import Pane
from viewers.mpr_state import MprState, first_state, pane_plane
from viewers.overlay import (
    crosshair_mark,
    date_text,
    patient_lines,
    probe,
    scale_bar,
    slice_letters,
    slice_messages,
    study_lines,
    window_message,
)
from viewers.scale_bar import length_text, scale_bar_mm

AXIAL = Pane("axial")
STUDY = Study("1", "Phantom^One", "P-1", "19700102", "F", "20240301", "", "", "Head", ("CT",), 1, 3)


def _volume(**changes):
    voxels = np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7)
    affine = np.array([[1.0, 0, 0, -10], [0, 1, 0, -20], [0, 0, 3, 30], [0, 0, 0, 1]])
    return Volume(voxels, affine, **{"unit": "HU", **changes})


def _state(volume, **changes):
    return dataclasses.replace(first_state(MprState(), volume), **changes)


def test_slice_number_and_position():
    volume = _volume()
    state = _state(volume, cursor_lps_mm=(-8.0, -18.0, 39.0), slab_mm=7.5)
    assert [str(text) for text in slice_messages(state, volume, AXIAL)] == [
        "Im 2/5",
        "39.0 mm S",
        "Slab 7.5 mm",
    ]
    assert str(slice_messages(state, volume, Pane("sagittal"))[1]) == "8.0 mm R"


def test_nothing_is_claimed_of_a_place_that_is_not_known():
    volume = _volume(lps_known=False)
    state = _state(volume)
    assert slice_letters(state, volume, AXIAL).left == ""
    assert len(slice_messages(state, volume, AXIAL)) == 1
    assert probe(volume, volume.centre_lps_mm).point == ""
    assert slice_letters(state, _volume(), AXIAL).left == "R"


def test_no_lengths_without_a_known_spacing():
    volume = _volume(spacing_known=False)
    plane = pane_plane(_state(volume), volume, AXIAL, (200, 200))
    assert scale_bar(volume, plane) is None
    assert scale_bar(_volume(), plane) is not None


@given(st.floats(1e-4, 50), st.floats(20, 2000))
def test_the_scale_bar_is_round_and_fits(pixel_mm, room):
    length = scale_bar_mm(pixel_mm, room)
    assert 0.39 * room <= length / pixel_mm <= room * (1 + 1e-6)
    mantissa = float(f"{length:e}".split("e")[0])
    assert round(mantissa, 6) in (1, 2, 5)


def test_lengths_are_told_in_the_usual_unit():
    assert [length_text(length) for length in (0.5, 50, 100, 200)] == ["0.5 mm", "50 mm", "10 cm", "20 cm"]
    assert [length_text(length) for length in (0.1, 0.05, 0.002)] == ["0.1 mm", "50 µm", "2 µm"]


def test_probe_reads_the_voxel():
    volume = _volume()
    found = probe(volume, np.array([-8.0, -18.0, 39.0]))
    assert found.ijk == (2, 2, 3)
    assert found.value == (float(volume.voxels[3, 2, 2]),)
    assert found.value_text == "142 HU"
    assert found.point == "R 8.0 A 18.0 S 39.0"
    assert probe(volume, np.array([0.0, 0.0, 0.0])) is None
    assert probe(volume, np.array([-8.0, -18.0, 39.0]), 12.25).value_text == "12.25 HU"


def test_probe_of_a_colour():
    voxels = np.zeros((1, 2, 2, 3), np.uint8)
    voxels[0, 0, 1] = (1, 2, 3)
    assert probe(Volume(voxels, np.eye(4)), np.array([1.0, 0, 0])).value_text == "1, 2, 3"


def test_patient_and_study_lines():
    series = Series("1", "2", "echo 2", "MR", "T1", "4", 3, None)
    assert patient_lines(STUDY) == ("Phantom^One", "P-1", "1970-01-02 F")
    assert study_lines(STUDY, series) == ("2024-03-01", "Head", "MR 4: T1", "echo 2")
    assert patient_lines(None) == ()
    assert date_text("2024") == "2024"


def test_window_is_told_in_few_digits():
    state = dataclasses.replace(MprState(), window=type(MprState().window)(0.123456, 0.5))
    assert str(window_message(state)) == "W 0.5 C 0.123"


def test_the_crosshair_is_where_the_cursor_is():
    volume = _volume()
    state = _state(volume)
    plane = pane_plane(state, volume, AXIAL, (70, 60))
    mark = crosshair_mark(state, volume, AXIAL, plane)
    assert plane.lps_from_pixel(mark.x, mark.y) == pytest.approx(np.array(state.cursor_lps_mm))
    assert crosshair_mark(dataclasses.replace(state, crosshair=False), volume, AXIAL, plane) is None


@given(st.integers(1, 20), st.integers(0, 19), st.sampled_from(list(CineMode)))
def test_a_film_shows_every_slice(count, start, mode):
    index, film, seen = min(start, count - 1), Cine(mode=mode), set()
    for _ in range(2 * count + 2):
        seen.add(index)
        index, film = film.next(index, count)
        assert 0 <= index < count
    assert seen == set(range(count))


def test_a_film_starts_again_or_runs_back():
    assert Cine().next(4, 5)[0] == 0
    index, film = Cine(mode=CineMode.BOUNCE).next(4, 5)
    assert (index, film.direction) == (3, -1)
    assert Cine().at_rate(1000).frames_per_second == 60
