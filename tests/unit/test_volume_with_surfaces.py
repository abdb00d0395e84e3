"""Volumes and surfaces in one picture, against analytic truth."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import Cancelled
from imaging.reslice import StopFlag
from render.camera import Camera
from render.material import AlphaMode, Material, Shading
from render.native_renderer import NativeRenderer
from render.picture_quality import Quality
from render.scene import RenderScene, SurfaceNode
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import Companions, VolumeRenderer
from render.volume_with_surfaces import draw_together
from tests.render_scenes import quad, sphere
from tests.unit.test_volume_companions import haze
from tests.unit.test_volume_renderer import SOLID, ball, parallel_camera, placed

QUALITIES = list(Quality)
FAR = 1e6
WHITE = VolumeLook(SOLID, shaded=False)


def paint(*colour):
    alpha = AlphaMode.BLEND if len(colour) == 4 else AlphaMode.OPAQUE
    return Material(
        base_colour=(*colour[:3], colour[3] if len(colour) == 4 else 1.0),
        shading=Shading.UNLIT,
        alpha_mode=alpha,
        double_sided=True,
    )


def upright(y, half=40.0, left=None, material=None):
    """A wall across the patient at `y`, from `left` to the patient's left."""
    low = -half if left is None else left
    corners = [(low, y, half), (half, y, half), (half, y, -half), (low, y, -half)]
    return SurfaceNode(quad(corners), material or paint(1.0, 0.0, 0.0))


def globe(centre, radius, material):
    place = np.eye(4)
    place[:3, 3] = centre
    return SurfaceNode(sphere(radius=radius), material, place)


def drawn(volume, look, nodes, camera, size=(128, 128), **more):
    return draw_together(
        VolumeRenderer(volume), look, NativeRenderer(), RenderScene(tuple(nodes)), camera, size, **more
    )


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize(("y", "before"), [(-30.0, 0), (2.0, 12), (30.0, 20)])
def test_haze_lies_over_a_wall_as_far_as_it_is_before_it(quality, y, before):
    volume = placed(np.full((20, 20, 20), 100, np.int16))
    camera = parallel_camera(volume, height=5)
    shown = drawn(volume, haze(0.03), [upright(y)], camera, (20, 20), quality=quality)
    opacity = 1 - 0.97**before
    expected = opacity * np.array([51, 102, 204]) + (1 - opacity) * np.array([255, 0, 0])
    np.testing.assert_allclose(shown[..., :3] - expected, 0, atol=2)
    assert (shown[..., 3] == 255).all()


@pytest.mark.parametrize("quality", QUALITIES)
def test_haze_behind_a_pane_is_seen_through_it(quality):
    volume = placed(np.full((20, 20, 20), 100, np.int16))
    camera = parallel_camera(volume, height=5)
    pane = upright(2.0, material=paint(1.0, 0.0, 0.0, 0.4))
    shown = drawn(volume, haze(0.03), [pane], camera, (20, 20), quality=quality)
    before, behind = 0.97**12, 0.97**8
    red, blue = np.array([255, 0, 0]), np.array([51, 102, 204])
    light = (1 - before) * blue + before * (0.4 * red + 0.6 * (1 - behind) * blue)
    alpha = 1 - before * 0.6 * behind
    np.testing.assert_allclose(shown[..., 3] / 255 - alpha, 0, atol=2 / 255)
    np.testing.assert_allclose(shown[..., :3] - light / alpha, 0, atol=3)


@pytest.mark.parametrize("parallel", [True, False])
def test_of_two_balls_the_nearer_one_is_seen(parallel):
    """A ball of the volume, and one of triangles that goes through it."""
    volume = ball()
    centre, radius = np.array([12.0, -6.0, 4.0]), 15.0
    camera = parallel_camera(volume) if parallel else Camera((0, -110, 0), (0, 0, 0), (0, 0, 1), 35.0)
    shown = drawn(volume, WHITE, [globe(centre, radius, paint(0, 1, 0))], camera)
    white, green = _depth(camera, np.zeros(3), 20.0), _depth(camera, centre, radius)
    told = np.abs(white - green) > 1.0  # where both are as far it cannot be told
    inside = _all_around(white < FAR) | _all_around(white == FAR)
    inside &= _all_around(green < FAR) | _all_around(green == FAR)
    for expected, colour in ((white < green, (255, 255, 255)), (green < white, (0, 255, 0))):
        found = shown[expected & told & inside]
        assert len(found) > 800
        np.testing.assert_allclose(found[:, :3].astype(float) - colour, 0, atol=3)
    assert not shown[inside & (white == FAR) & (green == FAR)].any()


@pytest.mark.parametrize("quality", QUALITIES)
@pytest.mark.parametrize("y", [-25.0, 25.0])
def test_no_seam_shows_at_the_edge_of_a_surface(quality, y):
    """A wall that ends amid an opaque block, seen large: the colours of both, and nothing between."""
    volume = placed(np.full((30, 30, 30), 100, np.int16))
    camera = parallel_camera(volume, height=20).roll(7)
    size = (640, 480)
    shown = drawn(volume, haze(0.95), [upright(y, left=0.3)], camera, size, quality=quality)
    assert (shown[..., 3] >= 254).all()
    share = (shown[..., 0].astype(float) - 51) / (255 - 51)
    red, blue = np.array([255.0, 0, 0]), np.array([51.0, 102, 204])
    expected = share[..., None] * red + (1 - share[..., None]) * blue
    np.testing.assert_allclose(shown[..., :3] - expected, 0, atol=3)
    if y < 0:  # the wall is before the block, and its edge leans
        assert np.ptp(share.mean(axis=1)) > 0.05
    else:
        assert share.max() < 0.02


def test_surfaces_lie_over_projections():
    volume = ball()
    look = VolumeLook(SOLID, VolumeMode.MIP)
    camera = parallel_camera(volume)
    shown = drawn(volume, look, [upright(25.0, left=0.0)], camera)
    alone = VolumeRenderer(volume).render(camera, look, (128, 128), quality="full")
    np.testing.assert_array_equal(shown[:, :62], alone[:, :62])
    assert (shown[:, 66:, :3] == [255, 0, 0]).all()


def test_a_picture_without_surfaces_is_that_of_the_volume():
    volume = ball()
    camera = Camera.looking(volume, "L")
    renderer = VolumeRenderer(volume)
    alone = renderer.render(camera, WHITE, (90, 70), quality="full")
    beside = upright(0.0, half=2.0)
    beside = replace(beside, world_from_mesh=np.array([[1.0, 0, 0, 900], *np.eye(4)[1:]]))
    np.testing.assert_array_equal(drawn(volume, WHITE, [beside], camera, (90, 70)), alone)


def test_it_stops():
    volume = ball()
    stop = StopFlag()
    stop.stop()
    with pytest.raises(Cancelled):
        drawn(volume, WHITE, [upright(0.0)], Camera.looking(volume), companions=Companions(), stop=stop)


def _depth(camera, centre, radius):
    """Distance of a ball along every pixel's ray; FAR where it is not met."""
    rays = camera.rays((128, 128))
    y, x = np.mgrid[:128, :128][..., None]
    origin, ahead = (rays[n] + x * rays[n + 1] + y * rays[n + 2] for n in (0, 3))
    ahead = ahead / np.linalg.norm(ahead, axis=-1, keepdims=True)
    along = ((centre - origin) * ahead).sum(-1)
    square = radius**2 - (np.linalg.norm(centre - origin, axis=-1) ** 2 - along**2)
    return np.where(square > 0, along - np.sqrt(np.maximum(square, 0)), FAR)


def _all_around(mask):
    """True where it is within two pixels as well."""
    padded = np.pad(mask, 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, (5, 5)).all(axis=(2, 3))
