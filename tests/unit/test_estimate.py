"""What a reconstruction is guessed to take."""

from itertools import pairwise
from pathlib import Path

import pytest

from reconstruction.estimate import estimate
from reconstruction.photograph import FocalSource, Photograph
from reconstruction.stage import Stage
from reconstruction.stage_options import StageOptions


def photographs(count: int, size: tuple[int, int] = (4000, 3000)) -> list[Photograph]:
    return [Photograph(Path(f"{n}.jpg"), size, "", 3000.0, FocalSource.ASSUMED) for n in range(count)]


@pytest.mark.parametrize("last", Stage)
def test_more_effort_takes_more(last: Stage) -> None:
    sets = [
        estimate(photographs(count), StageOptions.of(quality, last), cores=2)
        for count, quality in ((10, "draft"), (10, "normal"), (20, "normal"), (200, "normal"), (200, "high"))
    ]
    for less, more in pairwise(sets):
        assert less.seconds[0] < less.seconds[1]
        assert less.seconds < more.seconds
        assert less.memory_bytes <= more.memory_bytes
        assert less.disk_bytes <= more.disk_bytes
    assert set(sets[0].cpu_seconds) == {stage for stage in Stage if not stage.comes_after(last)}


def test_more_cores_are_faster() -> None:
    two, eight = (estimate(photographs(10), StageOptions(), cores=cores) for cores in (2, 8))
    assert eight.seconds[0] == pytest.approx(two.seconds[0] / 4)


def test_it_is_told_as_a_guess() -> None:
    assert "guess" in str(estimate(photographs(3, (640, 480)), StageOptions.of("draft"), cores=2).sentence)
    text = str(estimate(photographs(100), StageOptions.of("high"), cores=2).sentence)
    assert "minutes" in text
    assert "guess" in text
