"""From one key image to the next."""

import numpy as np
import pytest

from viewers.key_images import next_stop

FORWARD = np.array([0.0, 0.0, 1.0])
STOPS = [np.array([5.0, 5.0, z]) for z in (30.0, 10.0, 20.0)]


def depth_after(depth, steps, **more):
    found = next_stop(STOPS, np.array([1.0, 2.0, depth]), FORWARD, steps, **more)
    assert found[:2].tolist() == [1.0, 2.0]  # one stays where one looks within the slice
    return found[2]


@pytest.mark.parametrize(
    ("depth", "steps", "expected"),
    [
        (10.0, 1, 20.0),
        (10.0, 2, 30.0),
        (12.0, 1, 20.0),
        (12.0, -1, 10.0),
        (20.0, -1, 10.0),
        (0.0, 1, 10.0),
        (40.0, -1, 30.0),
        (30.0, 1, 30.0),
        (10.0, -1, 10.0),
        (12.0, 9, 30.0),
    ],
)
def test_steps_go_from_one_to_the_next(depth, steps, expected):
    assert depth_after(depth, steps) == pytest.approx(expected)


@pytest.mark.parametrize(("depth", "steps", "expected"), [(30.0, 1, 10.0), (10.0, -1, 30.0), (35.0, 1, 10.0)])
def test_round_about_comes_the_first_after_the_last(depth, steps, expected):
    assert depth_after(depth, steps, round_about=True) == pytest.approx(expected)


def test_without_key_images_one_stays():
    assert next_stop([], np.zeros(3), FORWARD, 1) is None
