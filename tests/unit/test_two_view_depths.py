"""Two views are enough where no third shows a place, and only where they agree closely."""

from dataclasses import replace

import numpy as np
import pytest

from reconstruction.depth_agreement import showing_views
from reconstruction.depth_map import DepthMap
from reconstruction.two_view_depths import TwoViewOptions, told_by_two
from reconstruction.view import View
from tests.stereo_scene import StereoScene, stereo_scene

PAIR = [[1], [0]]
ALL = [[1, 2], [0, 2], [0, 1]]


@pytest.fixture(scope="module")
def scene() -> StereoScene:
    return stereo_scene()


def true_maps(scene: StereoScene, count: int, factor: float = 1.0) -> tuple[list[View], list[DepthMap]]:
    """Give the true surface of the first views, that of the first one so many times as far."""
    views, maps = scene.views[:count], []
    for number, (view, true) in enumerate(zip(views, scene.depths, strict=False)):
        depth = (true * (factor if number == 0 else 1.0)).astype(np.float32)
        normals = np.zeros((*depth.shape, 3), np.float32)
        normals[..., 2] = -1.0
        maps.append(DepthMap(view.name, view.camera, depth, normals, np.ones(depth.shape, np.uint8)))
    return views, maps


def nothing(maps: list[DepthMap]) -> list[np.ndarray]:
    return [np.zeros(one.depth.shape, bool) for one in maps]


def test_what_the_only_two_agree_on_is_told(scene: StereoScene) -> None:
    views, maps = true_maps(scene, 2)
    for told in told_by_two(views, maps, nothing(maps), PAIR, TwoViewOptions()):
        assert told.mean() > 0.6


def test_what_they_differ_on_is_not(scene: StereoScene) -> None:
    views, maps = true_maps(scene, 2, 1.008)
    for told in told_by_two(views, maps, nothing(maps), PAIR, TwoViewOptions()):
        assert told.mean() < 0.02


def test_a_third_that_shows_the_place_has_its_say(scene: StereoScene) -> None:
    views, maps = true_maps(scene, 3)
    maps[2] = replace(maps[2], depth=np.zeros_like(maps[2].depth))
    shown = told_by_two(views, maps, nothing(maps), ALL, TwoViewOptions())[0]
    views[2] = replace(views[2], usable=np.zeros(maps[2].depth.shape, bool))
    unused = told_by_two(views, maps, nothing(maps), ALL, TwoViewOptions())[0]
    assert shown.mean() < 0.3
    assert unused.mean() > shown.mean() + 0.3


def test_what_is_known_is_not_told_again_and_hides(scene: StereoScene) -> None:
    _, maps = true_maps(scene, 2)
    seen = [one.depth for one in maps]
    far = [replace(one, depth=one.depth * 2) for one in maps]
    free = [np.zeros_like(one) for one in seen]
    assert (showing_views(far, free, PAIR, 0.02)[0] == 1).mean() > 0.5
    assert not showing_views(far, seen, PAIR, 0.02)[0].any()
    unused = [np.full_like(one, -1.0) for one in seen]
    assert not showing_views(far, unused, PAIR, 0.02)[0].any()
    views = scene.views[:2]
    everything = [one > 0 for one in seen]
    assert not told_by_two(views, maps, everything, PAIR, TwoViewOptions())[0].any()


def test_few_pixels_are_chance(scene: StereoScene) -> None:
    views, maps = true_maps(scene, 2)
    few = np.zeros_like(maps[0].depth)
    few[60:63, 80:83] = maps[0].depth[60:63, 80:83]
    alone = [replace(maps[0], depth=few), maps[1]]
    options = TwoViewOptions(least_share=10 / few.size)
    assert not told_by_two(views, alone, nothing(maps), PAIR, options)[0].any()
    options = TwoViewOptions(least_share=5 / few.size)
    assert told_by_two(views, alone, nothing(maps), PAIR, options)[0].any()
