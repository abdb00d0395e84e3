"""Full pictures are sampled as finely as the volume is sharp, whatever the camera."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import zoom

from core.volume import Volume
from render.camera import Camera
from render.picture_quality import Quality, measured_steps
from render.presets import PRESETS
from render.volume_look import VolumeMode
from render.volume_renderer import VolumeRenderer


def noise_like(steps: float, needed: float) -> np.ndarray:
    """A picture that differs by thirty grey levels from that of many steps where they are too few."""
    picture = np.full((8, 8, 4), 200, np.uint8)
    picture[..., 0] -= np.uint8(0 if steps >= needed else 30)
    return picture


@pytest.mark.parametrize(
    ("needed", "least", "expected"), [(0.5, 2 / 3, 2 / 3), (1.2, 2 / 3, 1.5), (5.0, 1.0, 3.0)]
)
def test_the_fewest_steps_that_leave_the_picture_are_taken(
    needed: float, least: float, expected: float
) -> None:
    drawn: list[float] = []

    def draw(steps: float) -> np.ndarray:
        drawn.append(steps)
        return noise_like(steps, needed)

    assert measured_steps(least, draw) == expected
    assert drawn[0] > 3.0
    assert min(drawn) == least


def test_an_empty_picture_needs_no_more() -> None:
    assert measured_steps(1.0, lambda _steps: np.zeros((4, 4, 4), np.uint8)) == 1.0


def bony(shape: tuple[int, int, int]) -> np.ndarray:
    random = np.random.default_rng(1)
    return np.where(random.random(shape) > 0.9, 700, -500).astype(np.float32)


def test_a_sharp_volume_is_sampled_more_finely_than_a_smooth_one_of_its_size() -> None:
    look = replace(PRESETS["ct-bone"].make((0.0, 900.0)), shaded=False)
    sharp = Volume(bony((64, 64, 64)).astype(np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    smooth = Volume(zoom(bony((16, 16, 16)), 4, order=1).astype(np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    steps = [VolumeRenderer(one)._steps(look, Quality.FULL) for one in (sharp, smooth)]
    assert steps[0] > steps[1] == 2.0


def test_extremes_of_a_sharp_volume_are_sampled_more_finely_than_those_of_a_smooth_one() -> None:
    look = PRESETS["ct-mip"].make((0.0, 900.0))
    sparse = np.where(np.random.default_rng(2).random((48, 48, 48)) > 0.999, 700, -500).astype(np.int16)
    smooth = Volume(zoom(bony((12, 12, 12)), 4, order=1).astype(np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    sharp = VolumeRenderer(Volume(sparse, np.diag([1.0, 1.0, 1.0, 1.0])))._steps(look, Quality.FULL)
    assert sharp > VolumeRenderer(smooth)._steps(look, Quality.FULL)
    mean = replace(look, mode=VolumeMode.MEAN)
    assert VolumeRenderer(smooth)._steps(mean, Quality.FULL) == 1.0


def test_pictures_do_not_depend_on_those_before() -> None:
    volume = Volume(bony((40, 40, 40)).astype(np.int16), np.diag([1.0, 1.0, 1.0, 1.0]))
    look = PRESETS["ct-bone"].make((0.0, 900.0))
    camera = Camera.looking(volume, "R")
    first = VolumeRenderer(volume).render(camera, look, (64, 48), quality="full")
    renderer = VolumeRenderer(volume)
    renderer.render(Camera.looking(volume, "S"), look, (20, 20), quality="full")
    assert np.array_equal(first, renderer.render(camera, look, (64, 48), quality="full"))
