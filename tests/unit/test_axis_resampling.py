import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.axis_resampling import (
    coarse_axis,
    cubic_along,
    linear_along,
    linear_weights,
    nearest_index,
    places,
    resampled,
)


# By scikit-image 0.25: resize(x, (n,), 3, mode="edge", anti_aliasing=False, clip=False).
@pytest.mark.parametrize(
    "expected",
    [
        [3.250661, 1.731805, 1.16463, 3.530556, 3.16896, 1.0, 2.695999, 6.87952, 9.166359, 5.37379, 1.369758],
        [1.97225, 3.877365, 4.151571, 4.688053],
    ],
)
def test_cubic_resampling_gives_what_scikit_image_gives(expected: list[float]) -> None:
    values = np.array([3, 1, 4, 1, 5, 9, 2], np.float32)
    assert np.allclose(cubic_along(values, 0, len(expected)), expected, atol=2e-6)


@given(st.integers(2, 90), st.integers(1, 90), st.integers(0, 2))
def test_every_axis_is_resampled_as_if_it_were_alone(old: int, new: int, axis: int) -> None:
    line = np.random.default_rng(old).normal(size=old).astype(np.float32)
    shape = [2, 3, 4]
    shape[axis] = old
    volume = np.broadcast_to(line.reshape([-1 if other == axis else 1 for other in range(3)]), shape)
    volume = np.ascontiguousarray(volume)
    weights = linear_weights(old, new)
    for result, alone in (
        (cubic_along(volume, axis, new), cubic_along(line, 0, new)),
        (linear_along(volume, axis, weights), linear_along(line, 0, weights)),
    ):
        assert np.allclose(np.moveaxis(result, axis, 2), alone, atol=1e-5)


def test_a_ramp_stays_a_ramp_between_its_voxels() -> None:
    ramp = np.arange(40, dtype=np.float32)
    for new in (25, 40, 77):
        inside = (places(40, new) > 8) & (places(40, new) < 31)
        for result in (cubic_along(ramp, 0, new), linear_along(ramp, 0, linear_weights(40, new))):
            assert np.allclose(result[inside], places(40, new)[inside], atol=1e-4)


def test_splines_do_not_leave_the_range_of_the_values() -> None:
    volume = np.zeros((8, 8, 8), np.float32)
    volume[:, :, 4:] = 1
    result = resampled(volume, (13, 13, 13), cubic=True, coarse=None)
    assert result.min() == 0
    assert result.max() == 1


def test_thick_slices_are_not_mixed() -> None:
    volume = np.zeros((4, 6, 6), np.float32)
    volume[2] = 1
    result = resampled(volume, (8, 9, 9), cubic=True, coarse=0)
    assert sorted(np.unique(result)) == [0, 1]
    assert np.array_equal(nearest_index(4, 8), [0, 0, 1, 1, 2, 2, 3, 3])


def test_only_one_axis_can_be_coarse() -> None:
    assert coarse_axis((5, 1, 1), (1, 1, 1)) == 0
    assert coarse_axis((1, 1, 1), (1, 1, 4)) == 2
    assert coarse_axis((5, 5, 1), (1, 1, 1)) is None
    assert coarse_axis((3, 1, 1), (2, 1, 1)) is None
