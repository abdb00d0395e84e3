import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.volume import Volume


def volume(
    shape: tuple[int, ...] = (4, 5, 6), dtype: type = np.int16, affine: np.ndarray | None = None
) -> Volume:
    return Volume(np.zeros(shape, dtype), np.eye(4) if affine is None else affine)


def test_shape_and_spacing_are_those_of_the_axes() -> None:
    affine = np.diag([0.5, 0.75, 3.0, 1.0])
    affine[:3, 2] = [0.0, 3.0, 4.0]  # sheared
    grid = volume(affine=affine)
    assert grid.shape_ijk == (6, 5, 4)
    assert grid.spacing_mm == pytest.approx([0.5, 0.75, 5.0])


def test_corners_are_the_borders_of_the_outermost_voxels() -> None:
    grid = volume(affine=np.diag([2.0, 1.0, 1.0, 1.0]))
    assert grid.corners_lps_mm.min(axis=0) == pytest.approx([-1.0, -0.5, -0.5])
    assert grid.corners_lps_mm.max(axis=0) == pytest.approx([11.0, 4.5, 3.5])
    assert grid.centre_lps_mm == pytest.approx([5.0, 2.0, 1.5])


@given(st.lists(st.floats(-100, 100), min_size=12, max_size=12))
def test_the_inverse_undoes_the_affine(numbers: list[float]) -> None:
    affine = np.vstack([np.reshape(numbers, (3, 4)), [0, 0, 0, 1]])
    affine[:3, :3] += np.diag([301.0, 301.0, 301.0])  # far from singular
    grid = volume(affine=affine)
    assert grid.ijk_from_lps @ affine == pytest.approx(np.eye(4), abs=1e-9)


@pytest.mark.parametrize("step_mm", [4e-6, 0.25, 1e4])
def test_steps_of_nanometres_and_of_metres_are_grids(step_mm: float) -> None:
    assert volume(affine=np.diag([step_mm, step_mm, step_mm, 1.0])).spacing_mm == pytest.approx(step_mm)


@pytest.mark.parametrize(
    "affine",
    [
        np.zeros((4, 4)),
        np.diag([1.0, 1.0, np.nan, 1.0]),
        np.eye(3),
        np.array([[1, 2, 0, 0], [2, 4, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]),
    ],
    ids=["zero", "nan", "3 x 3", "flat"],
)
def test_an_affine_that_is_none_is_refused(affine: np.ndarray) -> None:
    with pytest.raises(ValueError, match="affine"):
        volume(affine=affine)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((4, 5), np.int16),
        ((0, 5, 6), np.int16),
        ((4, 5, 6), np.float64),
        ((4, 5, 6, 3), np.int16),
        ((4, 5, 6, 4), np.uint8),
    ],
)
def test_voxels_of_another_kind_are_refused(shape: tuple[int, ...], dtype: type) -> None:
    with pytest.raises(ValueError, match="no volume"):
        volume(shape, dtype)


def test_colour_is_told_apart() -> None:
    assert volume((4, 5, 6, 3), np.uint8).is_colour
    assert not volume((4, 5, 6), np.uint8).is_colour
    with pytest.raises(ValueError, match="no volume"):
        Volume(np.zeros((4, 5, 6), np.int16)[:, :, ::2], np.eye(4))
