"""Meshes are made of depth maps: manifold, where the surface is, with its colours."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import BadInput, Cancelled
from core.posed_camera import PosedCamera
from core.progress import CallbackProgress, CancelToken, SilentProgress
from core.textured_mesh import TexturedMesh
from reconstruction.dense_points import DensePoints
from reconstruction.depth_map import DepthMap
from reconstruction.mesh_decimation import decimated, levels_of_detail
from reconstruction.meshing import MeshOptions, make_mesh
from reconstruction.stage import Holes
from reconstruction.view import View
from reconstruction.world_box import WorldBox

_SIZE = 120
_DISTANCE = 4.0
NO_POINTS = DensePoints(
    np.zeros((0, 3), np.float32),
    np.zeros((0, 3), np.float32),
    np.zeros((0, 3), np.uint8),
    np.zeros(1, np.int64),
    np.zeros(0, np.int32),
)
_AROUND = [
    np.array(way) / np.linalg.norm(way) for way in np.array(list(np.ndindex(3, 3, 3))) - 1 if np.any(way)
]  # towards the corners, edges and faces of a cube


def _camera(towards: NDArray[np.float64]) -> PosedCamera:
    ahead = -towards
    right = np.cross(ahead, (0.3, 1.0, 0.2))
    right /= np.linalg.norm(right)
    rotation = np.column_stack((right, np.cross(ahead, right), ahead))
    k = np.array([[1.5 * _SIZE, 0, (_SIZE - 1) / 2], [0, 1.5 * _SIZE, (_SIZE - 1) / 2], [0, 0, 1]])
    return PosedCamera((_SIZE, _SIZE), k, {}, False, rotation, _DISTANCE * towards)


def _colour_at(points: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.clip(128 + 100 * points, 0, 255)


def _look_at_ball(camera: PosedCamera, noise: float) -> tuple[View, DepthMap]:
    """A ball of radius 1 around the origin, seen from outside."""
    rotation, centre = camera.pose
    k = camera.intrinsics
    down, across = np.indices((_SIZE, _SIZE))
    rays = np.stack(((across - k[0, 2]) / k[0, 0], (down - k[1, 2]) / k[1, 1], np.ones((_SIZE, _SIZE))), -1)
    ways = rays @ rotation.T
    a, b = (ways**2).sum(-1), ways @ centre
    under = b * b - a * (centre @ centre - 1)
    depth = np.where(under > 0, (-b - np.sqrt(np.maximum(under, 0))) / a, 0)
    points = depth[..., None] * ways + centre
    normals = np.where(depth[..., None] > 0, points @ rotation, 0)
    glancing = -(normals * rays).sum(-1) < 0.2 * np.sqrt(a)
    depth[glancing] = 0
    normals[glancing] = 0
    rng = np.random.default_rng(1)
    depth *= 1 + noise * rng.normal(size=depth.shape)
    seen = np.where(depth > 0, 3, 0).astype(np.uint8)
    depth_map = DepthMap("ball", camera, depth.astype(np.float32), normals.astype(np.float32), seen)
    return View("ball", _colour_at(points).astype(np.uint8), camera), depth_map


def _ball(noise: float = 0.0) -> tuple[list[View], list[DepthMap]]:
    seen = [_look_at_ball(_camera(way), noise) for way in _AROUND]
    return [view for view, _ in seen], [depth_map for _, depth_map in seen]


def _sides(mesh: TexturedMesh) -> NDArray[np.int32]:
    t = mesh.triangles
    return np.concatenate([t[:, (0, 1)], t[:, (1, 2)], t[:, (2, 0)]])


def _edge_counts(mesh: TexturedMesh) -> NDArray[np.int64]:
    return np.unique(np.sort(_sides(mesh), axis=1), axis=0, return_counts=True)[1]


def test_a_ball_seen_from_all_around_is_a_closed_ball() -> None:
    views, depth_maps = _ball()
    mesh = make_mesh(views, depth_maps, NO_POINTS)
    counts = _edge_counts(mesh)
    assert set(counts) == {2}
    assert len(mesh.positions) - len(counts) + len(mesh.triangles) == 2  # Euler: a ball
    radii = np.linalg.norm(mesh.positions, axis=1)
    np.testing.assert_allclose(radii, 1.0, atol=0.004)
    corners = mesh.positions[mesh.triangles]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((normals * corners[:, 0]).sum(-1) > 0).mean() > 0.999
    assert mesh.colours is not None
    assert np.abs(mesh.colours - _colour_at(mesh.positions)).mean() < 3


def test_noise_is_averaged_and_few_triangles_keep_the_shape() -> None:
    """The mean of many noisy views is far better than each; decimation adds little to it."""
    noise = 0.002
    views, depth_maps = _ball(noise)
    mesh = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(most_triangles=3000))
    assert len(mesh.triangles) <= 3000
    assert set(_edge_counts(mesh)) <= {1, 2}
    errors = np.linalg.norm(mesh.positions, axis=1) - 1
    assert np.sqrt((errors**2).mean()) < 0.5 * noise * (_DISTANCE - 1)


def test_what_one_view_imagines_others_look_through() -> None:
    views, depth_maps = _ball()
    wrong = depth_maps[0].depth.copy()
    wrong[40:60, 40:60] = 2.0  # a plate half way to the camera
    depth_maps[0] = DepthMap(
        "wrong", depth_maps[0].camera, wrong, depth_maps[0].normals, depth_maps[0].verified_by
    )
    mesh = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(views=2))
    assert np.linalg.norm(mesh.positions, axis=1).max() < 1.05


def test_what_nobody_saw_stays_open() -> None:
    views, depth_maps = _ball()
    front = [number for number, way in enumerate(_AROUND) if way[2] > 0.6]
    mesh = make_mesh([views[n] for n in front], [depth_maps[n] for n in front], NO_POINTS)
    assert (_edge_counts(mesh) == 1).any()
    assert mesh.positions[:, 2].min() > -0.6


def test_what_nobody_saw_is_closed_on_request() -> None:
    views, depth_maps = _ball()
    front = [number for number, way in enumerate(_AROUND) if way[2] > 0.6]
    views, depth_maps = [views[n] for n in front], [depth_maps[n] for n in front]
    mesh = make_mesh(
        views, depth_maps, NO_POINTS, MeshOptions(largest_hole=Holes.ALL.largest, most_triangles=5000)
    )
    assert set(_edge_counts(mesh)) == {2}
    assert len(mesh.triangles) <= 5000
    # The patch goes across the ball; it does not bulge.
    assert mesh.positions[:, 2].min() > -0.6
    assert np.linalg.norm(mesh.positions, axis=1).max() < 1.02
    still_open = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(largest_hole=0.05))
    assert (_edge_counts(still_open) == 1).any()


def test_a_box_cuts_and_the_cut_closes_inside_it() -> None:
    views, depth_maps = _ball()
    box = WorldBox((-2.0, -0.5, -2.0), (2.0, 0.5, 2.0))
    mesh = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(2.0, box=box))
    assert np.abs(mesh.positions[:, 1]).max() <= 0.5
    assert (_edge_counts(mesh) == 1).any()
    closed = make_mesh(
        views, depth_maps, NO_POINTS, MeshOptions(2.0, box=box, largest_hole=Holes.ALL.largest)
    )
    assert set(_edge_counts(closed)) == {2}
    assert np.abs(closed.positions[:, 1]).max() <= 0.5
    a, b, c = closed.positions[closed.triangles].astype(float).transpose(1, 0, 2)
    slice_volume = np.pi * (1 - 1 / 12)  # of a ball of radius 1, between the heights -0.5 and 0.5
    assert (np.cross(a, b) * c).sum() / 6 == pytest.approx(slice_volume, rel=0.03)
    with pytest.raises(BadInput):
        nowhere = WorldBox((5.0, 5.0, 5.0), (6.0, 6.0, 6.0))
        make_mesh(views, depth_maps, NO_POINTS, MeshOptions(2.0, box=nowhere))


def test_boxes_are_read() -> None:
    assert WorldBox.parse("-1,0,-1.5,1,2,1e1") == WorldBox((-1.0, 0.0, -1.5), (1.0, 2.0, 10.0))
    for wrong in ("1,2,3", "0,0,0,1,1,x", "0,0,0,1,1,0", "0,0,0,1,1,nan", ""):
        with pytest.raises(ValueError, match="X0"):
            WorldBox.parse(wrong)


def test_levels_of_detail_are_ever_fewer_triangles() -> None:
    views, depth_maps = _ball()
    mesh = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(voxel_in_pixels=2))
    levels = levels_of_detail(mesh, (4000, 1000, 100))
    assert [len(level.triangles) <= most for level, most in zip(levels, (4000, 1000, 100), strict=True)]
    for level in levels:
        assert set(_edge_counts(level)) == {2}
        assert np.abs(np.linalg.norm(level.positions, axis=1) - 1).max() < 0.12
    with pytest.raises(ValueError, match="most_triangles"):
        levels_of_detail(mesh, (100, 1000))


def test_decimation_stops_at_the_largest_error() -> None:
    views, depth_maps = _ball()
    mesh = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(voxel_in_pixels=2))
    careful = decimated(mesh, 10, largest_error=0.001)
    assert len(careful.triangles) > 200
    assert np.abs(np.linalg.norm(careful.positions, axis=1) - 1).max() < 0.02


def test_voxels_grow_until_the_scene_fits() -> None:
    views, depth_maps = _ball()
    fine = make_mesh(views, depth_maps, NO_POINTS)
    coarse = make_mesh(views, depth_maps, NO_POINTS, MeshOptions(most_blocks=300))
    assert len(coarse.triangles) < len(fine.triangles) / 4


def test_the_same_comes_of_the_same() -> None:
    views, depth_maps = _ball(0.002)
    first, second = (make_mesh(views, depth_maps, NO_POINTS) for _ in range(2))
    np.testing.assert_array_equal(first.positions, second.positions)
    np.testing.assert_array_equal(first.triangles, second.triangles)


def _nothing() -> tuple[list[View], list[DepthMap]]:
    views, depth_maps = _ball()
    empty = np.zeros((_SIZE, _SIZE), np.float32)
    none = DepthMap(
        "none", depth_maps[0].camera, empty, depth_maps[0].normals, np.zeros((_SIZE, _SIZE), np.uint8)
    )
    return views[:1], [none]


@pytest.mark.parametrize("scene", [_nothing, lambda: ([], [])])
def test_without_depth_there_is_no_surface(scene: Callable[[], tuple[list[View], list[DepthMap]]]) -> None:
    with pytest.raises(BadInput, match="no surface"):
        make_mesh(*scene(), NO_POINTS)


def test_meshing_can_be_cancelled_and_tells_how_far_it_is() -> None:
    views, depth_maps = _ball()
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        make_mesh(views, depth_maps, NO_POINTS, progress=SilentProgress(token))
    fractions: list[float] = []
    progress = CallbackProgress(lambda fraction, _: fractions.append(fraction), CancelToken())
    make_mesh(views, depth_maps, NO_POINTS, progress=progress)
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.9


def test_qualities_are_ever_finer() -> None:
    draft, normal, high = (MeshOptions.of(quality) for quality in ("draft", "normal", "high"))
    assert draft.most_triangles is not None
    assert normal.most_triangles is not None
    assert high.most_triangles is not None
    assert draft.most_triangles < normal.most_triangles < high.most_triangles
    assert draft.most_blocks < normal.most_blocks < high.most_blocks
