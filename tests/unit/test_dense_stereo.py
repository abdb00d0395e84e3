"""Dense stereo finds the surface of a scene that is known, says the same every time, and can be cancelled."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import BadInput, Cancelled
from core.progress import CancelToken, SilentProgress
from reconstruction.dense_stereo import DenseOptions, find_depth_maps
from reconstruction.depth_fusion import fuse_depth_maps
from reconstruction.depth_map import DepthMap
from reconstruction.neighbours import choose_neighbours, seen_points
from reconstruction.plane_search import Pyramids, SearchOptions
from tests.stereo_scene import StereoScene, stereo_scene


@pytest.fixture(scope="module")
def scene() -> StereoScene:
    return stereo_scene()


@pytest.fixture(scope="module")
def maps(scene: StereoScene) -> list[DepthMap]:
    return find_depth_maps(scene.views, scene.model, DenseOptions())


def test_depths_are_those_of_the_scene(scene: StereoScene, maps: list[DepthMap]) -> None:
    assert [one.name for one in maps] == [view.name for view in scene.views]
    for found, depth in zip(maps[1:-1], scene.depths[1:-1], strict=True):
        known = found.depth > 0
        assert known.mean() > 0.85
        relative = np.abs(found.depth[known] / depth[known] - 1)
        assert np.median(relative) < 0.001
        assert np.mean(relative > 0.02) < 0.01


def test_normals_are_those_of_the_wall(scene: StereoScene, maps: list[DepthMap]) -> None:
    """Where the wall is seen, in the lower left corner, away from the ball."""
    wall = -np.array([0.3, 0.1, 1.0]) / np.sqrt(1.1)
    for found in maps[1:-1]:
        part = found.normals[70:110, 10:40].reshape(-1, 3)
        normals = part[part.any(-1)] @ found.camera.pose[0].T
        assert len(normals) > 500
        np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1, atol=1e-5)
        assert np.median(np.degrees(np.arccos(np.clip(normals @ wall, -1, 1)))) < 6


def test_what_is_kept_was_seen_by_three_views_or_by_all_that_could(maps: list[DepthMap]) -> None:
    for found in maps:
        known = found.depth > 0
        assert (found.verified_by[known] >= 2).all()
        assert (found.verified_by[known] >= 3).mean() > 0.8
        assert not found.verified_by[~known].any()
        assert not found.normals[~known].any()
        assert found.laid is not None
        assert not found.laid[~known].any()


def test_the_same_seed_gives_the_same_maps(scene: StereoScene, maps: list[DepthMap]) -> None:
    again = find_depth_maps(scene.views, scene.model, DenseOptions())
    for one, other in zip(maps, again, strict=True):
        np.testing.assert_array_equal(one.depth, other.depth)
        np.testing.assert_array_equal(one.normals, other.normals)


def test_nothing_is_found_where_a_view_is_not_usable(scene: StereoScene) -> None:
    usable = np.ones((120, 160), bool)
    usable[:, :80] = False
    views = [scene.views[0], scene.views[1], replace(scene.views[2], usable=usable), *scene.views[3:]]
    found = find_depth_maps(views, scene.model, DenseOptions())[2].depth
    assert not found[:, :80].any()
    assert (found[:, 80:] > 0).mean() > 0.8


def test_fused_points_lie_on_the_surface_once(scene: StereoScene, maps: list[DepthMap]) -> None:
    points = fuse_depth_maps(scene.views, maps, DenseOptions())
    kept = sum(int((one.depth > 0).sum()) for one in maps)
    assert kept / 5 < len(points.positions) < kept / 2
    for start, end in zip(points.first_view[:50], points.first_view[1:51], strict=True):
        assert len(set(points.views[start:end].tolist())) == end - start >= 2
    view = points.views[points.first_view[:-1]]
    for at, (one, depth) in enumerate(zip(scene.views, scene.depths, strict=True)):
        seen = (points.positions[view == at] @ one.projection[:, :3].T) + one.projection[:, 3]
        column, row = np.round(seen[:, :2] / seen[:, 2:]).astype(int).T
        assert np.median(np.abs(seen[:, 2] / depth[row, column] - 1)) < 0.0015
        towards = one.camera.pose[1] - points.positions[view == at]
        assert ((points.normals[view == at] * towards).sum(-1) > 0).all()


def test_it_can_be_cancelled(scene: StereoScene) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        find_depth_maps(scene.views, scene.model, DenseOptions(), progress=SilentProgress(token))


def test_views_without_common_points_are_refused(scene: StereoScene) -> None:
    lonely = replace(scene.model, tracks=tuple(track[:1] for track in scene.model.tracks))
    with pytest.raises(BadInput, match="share enough points"):
        find_depth_maps(scene.views, lonely, DenseOptions())


def test_a_view_from_the_same_place_is_no_neighbour(scene: StereoScene) -> None:
    """It would make any depth look right, and confirm it."""
    cameras = [view.camera for view in scene.views]
    seen = seen_points(cameras, scene.model.names, scene.model)
    found = choose_neighbours([*cameras, cameras[2]], [*seen, seen[2]], scene.model.points, 10)
    assert set(found[2]) == {0, 1, 3, 4}
    assert set(found[5]) == {0, 1, 3, 4}


def test_only_so_many_pyramids_are_held(scene: StereoScene) -> None:
    pyramids = Pyramids(scene.views, SearchOptions(), held=2)
    first, second = pyramids[0], pyramids[1]
    assert pyramids[0] is first
    pyramids[2]
    assert pyramids[0] is first
    assert pyramids[1] is not second
    assert [one.size for one in pyramids[1].cameras] == [one.size for one in second.cameras]
