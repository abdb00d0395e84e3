"""Points, splats, and what is under the pointer."""

import numpy as np
import pytest

from render.camera import Camera
from render.lens_distortion import LensDistortion
from render.native_renderer import NativeRenderer
from render.picking import pick
from render.pinhole_camera import PinholeCamera
from render.point_set import PointSet, PointUnit
from render.renderer import Output, RenderOptions
from render.scene import PointNode, RenderScene, SurfaceNode
from tests.render_scenes import LENS, UNLIT, pinhole, plane_depth, sphere, tilted, wall

RENDERER = NativeRenderer()
EVERYTHING = RenderOptions(frozenset(Output), samples=1)


def one_point(position, radius, unit, normal=None):
    normals = None if normal is None else np.array([normal], np.float32)
    points = PointSet(np.array([position], np.float32), np.array([radius], np.float32), unit, normals)
    return RenderScene((PointNode(points),))


@pytest.mark.parametrize("parallel", [True, False])
def test_a_point_is_a_round_spot_of_so_many_pixels(parallel):
    camera = pinhole(focal=40.0 if parallel else 150.0, parallel=parallel)
    scene = one_point((0.2, -0.3, 2), 4.5, PointUnit.PIXEL)
    rendering = RENDERER.render(scene, camera, EVERYTHING)
    x, y = np.meshgrid(np.arange(160), np.arange(120))
    middle = camera.project(np.array([0.2, -0.3, 2]))
    distance = np.hypot(x - middle[0], y - middle[1])
    decided = np.abs(distance - 4.5) > 1e-4
    np.testing.assert_array_equal((rendering.nodes == 0)[decided], (distance < 4.5)[decided])
    np.testing.assert_allclose(rendering.depth[rendering.nodes == 0], 2)


@pytest.mark.parametrize("lens", [LensDistortion(), LENS])
def test_a_splat_is_a_disc_in_the_surface(lens):
    camera = pinhole(world_from_camera=tilted(10), distortion=lens)
    centre = np.array([0.2, 0.1, 3.0])
    normal = np.array([0.5, 0.3, -1.0]) / np.linalg.norm([0.5, 0.3, -1.0])
    scene = one_point(centre, 0.6, PointUnit.LENGTH, normal)
    rendering = RENDERER.render(scene, camera, EVERYTHING)
    depth = plane_depth(camera, centre, normal)
    origins, directions = camera.rays()
    distance = np.linalg.norm(origins + directions * depth[..., None] - centre, axis=-1)
    decided = np.abs(distance - 0.6) > 1e-5
    np.testing.assert_array_equal((rendering.nodes == 0)[decided], (distance < 0.6)[decided])
    seen = rendering.nodes == 0
    assert seen.sum() > 1000
    np.testing.assert_allclose(rendering.depth[seen], depth[seen], rtol=1e-6)


def test_splats_cover_a_ball_as_its_triangles_do():
    mesh = sphere((100, 50))
    spacing = np.pi / 49
    points = PointSet(mesh.positions, np.array([spacing], np.float32), PointUnit.LENGTH, mesh.normals)
    place = tilted(0, (0, 0, 4))
    camera = pinhole(focal=300.0)
    splats = RENDERER.render(RenderScene((PointNode(points, UNLIT, place),)), camera, EVERYTHING)
    surface = RENDERER.render(RenderScene((SurfaceNode(mesh, UNLIT, place),)), camera, EVERYTHING)
    inside = (surface.nodes == 0) & (splats.nodes == 0)
    assert inside.sum() > 0.97 * (surface.nodes == 0).sum()
    assert np.abs(splats.depth - surface.depth)[inside].max() < 0.12
    assert np.median(np.abs(splats.depth - surface.depth)[inside]) < 0.005


def test_points_hide_and_are_hidden_by_surfaces():
    points = PointSet(
        np.array([[-0.3, 0, 2], [0.3, 0, 4]], np.float32),
        np.array([3.0], np.float32),
        colours=np.array([[1, 0, 0, 1], [0, 1, 0, 1]], np.float32),
    )
    camera = pinhole()
    scene = RenderScene((SurfaceNode(wall(9, 9, 3), UNLIT), PointNode(points)))
    rendering = RENDERER.render(scene, camera, EVERYTHING)
    near, far = np.round(camera.project(points.positions.astype(np.float64))).astype(int)
    assert rendering.nodes[near[1], near[0]] == 1
    assert rendering.triangles[near[1], near[0]] == 0
    assert tuple(rendering.picture[near[1], near[0]]) == (255, 0, 0, 255)
    assert rendering.nodes[far[1], far[0]] == 0


@pytest.mark.parametrize("lens", [LensDistortion(), LENS])
def test_picking_finds_what_the_picture_shows(lens):
    camera = pinhole(world_from_camera=tilted(5), distortion=lens)
    ball = SurfaceNode(sphere((40, 20), 0.3), UNLIT, tilted(0, (0.3, 0.2, 2)))
    scene = RenderScene((SurfaceNode(wall(2, 2, 3), UNLIT), ball))
    rendering = RENDERER.render(scene, camera, EVERYTHING)
    for x, y in ((80, 60), (90, 70), (100, 75), (60, 30), (2, 2)):
        found = pick(RENDERER, scene, camera, (x, y))
        if found is None:
            assert rendering.nodes[y, x] == -1
            continue
        assert (found.node, found.triangle) == (rendering.nodes[y, x], rendering.triangles[y, x])
        assert found.depth == pytest.approx(rendering.depth[y, x])
        np.testing.assert_allclose(camera.project(np.array(found.position)), (x, y), atol=1e-4)


def test_picking_with_a_parallel_camera():
    camera = PinholeCamera.of_view(Camera((1, 2, -9), (0, 0, 0), (0, -1, 0), parallel_height_mm=4), (60, 40))
    found = pick(RENDERER, RenderScene((SurfaceNode(wall(9, 9, 1), UNLIT),)), camera, (20.5, 10.25))
    assert found.position[2] == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(camera.project(np.array(found.position)), (20.5, 10.25), atol=1e-4)


def test_impossible_points_are_refused():
    one = np.zeros((1, 3), np.float32)
    with pytest.raises(ValueError, match="radii"):
        PointSet(one, np.array([0.0], np.float32))
    with pytest.raises(ValueError, match="radii"):
        PointSet(one, np.array([1.0, 2.0], np.float32))
    with pytest.raises(ValueError, match="normals"):
        PointSet(one, np.array([1.0], np.float32), normals=np.zeros((2, 3), np.float32))
