import dataclasses

import numpy as np
import pytest

from core.volume import Volume
from render.camera import Camera
from render.fitted_range import shown_range
from render.presets import PRESETS
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from viewers.histogram import histogram
from viewers.volume_scene import VolumeScene, reason_not_shown, windowed

_VOLUME = Volume(np.zeros((20, 30, 40), np.int16), np.eye(4))
_SIZE = (400, 300)


@pytest.fixture
def scene():
    return VolumeScene(Camera.looking(_VOLUME, "A"), PRESETS["ct-bone"].make((0.0, 1.0)), "ct-bone")


def test_window_tool_widens_to_the_right_and_shows_more_upwards(scene):
    wider = windowed(scene.look, 80.0, 0.0).transfer.value_range
    low, high = scene.look.transfer.value_range
    assert wider[0] < low < high < wider[1]
    shifted = windowed(scene.look, 0.0, -80.0).transfer.value_range
    assert shifted[0] < low
    assert shifted[1] - shifted[0] == pytest.approx(high - low)


def test_window_tool_moves_the_window_of_a_projection(scene):
    look = dataclasses.replace(scene.look, mode=VolumeMode.MIP, window=(100.0, 400.0))
    moved = windowed(look, 50.0, -50.0)
    assert moved.transfer is look.transfer
    assert moved.window[0] < 100.0
    assert moved.window[1] > 400.0


@pytest.mark.parametrize(
    ("voxels", "word"),
    [
        (np.zeros((4, 4, 4, 3), np.uint8), "Colour"),
        (np.zeros((1, 40, 40), np.int16), "slice"),
        (np.zeros((40, 1, 40), np.int16), "small"),
    ],
)
def test_a_volume_that_cannot_be_shown_says_why(voxels, word):
    assert word in str(reason_not_shown(Volume(voxels, np.eye(4))))


def test_a_grey_stack_can_be_shown():
    assert reason_not_shown(_VOLUME) is None


def test_the_histogram_counts_every_finite_voxel():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    values[0, 0, 0] = np.nan
    found = histogram(Volume(values, np.eye(4)), bins=23)
    assert (found.low, found.high) == (1.0, 23.0)
    assert found.counts.sum() == 23
    assert found.heights().max() == 1.0


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_an_even_volume_has_a_histogram_too(value):
    found = histogram(Volume(np.full((2, 2, 2), value, np.float32), np.eye(4)))
    assert found.high > found.low


def test_a_few_bright_voxels_do_not_darken_an_mr():
    values = np.tile(np.arange(100, dtype=np.int16), (20, 20, 1))
    values[10, 10, 50] = 30000
    volume = Volume(values, np.eye(4))
    assert shown_range(volume, "MR")[1] < 200
    assert shown_range(volume, "CT")[1] == 30000


def test_a_drag_moves_the_value_of_an_isosurface():
    transfer = TransferFunction((ControlPoint(0, 1, 1, 1, 0), ControlPoint(100, 1, 1, 1, 1)))
    look = VolumeLook(transfer, VolumeMode.ISOSURFACE, window=(50, 100))
    moved = windowed(windowed(look, 0, 100), 30, 25)
    assert moved.surface_value == pytest.approx(50 + 125 * 100 / 1000)
    assert moved.transfer == transfer
    assert moved.window == (50, 100)
