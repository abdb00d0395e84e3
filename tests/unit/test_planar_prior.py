"""Planes take the place of guesses on a wall without texture, and only between what is known of it."""

import numpy as np
import pytest

from core.posed_camera import PosedCamera
from reconstruction.depth_map import DepthMap
from reconstruction.planar_prior import PlanarOptions, lay_planes
from reconstruction.texture_evidence import EvidenceOptions, founded, texture_poor
from reconstruction.view import View

WIDTH, HEIGHT = 160, 120
FOCAL = 150.0
OPTIONS = PlanarOptions()
BLANK = (slice(40, 90), slice(40, 120))


def view(blank: tuple[slice, slice] = BLANK) -> View:
    """A wall with a strong pattern, but for a blank part with some noise."""
    random = np.random.default_rng(3)
    grey = random.integers(40, 216, (HEIGHT, WIDTH)).astype(float)
    grey[blank] = 128 + random.normal(0, 0.8, grey[blank].shape)
    k = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]])
    camera = PosedCamera((WIDTH, HEIGHT), k, rotation_world_from_camera=np.eye(3), centre_m=np.zeros(3))
    return View("a.png", np.repeat(np.rint(grey)[..., None], 3, axis=-1).astype(np.uint8), camera)


def wall(seen: View) -> DepthMap:
    """The wall x / 4 + z = 5, its normal towards the camera."""
    down, across = np.indices((HEIGHT, WIDTH)).astype(float)
    depth = 5.0 / ((across - WIDTH / 2) / FOCAL / 4 + 1.0)
    normal = -np.array([0.25, 0.0, 1.0]) / np.hypot(0.25, 1.0)
    normals = np.broadcast_to(normal, (HEIGHT, WIDTH, 3)).astype(np.float32)
    return DepthMap("a.png", seen.camera, depth.astype(np.float32), normals, np.zeros(down.shape, np.uint8))


def test_a_plane_is_laid_between_what_is_known() -> None:
    seen, truth = view(), wall(view())
    blank = texture_poor(seen, OPTIONS.evidence)
    assert blank[50:80, 60:100].all()
    assert not blank[:30].any()
    guess = wall(seen)
    guess.depth[blank] = 1.0
    guess.normals[blank] = (0, 0, -1)
    laid, known = lay_planes(seen, guess, ~blank, OPTIONS)
    assert not known[blank].any()
    found = laid.depth[blank]
    assert (found > 0).mean() > 0.95
    where = blank & (laid.depth > 0)
    np.testing.assert_allclose(laid.depth[where], truth.depth[where], rtol=1e-3)
    np.testing.assert_allclose(laid.normals[where], truth.normals[where], atol=1e-3)
    np.testing.assert_array_equal(laid.depth[known], truth.depth[known])
    assert (guess.depth[blank] == 1.0).all()


def test_a_wall_does_not_grow_into_the_sky() -> None:
    seen = view((slice(0, 60), slice(0, WIDTH)))
    verified = ~texture_poor(seen, OPTIONS.evidence)
    laid, _ = lay_planes(seen, wall(seen), verified, OPTIONS)
    assert not laid.depth[:40].any()
    assert (laid.depth[70:] > 0).all()


def test_nothing_is_laid_where_a_view_is_not_usable() -> None:
    seen = view()
    usable = np.ones((HEIGHT, WIDTH), bool)
    usable[BLANK] = False
    masked = View(seen.name, seen.colours, seen.camera, usable)
    verified = usable & ~texture_poor(seen, OPTIONS.evidence)
    laid, _ = lay_planes(masked, wall(seen), verified, OPTIONS)
    assert not laid.depth[BLANK].any()


@pytest.mark.parametrize("blank", [True, False])
def test_agreement_without_texture_is_no_evidence(blank: bool) -> None:
    seen = view() if blank else view((slice(0, 0), slice(0, 0)))
    poor = texture_poor(seen, EvidenceOptions())
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    kept = founded(seen, poor, wall(seen).depth, everywhere, EvidenceOptions())
    assert kept[:30].all()
    assert kept[50:80, 60:100].any() != blank


def test_a_speck_of_depth_is_there_by_chance_where_texture_is_poor() -> None:
    seen = view((slice(0, 0), slice(0, 0)))
    found = wall(seen)
    for speck in (slice(20, 28), slice(60, 68)):
        found.depth[20:28, speck] = 2.0
    found.depth[60:90, 60:90] = 2.0
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    poor = ~everywhere
    poor[24, 24] = poor[75, 75] = True
    kept = founded(seen, poor, found.depth, everywhere, EvidenceOptions())
    assert not kept[22:27, 22:27].any()
    assert kept[20:28, 60:68].all()
    assert kept[60:90, 60:90].all()
