"""The sky in pictures, and what is none."""

import numpy as np
import pytest

from core.posed_camera import PosedCamera
from reconstruction.level_axes import LevelUp
from reconstruction.sky import find_sky, without_sky
from reconstruction.view import View

SIZE = (320, 240)
BLUE, OVERCAST = (110, 160, 230), (225, 228, 232)


def street(sky: tuple[int, int, int], *, cloud: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Give houses of noisy brick before a sky that pales downwards, and where it is."""
    width, height = SIZE
    random = np.random.default_rng(1)
    across = np.arange(width)
    roofs = (90 + 50 * (np.abs(across % 160 - 80) / 80)).astype(int)
    above = np.arange(height)[:, None] < roofs
    pale = np.linspace(0, 20, height)[:, None, None]
    picture = np.broadcast_to(np.array(sky, float), (height, width, 3)) + pale
    picture = picture + random.normal(0, 2, picture.shape)
    if cloud:
        picture[20:40, 100:160] = (250, 250, 250)
    brick = np.array((120, 70, 50)) + random.normal(0, 25, (height, width, 3))
    return np.clip(np.where(above[..., None], picture, brick), 0, 255).astype(np.uint8), above


def overlap(found: np.ndarray, true: np.ndarray) -> float:
    return float((found & true).sum() / (found | true).sum())


@pytest.mark.parametrize("sky", [BLUE, OVERCAST])
@pytest.mark.parametrize("cloud", [False, True])
def test_the_sky_is_found(sky: tuple[int, int, int], cloud: bool) -> None:
    picture, above = street(sky, cloud=cloud)
    assert overlap(find_sky(picture), above) > 0.97


def test_a_flag_before_the_sky_stays() -> None:
    picture, _ = street(BLUE)
    picture[60:, 78:82] = (60, 60, 60)  # the pole
    picture[40:60, 78:110] = (200, 20, 30)
    assert not find_sky(picture)[45:55, 85:105].any()


@pytest.mark.parametrize(
    ("wall", "floor"),
    [((60, 60, 62), (120, 90, 70)), ((150, 60, 50), (90, 90, 90)), ((120, 118, 110), (125, 90, 60))],
    ids=["dark", "red", "grey"],
)
def test_walls_are_no_sky(wall: tuple[int, int, int], floor: tuple[int, int, int]) -> None:
    random = np.random.default_rng(2)
    picture = np.empty((*SIZE[::-1], 3))
    picture[:120], picture[120:] = wall, floor
    picture += random.normal(0, 3, picture.shape)
    assert not find_sky(np.clip(picture, 0, 255).astype(np.uint8)).any()


def test_noise_has_no_sky() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (*SIZE[::-1], 3), np.uint8)
    assert not find_sky(noise).any()


def test_where_points_are_seen_there_is_no_sky() -> None:
    picture, above = street(BLUE)
    row, column = (side.astype(np.float64) for side in np.nonzero(above))
    assert find_sky(picture, np.column_stack((column, row))[::9000]).any()
    assert not find_sky(picture, np.column_stack((column, row))[::100]).any()


def test_a_view_loses_its_sky() -> None:
    picture, above = street(BLUE)
    intrinsics = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])
    camera = PosedCamera(SIZE, intrinsics, rotation_world_from_camera=np.eye(3), centre_m=np.zeros(3))
    kept = np.ones(above.shape, np.bool_)
    kept[:, :100] = False
    view = without_sky(View("a", picture, camera, kept), np.array([[0.0, 0.5, 2.0]]))
    assert view.usable is not None
    assert not view.usable[:, :100].any()
    assert overlap(~view.usable[:, 100:], above[:, 100:]) > 0.97
    whole = View("b", picture[::-1].copy(), camera)
    assert without_sky(whole, np.zeros((0, 3))) is whole


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photograph_on_its_side_loses_its_sky(turns: int) -> None:
    picture, above = street(BLUE)
    intrinsics = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])
    stored = np.ascontiguousarray(np.rot90(picture, turns))
    height, width = stored.shape[:2]
    camera = PosedCamera(
        (width, height), intrinsics, rotation_world_from_camera=np.eye(3), centre_m=np.zeros(3)
    )
    view = without_sky(View("a", stored, camera), np.zeros((0, 3)), turns)
    assert view.usable is not None
    assert overlap(~view.usable, np.rot90(above, turns)) > 0.97
    # Points in the sky, as the stored picture shows them.
    rows, columns = np.nonzero(np.rot90(above, turns))
    pixels = np.column_stack((columns, rows, np.ones(len(rows))))[::100]
    solid = View("a", stored, camera)
    assert without_sky(solid, 2 * pixels @ np.linalg.inv(intrinsics).T, turns) is solid


@pytest.mark.parametrize("turns", [0, 1])
def test_a_bright_wall_that_stands_on_the_ground_is_no_sky(turns: int) -> None:
    picture, above = street(OVERCAST)
    picture[:200, :90] = np.random.default_rng(4).normal(228, 2, (200, 90, 3)).astype(np.uint8)
    picture[:, 90:95] = (60, 60, 60)  # a pole
    above[:, :95] = False
    stored = np.ascontiguousarray(np.rot90(picture, turns))
    middle = np.array(stored.shape[1::-1]) / 2
    intrinsics = np.array([[300.0, 0, middle[0]], [0, 300, middle[1]], [0, 0, 1]])
    rotation = np.linalg.matrix_power(np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), turns)
    camera = PosedCamera(
        stored.shape[1::-1], intrinsics, rotation_world_from_camera=rotation, centre_m=np.zeros(3)
    )
    seen = View("a", stored, camera)
    for sigma, wall_stays in ((0.01, True), (np.inf, False)):
        up = LevelUp(np.array([0.0, -1.0, 0.0]), sigma)
        usable = without_sky(seen, np.zeros((0, 3)), turns, up).usable
        assert usable is not None
        found = ~np.rot90(usable, -turns)
        assert overlap(found[:, 95:], above[:, 95:]) > 0.97
        assert bool(found[:190, 5:85].any()) is not wall_stays


def test_where_most_of_the_sky_is_wall_there_is_none() -> None:
    picture, _ = street(OVERCAST)
    picture[:200, :250] = np.random.default_rng(4).normal(228, 2, (200, 250, 3)).astype(np.uint8)
    picture[:, 250:255] = (60, 60, 60)
    intrinsics = np.array([[300.0, 0, 160], [0, 300, 120], [0, 0, 1]])
    camera = PosedCamera(SIZE, intrinsics, rotation_world_from_camera=np.eye(3), centre_m=np.zeros(3))
    view = View("a", picture, camera)
    assert without_sky(view, np.zeros((0, 3)), 0, LevelUp(np.array([0.0, -1.0, 0.0]), 0.01)) is view
