"""Rasterised pictures against analytic ones."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Cancelled
from imaging.reslice import StopFlag
from render.camera import Camera
from render.lens_distortion import LensDistortion
from render.light import DirectionalLight, PointLight, SpotLight
from render.material import AlphaMode, Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions
from render.scene import RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture, TextureFilter
from tests.render_scenes import LENS, UNLIT, pinhole, plane_depth, quad, sphere, tilted, wall

SURFACES = frozenset({Output.DEPTH, Output.NODES, Output.TRIANGLES, Output.WEIGHTS})
EVERYTHING = frozenset(Output)
RENDERER = NativeRenderer()


@pytest.mark.parametrize(
    "lens", [LensDistortion(), LENS, LensDistortion((0.02, -0.01, 0.003, 0), fisheye=True)]
)
def test_depth_of_a_tilted_plane_is_exact(lens):
    camera = pinhole(world_from_camera=tilted(12), distortion=lens)
    place = np.eye(4)
    place[:3, :3] = tilted(30)[:3, :3]
    place[:3, 3] = (0.2, 0.3, 4)
    scene = RenderScene((SurfaceNode(wall(40, 40, 0), UNLIT, place),))
    depth = RENDERER.render(scene, camera, RenderOptions(SURFACES)).depth
    np.testing.assert_allclose(depth, plane_depth(camera, place[:3, 3], place[:3, 2]), rtol=2e-6)


def test_depth_of_a_parallel_camera_is_exact():
    view = Camera((3, 2, -9), (0, 0, 0), (0, -1, 0.1), parallel_height_mm=5)
    camera = PinholeCamera.of_view(view, (90, 70))
    scene = RenderScene((SurfaceNode(wall(40, 40, 1), UNLIT),))
    depth = RENDERER.render(scene, camera, RenderOptions(SURFACES)).depth
    np.testing.assert_allclose(
        depth, plane_depth(camera, np.array([0, 0, 1.0]), np.array([0, 0, 1.0])), rtol=2e-6
    )


@pytest.mark.parametrize("lens", [LensDistortion(), LENS])
def test_edges_are_where_they_are(lens):
    """Every pixel whose ray meets a rectangle shows it, and no other."""
    camera = pinhole(world_from_camera=tilted(8), distortion=lens)
    scene = RenderScene((SurfaceNode(wall(1.2, 0.9, 4), UNLIT),))
    nodes = RENDERER.render(scene, camera, RenderOptions(SURFACES)).nodes
    origins, directions = camera.rays()
    hits = origins + directions * ((4 - origins[..., 2]) / directions[..., 2])[..., None]
    margin = np.minimum(0.6 - np.abs(hits[..., 0]), 0.45 - np.abs(hits[..., 1]))
    decided = np.abs(margin) > 1e-5
    np.testing.assert_array_equal((nodes == 0)[decided], (margin > 0)[decided])
    assert (nodes == 0).sum() > 500


@pytest.mark.parametrize("lens", [LensDistortion(), LENS])
def test_a_checkerboard_in_perspective_is_exact(lens):
    camera = pinhole(world_from_camera=tilted(25), distortion=lens)
    board = np.where(np.add.outer(np.arange(8), np.arange(8)) % 2, 255, 60).astype(np.uint8)
    texture = Texture(np.dstack([board] * 3 + [np.full_like(board, 255)]), filter=TextureFilter.NEAREST)
    material = Material(shading=Shading.UNLIT, base_colour_texture=texture)
    scene = RenderScene((SurfaceNode(wall(4, 4, 5), material),))
    picture = RENDERER.render(scene, camera, RenderOptions(EVERYTHING, samples=1)).picture
    origins, directions = camera.rays()
    hits = origins + directions * ((5 - origins[..., 2]) / directions[..., 2])[..., None]
    place = (hits[..., :2] + 2) / 4 * 8
    decided = (np.abs(place - np.round(place)).min(-1) > 1e-4) & ((place > 0) & (place < 8)).all(-1)
    column, row = np.clip(place.astype(int), 0, 7)[decided].T
    assert decided.sum() > 2000
    np.testing.assert_array_equal(picture[decided][:, 0], board[row, column])


def test_a_sphere_has_its_depth_and_its_shade():
    """Inscribed triangles are at most r (1 - cos(pi / 200)) from the sphere."""
    camera = pinhole(focal=300.0)
    place = np.eye(4)
    place[:3, 3] = (0.1, 0, 6)
    light = DirectionalLight((0.3, -0.5, 1), intensity=np.pi)
    matt = Material(base_colour=(0.5, 0.5, 0.5, 1), roughness=1.0)
    scene = RenderScene((SurfaceNode(sphere(), matt, place),), (light,))
    rendering = RENDERER.render(scene, camera, RenderOptions(EVERYTHING, samples=1))
    origins, directions = camera.rays()
    b = np.einsum("...i,...i", directions, origins - place[:3, 3])
    a = np.einsum("...i,...i", directions, directions)
    root = b * b - a * (np.sum((origins - place[:3, 3]) ** 2, -1) - 1)
    inside = root > 0.3
    expected = (-b - np.sqrt(np.maximum(root, 0))) / a
    assert inside.sum() > 4000
    np.testing.assert_allclose(rendering.depth[inside], expected[inside], atol=1.5e-3)
    assert np.isnan(rendering.depth[root < -0.1]).all()
    normal = origins + directions * expected[..., None] - place[:3, 3]
    facing = np.maximum(normal @ -(np.array(light.direction) / np.linalg.norm(light.direction)), 0)
    np.testing.assert_allclose(rendering.normals[inside], normal[inside], atol=2e-2)
    # Lambert's law for what enters, at most 96 %, and a few per cent of gloss.
    lit = inside & (facing > 0.1)
    ratio = rendering.radiance[lit][:, 0] / (0.5 * facing[lit])
    assert ratio.min() > 0.95
    assert ratio.max() < 1.15
    assert (rendering.radiance[inside & (facing == 0)][:, 0] == 0).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), samples=st.sampled_from([1, 4, 8]), distorted=st.booleans())
def test_a_triangulated_wall_has_no_gaps_and_no_overlaps(seed, samples, distorted):
    """Half transparent triangles that tile a wall cover every sample exactly once."""
    random = np.random.default_rng(seed)
    count = 9
    x, y = np.meshgrid(np.linspace(-3, 3, count), np.linspace(-3, 3, count))
    inner = np.zeros((count, count))
    inner[1:-1, 1:-1] = 0.15  # all cells stay convex
    x = x + random.uniform(-1, 1, x.shape) * inner
    y = y + random.uniform(-1, 1, x.shape) * inner
    if seed % 2:  # corners exactly on samples
        x, y = np.round(x * 16) / 16, np.round(y * 16) / 16
    points = np.stack([x, y, np.full_like(x, 2)], -1).reshape(-1, 3)
    first = (np.arange(count - 1)[:, None] * count + np.arange(count - 1)).ravel()
    cells = np.stack([first, first + count + 1, first + 1, first, first + count, first + count + 1], 1)
    mesh = SurfaceMesh(points.astype(np.float32), cells.reshape(-1, 3).astype(np.int32))
    half = Material((1, 1, 1, 0.5), shading=Shading.UNLIT, alpha_mode=AlphaMode.BLEND, double_sided=True)
    camera = PinholeCamera(
        (50, 40), 32.0, 32.0, 25.0, 20.0, distortion=LENS if distorted else LensDistortion()
    )
    scene = RenderScene((SurfaceNode(mesh, half),))
    radiance = RENDERER.render(
        scene, camera, RenderOptions(frozenset({Output.RADIANCE}), samples=samples)
    ).radiance
    np.testing.assert_allclose(radiance[..., 3], 0.5, atol=1e-6)


def test_distances_are_along_the_rays():
    camera = pinhole(distortion=LENS)
    ball = SurfaceNode(sphere((400, 200)), UNLIT)  # around the camera
    seen = RENDERER.render(RenderScene((ball,)), camera, RenderOptions(SURFACES))
    np.testing.assert_allclose(camera.distances(seen.depth), 1, atol=2e-4)
    parallel = pinhole(parallel=True)
    assert parallel.distances(seen.depth) is seen.depth


def test_what_is_behind_the_camera_is_cut_at_the_near_plane():
    """A floor under the camera reaches from behind it to the horizon."""
    floor = quad([(-50, 1, 50), (50, 1, 50), (50, 1, -50), (-50, 1, -50)])
    camera = pinhole(near=1.5)
    depth = RENDERER.render(RenderScene((SurfaceNode(floor, UNLIT),)), camera, RenderOptions(SURFACES)).depth
    expected = np.broadcast_to(plane_depth(camera, np.array([0, 1.0, 0]), np.array([0, 1.0, 0])), depth.shape)
    shown = (expected >= 1.5) & (expected <= 50)
    np.testing.assert_array_equal(np.isnan(depth), ~shown)
    np.testing.assert_allclose(depth[shown], expected[shown], rtol=2e-6)


def test_nearer_surfaces_hide_others_and_backs_are_not_seen():
    red, green = (Material((r, g, 0, 1), shading=Shading.UNLIT) for r, g in ((1, 0), (0, 1)))
    back = SurfaceMesh(wall(1, 1, 2).positions, wall(1, 1, 2).triangles[:, ::-1].copy())
    scene = RenderScene(
        (SurfaceNode(wall(1, 1, 3), red), SurfaceNode(wall(9, 9, 4), green), SurfaceNode(back, red))
    )
    rendering = RENDERER.render(scene, pinhole(), RenderOptions(EVERYTHING))
    assert tuple(rendering.picture[60, 80]) == (255, 0, 0, 255)
    assert tuple(rendering.picture[5, 5]) == (0, 255, 0, 255)
    assert rendering.nodes[60, 80] == 0
    assert rendering.nodes[5, 5] == 1
    mirror = np.diag([-1.0, 1, 1, 1])
    mirrored = RenderScene((SurfaceNode(wall(1, 1, 3), red, mirror),))
    assert RENDERER.render(mirrored, pinhole()).picture[60, 80, 3] == 255


def test_edges_are_smoothed_by_the_share_of_samples():
    camera = pinhole((8, 8), 8.0)
    half = quad([(-9, -9, 1), (0.0625, -9, 1), (0.0625, 9, 1), (-9, 9, 1)])
    scene = RenderScene((SurfaceNode(half, UNLIT),))
    # The edge is exactly on the single sample, which belongs to what is to the right of it.
    for samples, share in ((1, 0.0), (4, 0.5), (16, 0.5)):
        picture = RENDERER.render(scene, camera, RenderOptions(samples=samples)).picture
        assert picture[4, 4, 3] == pytest.approx(255 * share, abs=1)
        assert (picture[:, :4, 3] == 255).all()
        assert (picture[:, 5:, 3] == 0).all()


def test_transparent_surfaces_are_blended_in_the_order_of_their_depth():
    """In linear light, whatever the order of the nodes."""

    def glass(colour, z):
        blend = Material((*colour, 0.5), shading=Shading.UNLIT, alpha_mode=AlphaMode.BLEND)
        return SurfaceNode(wall(9, 9, z), blend)

    nodes = (glass((1, 0, 0), 2), glass((0, 0, 1), 4), glass((0, 1, 0), 3))
    options = RenderOptions(frozenset({Output.RADIANCE}))
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        scene = RenderScene(tuple(nodes[n] for n in order))
        radiance = RENDERER.render(scene, pinhole(), options).radiance
        np.testing.assert_allclose(radiance[60, 80], [0.5, 0.25, 0.125, 0.875], atol=1e-6)


def test_masked_surfaces_are_cut_out():
    stripes = np.full((4, 4, 4), 255, np.uint8)
    stripes[:, ::2, 3] = 0
    texture = Texture(stripes, filter=TextureFilter.NEAREST)
    cut = Material(base_colour_texture=texture, shading=Shading.UNLIT, alpha_mode=AlphaMode.MASK)
    scene = RenderScene((SurfaceNode(wall(9, 9, 3), UNLIT), SurfaceNode(wall(1.6, 1.2, 1.5), cut)))
    nodes = RENDERER.render(scene, pinhole(), RenderOptions(SURFACES)).nodes
    assert (nodes[:, :40] == 0).all()
    assert (nodes[1:-1, 41:79] == 1).all()
    assert (nodes[:, 81:119] == 0).all()


def test_mipmaps_show_the_mean_of_what_is_too_fine():
    noise = np.random.default_rng(1).integers(0, 2, (512, 512, 1), np.uint8) * 255
    texture = Texture(np.concatenate([noise, noise, noise, np.full_like(noise, 255)], 2))
    material = Material(base_colour_texture=texture, shading=Shading.UNLIT)
    scene = RenderScene((SurfaceNode(wall(1, 1, 30), material),))
    radiance = RENDERER.render(
        scene, pinhole(), RenderOptions(frozenset({Output.RADIANCE}), samples=1)
    ).radiance
    seen = radiance[58:62, 78:82, 0]
    np.testing.assert_allclose(seen, 0.5, atol=0.03)  # the mean in linear light


def test_the_mipmap_is_that_of_what_the_lens_shows():
    """Stripes that are too fine without a lens are seen where it magnifies them three times."""
    stripes = np.zeros((1, 1024, 4), np.uint8)
    stripes[..., 3] = 255
    stripes[:, ::2] = 255
    material = Material(base_colour_texture=Texture(stripes), shading=Shading.UNLIT)
    options = RenderOptions(frozenset({Output.RADIANCE}), samples=1)

    def contrast(distortion):
        camera = pinhole((200, 30), 60.0, distortion=distortion)
        scene = RenderScene((SurfaceNode(wall(6, 6, 1.2), material),))
        return RENDERER.render(scene, camera, options).radiance[15, 5:40, 0].std()

    assert contrast(LensDistortion()) < 0.02
    assert contrast(LensDistortion((0.4, 0.3, 0.0, 0.0))) > 0.05


def test_lamps_fall_off_with_the_square_and_spots_end():
    matt = Material(base_colour=(1, 1, 1, 1), roughness=1.0)
    node = SurfaceNode(wall(20, 20, 3), matt)
    options = RenderOptions(frozenset({Output.RADIANCE}), samples=1)

    def middle(light):
        return RENDERER.render(RenderScene((node,), (light,)), pinhole((161, 121)), options).radiance[
            60, 80, 0
        ]

    near, far = middle(PointLight((0, 0, 2))), middle(PointLight((0, 0, 1)))
    assert near == pytest.approx(4 * far, rel=1e-3)
    assert middle(PointLight((0, 0, 1), reach=1.9)) == 0
    assert middle(SpotLight((0, 0, 1), direction=(0, 0, 1))) == pytest.approx(far, rel=1e-3)
    assert middle(SpotLight((0, 0, 1), direction=(1, 0, 0.1))) == 0


def test_the_picture_is_the_same_however_it_is_shared_out():
    scene = RenderScene(
        (SurfaceNode(sphere(), Material(), tilted(0, (0, 0, 4))),), (DirectionalLight((0, 0, 1)),)
    )
    first, second = (RENDERER.render(scene, pinhole((400, 300), 300)).picture for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_several_threads_may_render_at_once():
    renderer = NativeRenderer()
    light = (DirectionalLight((0, 0, 1), casts_shadow=True),)
    scenes = [
        RenderScene((SurfaceNode(sphere(), Material(roughness=n / 8), tilted(0, (0, 0, 4))),), light)
        for n in range(4)
    ]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda scene: renderer.render(scene, pinhole()).picture, scenes * 3))
    for n, picture in enumerate(together):
        np.testing.assert_array_equal(picture, RENDERER.render(scenes[n % 4], pinhole()).picture)


def test_a_stopped_rendering_ends():
    stop = StopFlag()
    stop.stop()
    with pytest.raises(Cancelled):
        RENDERER.render(RenderScene((SurfaceNode(wall(1, 1, 3)),)), pinhole(), stop=stop)


def test_an_empty_scene_is_transparent():
    rendering = RENDERER.render(RenderScene(()), pinhole(), RenderOptions(EVERYTHING))
    assert not rendering.picture.any()
    assert np.isnan(rendering.depth).all()
    assert (rendering.nodes == -1).all()
