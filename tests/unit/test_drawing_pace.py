"""How large quick pictures are, on machines of known speed."""

import pytest

from core.settings import Settings
from render.backend import MEASURED
from render.drawing_pace import GOAL_SECONDS, KEPT, DrawingPace, DrawingPaces

PANE = (1000, 800)


def drawn(pace, constant, a_pixel, frames=30):
    """Let a machine draw; give the last size and its seconds."""
    size, seconds = PANE, 0.0
    for _ in range(frames):
        size = pace.size(PANE)
        seconds = constant + a_pixel * size[0] * size[1]
        pace.took(size[0] * size[1], seconds)
    return size, seconds


@pytest.mark.parametrize("believed", [1e3, 1e5, 1e9])
@pytest.mark.parametrize("pixels_in_time", [9_000, 60_000, 400_000])
def test_pictures_are_as_large_as_there_is_time_for(believed, pixels_in_time):
    size, seconds = drawn(DrawingPace(believed), 0.001, (GOAL_SECONDS - 0.001) / pixels_in_time)
    assert seconds <= 1.02 * GOAL_SECONDS
    assert size[0] * size[1] > 0.4 * pixels_in_time
    assert size[0] / size[1] == pytest.approx(PANE[0] / PANE[1], rel=0.02)


def test_a_fast_machine_draws_the_pane_itself():
    assert drawn(DrawingPace(1e5), 0.0, 1e-9)[0] == PANE


def test_the_size_does_not_change_to_and_fro():
    pace = DrawingPace(1e5)
    drawn(pace, 0.001, 3e-7)
    sizes = set()
    for n in range(40):
        size = pace.size(PANE)
        sizes.add(size)
        pace.took(size[0] * size[1], (0.001 + 3e-7 * size[0] * size[1]) * (0.95, 1.0, 1.05)[n % 3])
    assert len(sizes) == 1


def test_load_makes_pictures_smaller_at_once_and_larger_again_once_it_ends():
    pace = DrawingPace(1e5)
    before, _ = drawn(pace, 0.001, 2e-7)
    loaded, seconds = drawn(pace, 0.003, 8e-7, frames=4)
    assert loaded[0] < before[0]
    assert seconds < 1.3 * GOAL_SECONDS
    assert drawn(pace, 0.001, 2e-7)[0] == before


def test_what_is_not_cheaper_when_small_is_not_drawn_small():
    """The corners of a large mesh cost the same at any size."""
    pace = DrawingPace(1e9)
    sizes = []
    for _ in range(300):
        sizes.append(pace.size(PANE))
        pace.took(sizes[-1][0] * sizes[-1][1], 0.12 + 2e-8 * sizes[-1][0] * sizes[-1][1])
    assert sizes.count(PANE) > 250


def test_a_picture_that_was_held_up_once_is_not_taken_for_one_that_is_never_cheaper():
    pace = DrawingPace(1e5)
    for n in range(60):
        width, height = pace.size(PANE)
        pace.took(width * height, 0.001 + 8e-7 * width * height + (0.05 if n % 7 == 3 else 0))
    assert drawn(pace, 0.001, 8e-7)[1] < 1.02 * GOAL_SECONDS


def test_sizes_are_of_a_few_steps():
    sizes = {DrawingPace(1000 * 1.07**n).size(PANE) for n in range(120)}
    assert len(sizes) < 25
    assert PANE in sizes


def test_part_of_the_time_gives_part_of_the_pixels():
    pace = DrawingPace(100_000)
    whole, half = pace.size(PANE), pace.size(PANE, share=0.5)
    assert whole[0] * whole[1] / 3 < half[0] * half[1] <= 50_000


def test_a_tiny_pane_has_a_picture():
    assert DrawingPace(1e3).size((4, 3)) == (16, 16)


def test_the_first_size_comes_of_the_probe_of_the_machine(tmp_path):
    def first(native_ms):
        settings = Settings(tmp_path / f"{native_ms}.json")
        settings.set(MEASURED, {"device": "", "software": True, "native_ms": native_ms, "vtk_ms": None})
        return DrawingPaces(settings).of("native composite").pixels_in_time

    assert first(20.0) == pytest.approx(10 * first(200.0))
    assert 0 < DrawingPaces().of("native composite").pixels_in_time < 100_000
    assert DrawingPaces().of("surfaces").size(PANE) == PANE


def test_what_was_learnt_is_there_at_the_next_start(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    paces = DrawingPaces(settings)
    size, _ = drawn(paces.of("composite"), 0.0, 5e-7)
    paces.of("projection").took(50_000, 0.2)
    paces.keep()
    again = DrawingPaces(Settings(tmp_path / "settings.json"))
    assert again.of("composite").size(PANE) == size
    assert again.of("projection").pixels_in_time < again.of("composite").pixels_in_time


def test_nonsense_in_the_settings_is_not_believed(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    settings.set(KEPT, {"native": "fast", "native b": -3, "native c": True, "native d": 0})
    paces = DrawingPaces(settings)
    kinds = ("native", "native b", "native c", "native d", "native e")
    assert len({paces.of(kind).pixels_in_time for kind in kinds}) == 1
