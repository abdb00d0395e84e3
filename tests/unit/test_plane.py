import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.plane import Plane
from tests.rotations import rotation

NUMBER = st.floats(-500, 500)


@given(
    st.tuples(NUMBER, NUMBER, NUMBER),
    st.tuples(*[st.floats(-180, 180)] * 3),
    st.floats(0.1, 5),
    st.floats(0.1, 5),
    NUMBER,
    NUMBER,
)
def test_a_pixel_is_found_again_wherever_along_the_normal(
    origin: tuple[float, ...],
    turn: tuple[float, float, float],
    width_mm: float,
    height_mm: float,
    x: float,
    y: float,
) -> None:
    axes = rotation(turn)
    plane = Plane(np.array(origin), axes[0], axes[1], (width_mm, height_mm), (10, 10))
    point = plane.lps_from_pixel(x, y) + 17.0 * plane.normal
    assert plane.pixel_from_lps(point) == pytest.approx((x, y), abs=1e-6)
    assert plane.normal == pytest.approx(axes[2], abs=1e-9)
