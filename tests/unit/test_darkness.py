"""Black surroundings are left out of stereo; dark photographs and black lines are not."""

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.darkness import find_darkness, without_darkness
from reconstruction.view import View


def _object_before_black() -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 9, (60, 80, 3))  # a sensor's noise
    picture[20:40, 30:60] = rng.integers(60, 230, (20, 30, 3))
    return picture.astype(np.uint8)


def test_black_surroundings_are_found_and_the_object_is_not() -> None:
    dark = find_darkness(_object_before_black())
    assert not dark[20:40, 30:60].any()
    far = np.ones_like(dark)
    far[16:44, 26:64] = False
    assert dark[far].all()


def test_a_dark_photograph_as_a_whole_is_kept() -> None:
    """The same scene, exposed for a sixteenth of the light: only what is black beside it is dark."""
    picture = (_object_before_black() // 8).astype(np.uint8)
    dark = find_darkness(picture)
    assert not dark[20:40, 30:60].any()


def test_black_lines_are_texture() -> None:
    picture = np.full((40, 40, 3), 200, np.uint8)
    picture[:, ::4] = 0
    assert not find_darkness(picture).any()


def test_what_a_mask_leaves_out_stays_out() -> None:
    camera = PosedCamera((80, 60), np.eye(3), {}, False, np.eye(3), np.zeros(3))
    masked = np.ones((60, 80), np.bool_)
    masked[25:30, 35:40] = False
    view = without_darkness(View("one", _object_before_black(), camera, masked))
    assert view.usable is not None
    assert not view.usable[25:30, 35:40].any()
    assert not view.usable[0, 0]
    assert view.usable[35, 50]
    bright = View("two", np.full((60, 80, 3), 200, np.uint8), camera)
    assert without_darkness(bright) is bright
