"""A wall without texture is measured by how light falls on it, and only where that tells its distance."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import Cancelled
from core.posed_camera import PosedCamera
from core.progress import CancelToken, SilentProgress
from reconstruction.depth_map import DepthMap
from reconstruction.plain_view import PlainView, plain_view
from reconstruction.plane_directions import plane_directions
from reconstruction.plane_filling import FillingOptions, fill_with_planes
from reconstruction.texture_evidence import EvidenceOptions
from reconstruction.view import View
from reconstruction.view_light import view_light

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
WIDTH, HEIGHT, FOCAL = 240, 180, 200.0
WALL, FLOOR, POSTER = 5.0, 1.3, 4.9
PLACES = (-0.8, -0.3, 0.3, 0.8)
OTHERS = [[1, 2, 3], [2, 0, 3], [1, 3, 0], [2, 1, 0]]


@dataclass(frozen=True, eq=False)
class Room:
    """Views of a floor with a pattern, a wall without and a poster on it, which is known; and the truth."""

    views: list[View]
    maps: list[DepthMap]
    known: list[Mask]
    depths: list[Floats]
    wall: list[Mask]


@cache
def room(
    *, light: float = 60.0, exposures: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0), falloff: float = 0.0
) -> Room:
    """The wall is lit in the middle, by so many grey levels more than elsewhere; above it there is sky."""
    random = np.random.default_rng(1)
    pattern = random.integers(40, 200, (64, 64)).astype(float)
    made = Room([], [], [], [], [])
    for place, exposure in zip(PLACES, exposures, strict=True):
        turn = -0.5 * place / WALL
        rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
        centre = np.array([place, -0.2 * place**2, 0.0])
        k = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2], [0, 0, 1]])
        camera = PosedCamera((WIDTH, HEIGHT), k, rotation_world_from_camera=rotation, centre_m=centre)
        down, across = np.indices((HEIGHT, WIDTH), dtype=float)
        local = np.stack(((across - WIDTH / 2) / FOCAL, (down - HEIGHT / 2) / FOCAL, np.ones_like(down)), -1)
        rays = local @ rotation.T
        with np.errstate(divide="ignore"):
            floor = np.where(rays[..., 1] > 0.01, (FLOOR - centre[1]) / rays[..., 1], np.inf)
        wall, poster = WALL / rays[..., 2], POSTER / rays[..., 2]
        on_poster = centre + poster[..., None] * rays
        has_poster = (np.abs(on_poster[..., 0]) < 0.6) & (np.abs(on_poster[..., 1] + 0.2) < 0.5)
        depth = np.where(has_poster, poster, np.minimum(floor, wall))
        points = centre + depth[..., None] * rays
        is_floor, sky = (depth == floor) & ~has_poster, points[..., 1] < -1.6
        shine = light * np.exp(-((points[..., 0] - 0.9) ** 2 + points[..., 1] ** 2) / 3.0)
        cells = np.floor(points / 0.12).astype(int)
        pattern_here = pattern[cells[..., 0] % 64, (cells[..., 1] + cells[..., 2]) % 64]
        grey = np.where(is_floor | has_poster, pattern_here, np.where(sky, 210.0, 100.0 + shine))
        corners = np.exp(-falloff * (local[..., :2] ** 2).sum(-1) / (local[0, 0, :2] ** 2).sum())
        grey = np.clip(grey * exposure * corners + random.normal(0, 1.0, grey.shape), 0, 255)
        colours = np.repeat(np.rint(grey)[..., None], 3, axis=-1).astype(np.uint8)
        normal = np.where(is_floor[..., None], (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)) @ rotation
        known = is_floor | has_poster
        found = np.where(known, depth, 2.0).astype(np.float32)
        name = f"{len(made.views)}.png"
        made.views.append(View(name, colours, camera))
        made.maps.append(DepthMap(name, camera, found, normal.astype(np.float32), known.astype(np.uint8)))
        made.known.append(known)
        made.depths.append(depth)
        made.wall.append(~known & ~sky)
    return made


def plain_views(made: Room) -> list[PlainView]:
    return [
        plain_view(view, one, known, 160, EvidenceOptions())
        for view, one, known in zip(made.views, made.maps, made.known, strict=True)
    ]


@cache
def filled(made: Room) -> list[DepthMap]:
    return fill_with_planes(made.views, made.maps, made.known, OTHERS, FillingOptions())


@pytest.mark.parametrize(
    ("exposures", "falloff"), [((1.0, 1.0, 1.0, 1.0), 0.0), ((1.0, 1.15, 0.9, 1.05), 0.0), ((1.0,) * 4, 0.2)]
)
def test_light_tells_how_far_a_wall_is(exposures: tuple[float, ...], falloff: float) -> None:
    made = room(exposures=exposures, falloff=falloff)
    for one, depth, wall, known in zip(filled(made), made.depths, made.wall, made.known, strict=True):
        laid = wall & (one.depth != 2.0)
        assert laid.sum() > 0.65 * wall.sum()  # the rest is seen by one view only
        errors = np.abs(one.depth[laid] / depth[laid] - 1.0)
        assert np.median(errors) < 0.006
        normals = one.normals[laid] @ one.camera.pose[0].T
        np.testing.assert_allclose(normals, np.broadcast_to((0.0, 0.0, -1.0), normals.shape), atol=0.01)
        np.testing.assert_array_equal(one.depth[known], depth[known].astype(np.float32))


def test_directions_are_those_of_the_surfaces_and_square_to_them() -> None:
    found = np.array(plane_directions(plain_views(room())))
    assert len(found) == 3
    np.testing.assert_allclose(found @ found.T, np.eye(3), atol=1e-6)
    for axis in np.eye(3):
        assert np.degrees(np.arccos(min(1.0, np.abs(found @ axis).max()))) < 0.3


def test_exposures_and_dark_corners_are_told_from_known_surfaces() -> None:
    exposures = (1.0, 1.15, 0.9, 1.05)
    made = room(exposures=exposures, falloff=0.2)
    small = plain_views(made)
    light = view_light(small, OTHERS)
    ratios = light.exposures / np.array(exposures)
    np.testing.assert_allclose(ratios / ratios.mean(), 1.0, atol=0.01)
    assert light.falloff.sum() == pytest.approx(-0.2, abs=0.05)


def test_views_that_are_alike_are_left_as_they_are() -> None:
    made = room()
    small = plain_views(made)
    light = view_light(small, OTHERS)
    np.testing.assert_array_equal(light.exposures, 1.0)
    assert light.evened(small[0]) is small[0]


def test_nothing_is_laid_where_all_is_of_one_grey() -> None:
    made = room(light=0.0)
    for one, wall in zip(filled(made), made.wall, strict=True):
        assert (one.depth[wall] == 2.0).mean() > 0.9


def test_nothing_is_laid_where_no_plane_is_seen_twice() -> None:
    made = room()
    found = fill_with_planes(made.views, made.maps, made.known, [[], [], [], []], FillingOptions())
    for one, given in zip(found, made.maps, strict=True):
        np.testing.assert_array_equal(one.depth, given.depth)


def test_a_wall_does_not_grow_into_the_sky() -> None:
    made = room()
    for one, wall, known in zip(filled(made), made.wall, made.known, strict=True):
        assert (one.depth[~wall & ~known] == 2.0).mean() > 0.8


def test_nothing_is_laid_where_a_view_is_not_usable() -> None:
    made = room()
    usable = np.ones((HEIGHT, WIDTH), bool)
    usable[:, : WIDTH // 2] = False
    views = [made.views[0], replace(made.views[1], usable=usable), *made.views[2:]]
    one = fill_with_planes(views, made.maps, made.known, OTHERS, FillingOptions())[1]
    np.testing.assert_array_equal(one.depth[~usable], made.maps[1].depth[~usable])


def test_it_is_the_same_every_time_and_leaves_what_it_is_given() -> None:
    made = room()
    before = [one.depth.copy() for one in made.maps]
    again = fill_with_planes(made.views, made.maps, made.known, OTHERS, FillingOptions())
    for one, other, was, given in zip(filled(made), again, before, made.maps, strict=True):
        np.testing.assert_array_equal(one.depth, other.depth)
        np.testing.assert_array_equal(given.depth, was)


def test_filling_can_be_cancelled() -> None:
    made = room()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        fill_with_planes(
            made.views, made.maps, made.known, OTHERS, FillingOptions(), progress=SilentProgress(token)
        )
