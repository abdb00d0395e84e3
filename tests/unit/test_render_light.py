"""Light from around, shadows, drawn figures."""

import numpy as np
import pytest

from render.environment import Environment
from render.light import DirectionalLight, PointLight, SpotLight
from render.material import Material, Shading
from render.native_renderer import NativeRenderer
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions, ToneMapping
from render.scene import RenderScene, SurfaceNode
from render.texture import Texture
from render.toon_look import OutlineUnit, ToonLook
from tests.render_scenes import UNLIT, pinhole, sphere, tilted, wall

RENDERER = NativeRenderer()
RADIANCE = RenderOptions(frozenset({Output.RADIANCE}), samples=1)
AHEAD = tilted(0, (0, 0, 4))


def radiance(scene, camera=None):
    return RENDERER.render(scene, camera or pinhole(), RADIANCE).radiance


def ball(material):
    return SurfaceNode(sphere(), material, AHEAD)


@pytest.mark.parametrize("roughness", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("metallic", [0.0, 1.0])
def test_a_white_ball_in_a_white_furnace_cannot_be_seen(roughness, metallic):
    """What reflects everything has the colour of what is around (within the fits of the albedo)."""
    scene = RenderScene(
        (ball(Material(roughness=roughness, metallic=metallic)),), environment=Environment.uniform(0.7)
    )
    shown = radiance(scene)
    inside = shown[..., 3] == 1
    np.testing.assert_allclose(shown[inside][:, :3], 0.7, atol=0.02)


def half_bright():
    panorama = np.zeros((64, 128, 3), np.float32)
    panorama[:32] = 1
    return panorama


def test_a_matt_ball_under_half_a_sky():
    """The share of a uniform upper half that a matt surface sees is (1 + cos) / 2."""
    up = Environment(half_bright(), np.diag([1.0, -1, -1]))  # up is -y in this scene
    shown = radiance(RenderScene((ball(Material(roughness=1.0)),), environment=up), pinhole(focal=300.0))
    # Straight ahead, and on the way to the upper rim.
    assert shown[60, 80, 0] == pytest.approx(0.5, abs=0.03)
    for row in (20, 40, 80, 100):
        ray = (row - 59.5) / 300
        b = 4 / np.hypot(1, ray)
        along = b - np.sqrt(b * b - 15)
        cosine = -ray / np.hypot(1, ray) * along
        assert shown[row, 80, 0] == pytest.approx((1 + cosine) / 2, abs=0.04)


def test_a_mirror_shows_the_panorama():
    columns = np.zeros((64, 128, 3), np.float32)
    columns[:, :64, 0] = 1  # longitudes below 0: z < 0
    columns[:, 64:, 1] = 1
    mirror = Material(metallic=1.0, roughness=0.0)
    shown = radiance(RenderScene((ball(mirror),), environment=Environment(columns)), pinhole(focal=300.0))
    # Straight ahead it mirrors what is behind the camera, at its rim what is behind the ball.
    assert shown[60, 80, 0] > 0.9
    assert shown[60, 80, 1] < 0.1
    row = shown[60]
    rim = np.flatnonzero(row[:, 3] == 1)[0] + 1
    assert row[rim, 1] > 0.8


def test_a_ball_casts_its_shadow_where_it_is():
    """What the shadow is in the way of has a ray to the light that misses the ball by less than 1."""
    sun = DirectionalLight((0.5, 0, 1), casts_shadow=True)
    matt = Material(roughness=1.0)
    scene = RenderScene((ball(matt), SurfaceNode(wall(20, 20, 8), matt)), (sun,))
    options = RenderOptions(frozenset({Output.RADIANCE, Output.NODES}), samples=1, shadow_edge=2048)
    camera = pinhole((320, 240))
    rendering = RENDERER.render(scene, camera, options)
    origins, directions = camera.rays()
    hits = origins + directions * (8 / directions[..., 2])[..., None]
    # Distance of the light's ray through each point from the ball's middle.
    towards = -np.array([0.5, 0, 1]) / np.hypot(0.5, 1)
    offset = hits - (0, 0, 4)
    miss = np.linalg.norm(offset - (offset @ towards)[..., None] * towards, axis=-1)
    on_wall = rendering.nodes == 1
    light = rendering.radiance[..., 0]
    assert (on_wall & (miss < 0.95)).sum() > 500
    assert light[on_wall & (miss < 0.95)].max() < 1e-6
    assert light[on_wall & (miss > 1.05)].min() > 0.8
    # The lit side of the ball does not shade itself.
    bare = radiance(RenderScene(scene.nodes, (DirectionalLight((0.5, 0, 1)),)), camera)[..., 0]
    facing = (rendering.nodes == 0) & (bare > 0.4)
    np.testing.assert_allclose(light[facing], bare[facing], rtol=1e-3)


def test_a_spot_casts_a_shadow():
    spot = SpotLight((0, 0, 0), intensity=200.0, direction=(0, 0, 1), casts_shadow=True)
    matt = Material(roughness=1.0)
    scene = RenderScene((ball(matt), SurfaceNode(wall(20, 20, 8), matt)), (spot,))
    camera = pinhole(world_from_camera=tilted(0, (6, 0, 0)))
    rendering = RENDERER.render(scene, camera, RenderOptions(frozenset({Output.RADIANCE}), samples=1))
    # The lamp's shadow of the ball is 8 / sqrt(15) around the wall's middle; the camera sees the wall aside.
    place = camera.project(np.array([[0.0, 0, 8], [1.8, 0, 8], [3.0, 0, 8]]))
    shadow, edge, lit = (rendering.radiance[int(y), int(x), 0] for x, y in np.round(place))
    assert shadow < 1e-6
    assert edge < 1e-6
    assert lit > 0.1


@pytest.mark.parametrize("away", [(0.0, 0.0, 4.0), (2.6, 0.3, 2.4), (-3.0, 2.9, 0.1), (0.4, -3.0, -3.2)])
def test_a_lamp_casts_shadows_to_all_sides(away):
    """A ball around a lamp shades what is behind it on a globe, also where two sides of the map meet."""
    lamp = PointLight((0.2, -0.1, 0.3), intensity=300.0, casts_shadow=True)
    matt = Material(roughness=1.0, double_sided=True)
    place = np.eye(4)
    place[:3, 3] = np.array(lamp.position) + away
    globe = np.diag([9.0, 9.0, 9.0, 1.0])
    scene = RenderScene(
        (SurfaceNode(sphere(), matt, place), SurfaceNode(sphere((400, 200)), matt, globe)), (lamp,)
    )
    forward = np.array(away) / np.linalg.norm(away)
    aside = np.cross(forward, (0.3, 0.5, 0.8))
    eye = np.array(lamp.position) - 2.5 * aside / np.linalg.norm(
        aside
    )  # from where the ball does not hide it
    camera = PinholeCamera.looking_at(tuple(eye), tuple(eye + forward), (200, 160), view_angle_deg=100)
    options = RenderOptions(
        frozenset({Output.RADIANCE, Output.NODES, Output.DEPTH}), samples=1, shadow_edge=1024
    )
    seen = RENDERER.render(scene, camera, options)
    origins, directions = camera.rays()
    hits = origins + directions * seen.depth[..., None]
    beam = hits - np.array(lamp.position)
    beam /= np.linalg.norm(beam, axis=-1, keepdims=True)
    miss = np.linalg.norm(np.cross(beam, np.array(away)), axis=-1)
    miss[beam @ np.array(away) < 0] = 9
    on_globe, light = seen.nodes == 1, seen.radiance[..., 0]
    assert (on_globe & (miss < 0.95)).sum() > 100
    assert light[on_globe & (miss < 0.95)].max() < 1e-6
    assert (on_globe & (miss > 1.05)).sum() > 10000
    assert light[on_globe & (miss > 1.05)].min() > 0.2


def test_toon_light_ends_at_a_hard_border():
    toon = ToonLook(shade_colour=(0.1, 0.2, 0.3), toony=0.99)
    material = Material((0.8, 0.6, 0.4, 1), shading=Shading.TOON, toon=toon)
    shown = radiance(RenderScene((ball(material),), (DirectionalLight((-1, 0, 0)),)), pinhole(focal=300.0))
    inside = shown[..., 3] == 1
    left, right = shown[60, 70], shown[60, 90]
    np.testing.assert_allclose(left[:3], [0.1, 0.2, 0.3], atol=1e-6)
    np.testing.assert_allclose(right[:3], [0.8, 0.6, 0.4], atol=1e-6)
    between = inside & (shown[..., 0] > 0.11) & (shown[..., 0] < 0.79)
    assert between.sum() < 0.02 * inside.sum()


def test_a_matcap_shows_its_ball():
    """The upper half of the picture is on normals that lean up (+y), the right half on those to the right."""
    quarters = np.zeros((64, 64, 4), np.uint8)
    quarters[:32, :, 0] = 255
    quarters[:, 32:, 1] = 255
    quarters[..., 3] = 255
    toon = ToonLook(matcap_texture=Texture(quarters), rim_lighting=0)
    black = Material((0, 0, 0, 1), shading=Shading.TOON, toon=toon)
    # Seen from +z, with +y up and +x to the right.
    pose = np.diag([1.0, -1, -1, 1])
    pose[2, 3] = 4
    shown = radiance(RenderScene((SurfaceNode(sphere(), black),)), pinhole(world_from_camera=pose))
    for row, column, colour in ((45, 65, (1, 0)), (45, 95, (1, 1)), (75, 65, (0, 0)), (75, 95, (0, 1))):
        np.testing.assert_allclose(shown[row, column, :2], colour, atol=1e-6)


def test_a_texture_moves_the_border_of_toon_light():
    white = np.full((2, 2, 4), 255, np.uint8)
    lit = ToonLook(shade_colour=(0, 0, 0), toony=0.99, shift_texture=Texture(white), shift_scale=1.0)
    material = Material(shading=Shading.TOON, toon=lit)
    wall_node = SurfaceNode(wall(4, 4, 3), material)
    # Light from the side of the wall, a little from behind.
    shown = radiance(RenderScene((wall_node,), (DirectionalLight((1, 0, -0.3)),)))
    np.testing.assert_allclose(shown[60, 80, :3], 1, atol=1e-6)


@pytest.mark.parametrize("unit", OutlineUnit)
def test_an_outline_has_its_width(unit):
    focal, height = 300.0, 240
    # Two pixels at a distance of 4, or one hundredth of the picture's height.
    width = 2 * 4 / focal if unit is OutlineUnit.WORLD else 0.01
    toon = ToonLook(outline_width=width, outline_unit=unit, outline_colour=(1, 0, 0), outline_lighting=0)
    material = Material(shading=Shading.TOON, toon=toon)
    mirror = np.diag([-1.0, 1, 1, 1])
    for place in (AHEAD, AHEAD @ mirror):
        scene = RenderScene((SurfaceNode(sphere(), material, place),), ambient=(1, 1, 1))
        shown = radiance(scene, pinhole((320, height), focal))
        row = shown[height // 2]
        seen = np.flatnonzero(row[:, 3])
        red = (row[:, 0] > 0.9) & (row[:, 1] < 0.1)
        assert 2 <= red[: len(red) // 2].sum() <= 3
        assert 2 <= red[len(red) // 2 :].sum() <= 3
        assert red[seen[0]]
        assert red[seen[-1]]


def test_a_normal_map_turns_the_light():
    """A map that leans to +u makes a wall look turned towards what is to the right."""
    leaning = np.full((4, 4, 4), 255, np.uint8)
    leaning[..., :3] = (218, 128, 218)
    material = Material(roughness=1.0, normal_texture=Texture(leaning))

    def lit(direction):
        scene = RenderScene((SurfaceNode(wall(4, 4, 3), material),), (DirectionalLight(direction),))
        return radiance(scene)[60, 80, 0]

    assert lit((-1, 0, 1)) > 0.9
    assert lit((1, 0, 1)) < 0.05
    assert lit((0, 0, 1)) == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_neutral_tone_mapping_keeps_middle_colours_and_tames_bright_ones():
    options = RenderOptions(samples=1, tone_mapping=ToneMapping.NEUTRAL)

    def shown(value, exposure=1.0):
        grey = Material((value, value, value, 1), shading=Shading.UNLIT)
        scene = RenderScene((SurfaceNode(wall(9, 9, 3), grey),))
        mapped = RenderOptions(samples=1, tone_mapping=options.tone_mapping, exposure=exposure)
        return int(RENDERER.render(scene, pinhole(), mapped).picture[60, 80, 0])

    plain = RENDERER.render(
        RenderScene((SurfaceNode(wall(9, 9, 3), Material((0.46, 0.46, 0.46, 1), shading=Shading.UNLIT)),)),
        pinhole(),
        RenderOptions(samples=1),
    ).picture
    assert shown(0.5) == plain[60, 80, 0]  # 0.04 is taken from everything, as Fresnel's reflection adds it
    assert shown(1, 1.0) < shown(1, 2.0) < shown(1, 8.0) < 255


def test_unlit_surfaces_have_no_light():
    scene = RenderScene((SurfaceNode(wall(9, 9, 3), UNLIT),), (DirectionalLight((0, 0, 1), intensity=9.0),))
    np.testing.assert_allclose(radiance(scene)[60, 80], 1)


def test_impossible_light_is_refused():
    with pytest.raises(ValueError, match="direction"):
        DirectionalLight((0, 0, 0))
    with pytest.raises(ValueError, match="outer"):
        SpotLight((0, 0, 0), outer_angle_deg=120)
    with pytest.raises(ValueError, match="not negative"):
        Environment(np.full((2, 2, 3), -1, np.float32))
    with pytest.raises(ValueError, match="0 to 1"):
        ToonLook(toony=2)
