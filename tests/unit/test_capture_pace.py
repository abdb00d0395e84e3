"""How many cores a camera's networks get."""

import pytest

from capture.pace import Pace


def looked_at(pace: Pace, seconds: dict[bool, float], count: int) -> list[bool]:
    ways: list[bool] = []
    for number in range(count):
        ways.append(pace.choose())
        opening = 1.0 if ways.count(ways[-1]) == 1 and number < 4 else 0.0
        pace.note(ways[-1], seconds[ways[-1]] + opening)
    return ways


@pytest.mark.parametrize("several", [True, False])
def test_the_faster_way_is_taken_whatever_opening_took(several: bool) -> None:
    ways = looked_at(Pace(), {several: 0.002, not several: 0.004}, 100)
    assert ways[:4].count(True) == 2
    assert ways[4:].count(several) >= 92


def test_the_slower_way_gets_another_chance_and_takes_over_when_it_has_become_faster() -> None:
    pace = Pace()
    looked_at(pace, {True: 0.002, False: 0.004}, 40)
    ways = looked_at(pace, {True: 0.030, False: 0.004}, 40)
    assert ways[2:].count(False) >= 35
    again = looked_at(pace, {True: 0.001, False: 0.004}, 1000)
    assert again[-30:].count(True) >= 28
