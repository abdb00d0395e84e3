import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.series import Series
from core.volume import Volume
from viewers.series_values import SeriesValues
from viewers.window_level import Window, percentile_window, smallest_width
from viewers.window_presets import FROM_FILE, FULL_RANGE, PERCENTILES, find_preset, presets_for

WINDOWS = st.builds(Window, st.floats(-2000, 2000), st.floats(1, 4000))
PIXELS = st.floats(-400, 400)


@given(WINDOWS, PIXELS, PIXELS)
def test_a_drag_there_and_back_changes_nothing(window, dx, dy):
    assert window.dragged(0, 0) == window
    right = window.dragged(abs(dx), 0)
    assert right.width >= window.width
    back = right.dragged(-abs(dx), 0)
    assert (back.centre, back.width) == (pytest.approx(window.centre), pytest.approx(window.width))
    assert window.dragged(0, dy).width == window.width


@given(WINDOWS, st.floats(1, 400))
def test_dragging_up_makes_the_picture_brighter(window, up):
    assert window.dragged(0, -up).centre < window.centre


@given(WINDOWS, st.floats(-100000, -1))
def test_a_window_never_gets_too_narrow(window, dx):
    assert window.dragged(dx, 0, smallest=2.0).width >= 2.0


@pytest.mark.parametrize("width", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_no_window_is_refused(width):
    with pytest.raises(ValueError, match="no window"):
        Window(0.0, width)


def test_percentiles_leave_the_outliers_out():
    values = np.concatenate([np.linspace(0, 100, 10_000), [1e6, np.nan, np.inf]]).astype(np.float32)
    window = percentile_window(values)
    assert window.low == pytest.approx(0.5, abs=0.1)
    assert window.high == pytest.approx(99.5, abs=0.1)


def test_percentiles_of_hardly_any_values():
    assert percentile_window(np.array([7, 7, 7])) == Window(7.0, 1.0)
    assert percentile_window(np.array([np.nan])) == Window(0.5, 1.0)
    sparse = np.zeros(10_000)
    sparse[5] = 8
    assert percentile_window(sparse).high == 8


def test_small_real_numbers_may_have_narrow_windows():
    assert smallest_width((-1000.0, 3000.0)) == 1.0
    assert smallest_width((0.0, 0.5)) == pytest.approx(0.0005)


def _values(window=None, value_range=None):
    voxels = np.arange(4 * 10 * 10, dtype=np.int16).reshape(4, 10, 10)
    series = Series("1", "2", "", "MR", "", "", 4, None, value_range=value_range, window=window)
    return SeriesValues(Volume(voxels, np.eye(4)), series)


def test_only_slices_that_came_are_looked_at():
    values = _values()
    assert values.sample().tolist() == [0]
    values.filled[2] = True
    assert values.range() == (200.0, 299.0)


def test_windows_of_a_series():
    assert _values(window=(40.0, 80.0)).window(FROM_FILE) == Window(40.0, 80.0)
    assert _values(value_range=(-5.0, 5.0)).window(FULL_RANGE) == Window(0.0, 10.0)
    without = _values()
    without.filled[:] = True
    assert without.window(FROM_FILE) == without.window(PERCENTILES)
    assert without.needs_voxels(FROM_FILE)
    assert not _values(window=(40.0, 80.0)).needs_voxels(FROM_FILE)


def test_a_ct_without_a_window_shows_soft_tissue_at_once():
    series = Series("1", "2", "", "CT", "", "", 1, None, unit="HU")
    values = SeriesValues(Volume(np.zeros((1, 4, 4), np.int16), np.eye(4), "HU"), series)
    assert values.window(FROM_FILE) == Window(40, 400)
    assert not values.needs_voxels(FROM_FILE)


def test_every_preset_has_its_own_id():
    for modality in ("CT", "MR", "CR", ""):
        ids = [preset.id for preset in presets_for(modality)]
        assert len(ids) == len(set(ids))
        assert all(find_preset(modality, preset_id) for preset_id in ids)
    assert find_preset("MR", "lung") is None
