"""VTK's pictures of scenes beside those of the native renderer."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import Cancelled
from imaging.reslice import StopFlag
from render.environment import Environment
from render.figure import FigurePose, MorphTarget
from render.lens_distortion import LensDistortion
from render.light import DirectionalLight, PointLight
from render.material import AlphaMode, Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.point_set import PointSet, PointUnit
from render.renderer import Output, RenderOptions, ToneMapping
from render.scene import PointNode, RenderScene, SurfaceNode
from render.surface_mesh import SurfaceMesh
from render.texture import Texture, TextureWrap
from render.toon_look import ToonLook
from render.vtk_scene import VtkSceneRenderer, not_drawn
from render.vtk_window import GraphicsFailure
from tests.render_scenes import quad, sphere, tilted

CAMERA = PinholeCamera.looking_at((0.4, 0.5, 4.0), (0, 0, 0), (200, 160))
LAMP = DirectionalLight((-0.4, -0.6, -1.0))
ROUGH = Material(base_colour=(0.8, 0.4, 0.2, 1.0), roughness=0.4)


@pytest.fixture(scope="module")
def vtk():
    try:
        renderer = VtkSceneRenderer()
    except GraphicsFailure as error:
        pytest.skip(str(error))
    yield renderer
    renderer.close()


def psnr(first, second):
    """Of both over grey."""
    difference = over_grey(first) - over_grey(second)
    return 10 * np.log10(255**2 / max((difference**2).mean(), 1e-9))


def over_grey(picture):
    alpha = picture[..., 3:] / 255
    return picture[..., :3] * alpha + 90 * (1 - alpha)


def compare(vtk, nodes, lights=(LAMP,), camera=CAMERA, options=None, **around):
    scene = RenderScene(tuple(nodes), tuple(lights), **around)
    assert not_drawn(scene, camera) is None
    native = NativeRenderer().render(scene, camera, options).picture
    seen = vtk.render(scene, camera, options).picture
    assert seen.dtype == np.uint8
    assert over_grey(native).std() > 5
    return psnr(native, seen)


def board(srgb, wrap=TextureWrap.REPEAT):
    """A checkerboard with a corner of its own and holes."""
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., :3] = np.where((np.indices((64, 64)) // 16).sum(0)[..., None] % 2, srgb, [40, 60, 90])
    pixels[:16, :16] = [255, 255, 0, 255]
    pixels[32:48, 32:48, 3] = 60
    return Texture(pixels, wrap, wrap)


def bumps():
    """A normal map of pyramids, higher towards the upper left."""
    pixels = np.full((32, 32, 4), 255, np.uint8)
    y, x = np.indices((32, 32)) % 16 - 7.5
    pixels[..., 0] = 128 + 70 * np.sign(x) * (np.abs(x) > np.abs(y))
    pixels[..., 1] = 128 - 70 * np.sign(y) * (np.abs(y) >= np.abs(x))
    return Texture(pixels)


def plate(material, uv=((0, 0), (1, 0), (1, 1), (0, 1)), place=None, **more):
    corners = [(-1, 1, 0), (1, 1, 0), (1, -1, 0), (-1, -1, 0)]
    return SurfaceNode(quad(corners, uv, **more), material, np.eye(4) if place is None else place)


def mirrored():
    return np.diag([-1.0, 1.3, 0.7, 1.0])


@pytest.mark.parametrize(
    ("name", "light"), [("sun", LAMP), ("lamp", PointLight((1, 2, 3), (1.0, 0.8, 0.7), 30.0))]
)
@pytest.mark.parametrize("metallic", [0.0, 1.0])
def test_lamps(vtk, name, light, metallic):
    material = Material(base_colour=(0.8, 0.4, 0.2, 1.0), roughness=0.4, metallic=metallic)
    assert compare(vtk, [SurfaceNode(sphere(), material)], [light]) > 38


def test_light_from_around(vtk):
    balls = [
        SurfaceNode(sphere((60, 30), 0.4), Material(metallic=x % 2, roughness=(x + 1) / 4), _at(x - 1.5))
        for x in range(4)
    ]
    turn = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
    around = Environment(Environment.studio().panorama, turn)
    assert compare(vtk, balls, [], environment=around, ambient=(0.1, 0.0, 0.0)) > 32


def _at(x):
    place = np.eye(4)
    place[0, 3] = x
    return place


@pytest.mark.parametrize("mode", list(AlphaMode))
def test_textures_and_what_they_leave_out(vtk, mode):
    material = Material(
        base_colour=(1.0, 0.9, 0.8, 0.8),
        base_colour_texture=board([220, 120, 60]),
        emissive=(0.0, 0.1, 0.2),
        alpha_mode=mode,
        double_sided=True,
    )
    behind = SurfaceNode(sphere((40, 20), 0.5), ROUGH, np.diag([1.0, 1, 1, 1]) + 0)
    floor = -31.0 if mode is AlphaMode.BLEND else -34.0  # mixed as encoded colours there
    uv = ((-0.2, -0.1), (1.4, 0), (1.5, 1.2), (0, 1))
    assert compare(vtk, [plate(material, uv, _at(0.3)), behind]) > -floor


@pytest.mark.parametrize("wrap", list(TextureWrap))
def test_edges_of_textures(vtk, wrap):
    material = Material(base_colour_texture=board([220, 120, 60], wrap), shading=Shading.UNLIT)
    uv = ((-0.7, -0.6), (1.7, -0.6), (1.7, 1.8), (-0.7, 1.8))
    assert compare(vtk, [plate(material, uv)]) > 33


@pytest.mark.parametrize("uv", [((0, 0), (2, 0), (2, 2), (0, 2)), ((2, 0), (0, 0), (0, 2), (2, 2))])
@pytest.mark.parametrize("place", [np.eye(4), mirrored()])
def test_normal_maps_also_mirrored_ones(vtk, uv, place):
    material = Material(normal_texture=bumps(), normal_scale=0.8, roughness=0.7, double_sided=True)
    assert compare(vtk, [plate(material, uv, place)]) > 34


def test_roughness_metal_and_occlusion_from_textures(vtk):
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[:, :, 1] = np.linspace(40, 255, 64)[None, :]
    pixels[:, :, 2] = np.where(np.arange(64) < 32, 0, 255)[:, None]
    hollow = np.full((16, 16, 4), 255, np.uint8)
    hollow[4:12, 4:12, 0] = 40
    material = Material(
        metallic=1.0,
        roughness=1.0,
        metallic_roughness_texture=Texture(pixels),
        occlusion_texture=Texture(hollow),
        occlusion_strength=0.8,
    )
    assert compare(vtk, [plate(material)], ambient=(0.5, 0.5, 0.5)) > 31


def test_colours_of_vertices_and_faces(vtk):
    colours = ((1, 0, 0, 1), (0, 1, 0, 1), (0, 0, 1, 1), (1, 1, 1, 1))
    assert compare(vtk, [plate(Material(shading=Shading.UNLIT), colours=colours)]) > 38
    ball = sphere((12, 8))
    flat = SurfaceNode(ball, Material(base_colour=(0.8, 0.4, 0.2, 1.0), flat=True), mirrored())
    assert compare(vtk, [flat]) > 34


def test_posed_figures(vtk):
    ball = sphere((60, 30))
    target = MorphTarget(np.where(ball.positions[:, :1] > 0, ball.positions * 0.4, 0).astype(np.float32))
    mesh = SurfaceMesh(ball.positions, ball.triangles, targets=(target,))
    assert compare(vtk, [SurfaceNode(mesh, ROUGH, pose=FigurePose((0.8,)))]) > 36


@pytest.mark.parametrize("uv_set", [0, 1])
def test_textures_that_are_turned_and_scaled(vtk, uv_set):
    corners = plate(ROUGH).mesh
    uv = np.array([[0.1, 0], [1, 0], [1, 1], [0, 0.8]], np.float32)
    mesh = replace(corners, uv=uv[::-1].copy(), second_uv=uv)
    turned = replace(board([220, 120, 60]), uv_set=uv_set, uv_map=(1.2, 0.9, -0.3, -0.7, 1.1, 0.2))
    bumpy = replace(bumps(), uv_set=uv_set, uv_map=(2.0, 0.0, 0.0, 0.0, 3.0, 0.5))
    material = Material(base_colour_texture=turned, normal_texture=bumpy, double_sided=True)
    assert compare(vtk, [SurfaceNode(mesh, material)]) > 34


def test_points_as_discs(vtk):
    places = np.random.default_rng(3).uniform(-1, 1, (60, 3)).astype(np.float32)
    colours = np.random.default_rng(4).uniform(0, 1, (60, 4)).astype(np.float32)
    points = PointSet(places, np.array([4.0], np.float32), colours=colours)
    assert compare(vtk, [PointNode(points)], options=RenderOptions(samples=16)) > 28


@pytest.mark.parametrize("parallel", [True, False])
def test_any_camera_and_tones(vtk, parallel):
    pose = tilted(20, (0.0, 0.0, -4.0))
    focal = (60.0, 75.0) if parallel else (240.0, 300.0)
    camera = PinholeCamera((211, 157), *focal, 80.0, 90.0, pose, parallel=parallel)
    options = RenderOptions(exposure=2.5, tone_mapping=ToneMapping.NEUTRAL)
    nodes = [SurfaceNode(sphere(), ROUGH), plate(Material(double_sided=True), place=_at(1.2))]
    lamp = DirectionalLight((0.3, 0.5, 1.0))
    assert compare(vtk, nodes, [lamp], camera, options) > 36


def test_backs_are_seen_of_double_sided_surfaces_alone(vtk):
    behind = PinholeCamera.looking_at((0, 0, -4), (0, 0, 0), (64, 64))
    for both in (False, True):
        scene = RenderScene((plate(Material(double_sided=both, shading=Shading.UNLIT)),))
        seen = vtk.render(scene, behind).picture
        assert bool(seen[32, 32, 3]) == both


def test_what_is_not_drawn_is_said():
    toon = Material(shading=Shading.TOON, toon=ToonLook())
    splats = PointSet(np.zeros((2, 3), np.float32), np.ones(1, np.float32), PointUnit.LENGTH)
    shadow = DirectionalLight((0, -1, 0), casts_shadow=True)
    lens = PinholeCamera((64, 64), 60, 60, 31.5, 31.5, distortion=LensDistortion((0.1, 0, 0, 0, 0)))
    for scene, camera, word in (
        (RenderScene((plate(toon),)), CAMERA, "MToon"),
        (RenderScene((PointNode(splats),)), CAMERA, "splats"),
        (RenderScene((plate(ROUGH),), (shadow,)), CAMERA, "shadows"),
        (RenderScene((plate(ROUGH),), (PointLight((0, 1, 0), reach=3.0),)), CAMERA, "reach"),
        (RenderScene((plate(ROUGH),)), lens, "lens"),
    ):
        assert word in str(not_drawn(scene, camera))


def test_only_pictures_and_not_when_stopped(vtk):
    scene = RenderScene((plate(ROUGH),))
    with pytest.raises(ValueError, match="depth"):
        vtk.render(scene, CAMERA, RenderOptions(frozenset({Output.DEPTH})))
    stop = StopFlag()
    stop.stop()
    with pytest.raises(Cancelled):
        vtk.render(scene, CAMERA, stop=stop)
