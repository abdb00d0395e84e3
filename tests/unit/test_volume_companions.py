"""Surfaces, cuts, labels, fused volumes and depth in pictures of volumes, against analytic truth."""

from dataclasses import replace

import numpy as np
import pytest

from core.volume import Volume
from render.camera import Camera
from render.clip_plane import ClipPlane
from render.label_layer import LabelColour, LabelLayer
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import Companions, VolumeRenderer
from tests.unit.test_volume_renderer import SOLID, ball, parallel_camera, placed

SIZE = (128, 128)
CLEAR = VolumeLook(TransferFunction((ControlPoint(0, 1, 1, 1, 0),)), shaded=False)


def haze(opacity, value=100.0):
    """Every value absorbs this part of the light in a millimetre."""
    return VolumeLook(TransferFunction((ControlPoint(value, 0.2, 0.4, 0.8, opacity),)), shaded=False)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.float32])
def test_an_isosurface_is_where_the_values_are(dtype):
    volume = ball(dtype=dtype)
    look = VolumeLook(SOLID, VolumeMode.ISOSURFACE, surface_value=50.0)
    camera = parallel_camera(volume)
    shown = VolumeRenderer(volume).render_with_depth(camera, look, SIZE)
    y, x = (np.indices((128, 128)) - 63.5) / 2
    radius = np.hypot(x, y)
    inside = radius < 19.5
    distance = -camera.position_lps_mm[1]
    truth = distance - np.sqrt(np.maximum(20**2 - radius**2, 0))
    tolerance = 0.05 if dtype == np.float32 else 0.2  # whole values: a quarter of a voxel apart
    steep = radius < 17
    np.testing.assert_allclose(shown.depth_mm[steep], truth[steep], atol=tolerance)
    assert (shown.rgba[inside][:, 3] == 255).all()
    assert np.isnan(shown.depth_mm[radius > 20.5]).all()
    assert not shown.rgba[radius > 20.5].any()


def test_an_isosurface_takes_the_colour_of_its_value():
    points = (ControlPoint(0, 1, 0, 0, 0), ControlPoint(100, 0, 0, 1, 1))
    look = VolumeLook(TransferFunction(points), VolumeMode.ISOSURFACE, shaded=False)
    assert look.transfer.surface_value == 50
    volume = ball()
    picture = VolumeRenderer(volume).render(parallel_camera(volume), look, SIZE, quality="full")
    np.testing.assert_allclose(picture[64, 64], [128, 0, 128, 255], atol=1)


def test_a_clip_plane_shows_the_inside():
    """A ball cut in half is seen as its disc, farther by the radius."""
    volume = ball()
    cut = ClipPlane((0, 0, 0), (0, 2, 0))
    camera = parallel_camera(volume)
    for mode in (VolumeMode.COMPOSITE, VolumeMode.ISOSURFACE):
        look = VolumeLook(SOLID, mode, clip_planes=(cut,))
        shown = VolumeRenderer(volume).render_with_depth(camera, look, SIZE)
        assert shown.depth_mm[64, 64] == pytest.approx(-camera.position_lps_mm[1], abs=1.1)
        area_mm2 = (shown.rgba[..., 3] > 127).sum() * 0.25
        assert area_mm2 == pytest.approx(np.pi * 20**2, rel=0.02)


def test_clip_planes_do_what_the_crop_box_does():
    volume = ball()
    renderer = VolumeRenderer(volume)
    camera = Camera.looking(volume, "A").orbit(35, 25)
    crop = ((-0.5, 20.5, -0.5), (63.5, 63.5, 40.5))
    planes = (ClipPlane((0, 20.5 - 31.5, 0), (0, 1, 0)), ClipPlane((0, 0, 40.5 - 31.5), (0, 0, -1)))
    cropped = renderer.render(camera, VolumeLook(SOLID, crop=crop), SIZE, quality="full")
    clipped = renderer.render(camera, VolumeLook(SOLID, clip_planes=planes), SIZE, quality="full")
    assert np.abs(cropped[..., 3].astype(int) - clipped[..., 3]).mean() < 0.5


def test_labels_are_drawn_where_they_are():
    """A labelled ball on a grid of its own, in a volume that does not show."""
    k, j, i = np.indices((64, 64, 64)) - 31.5
    inside = np.sqrt((2 * i) ** 2 + j**2 + k**2) < 15
    affine = np.diag([2.0, 1, 1, 1])
    affine[:3, 3] = [-63, -31.5, -31.5]
    labels = Volume(np.where(inside, 7, np.where(i > 10, 9, 0)).astype(np.uint16), affine)
    layer = LabelLayer(labels, {7: LabelColour(0, 1, 0, 0.99)}, shaded=False)
    volume = ball()
    renderer = VolumeRenderer(volume)
    camera = parallel_camera(volume)
    shown = renderer.render_with_depth(camera, CLEAR, SIZE, companions=Companions(labels=layer))
    opaque = shown.rgba[..., 3] > 127
    assert opaque.sum() * 0.25 == pytest.approx(np.pi * 15**2, rel=0.05)
    np.testing.assert_array_equal(shown.rgba[64, 64, :3], [0, 255, 0])
    assert shown.depth_mm[64, 64] == pytest.approx(-camera.position_lps_mm[1] - 15, abs=1)
    red = layer.recoloured({7: LabelColour(1, 0, 0, 0.99)})
    picture = renderer.render(camera, CLEAR, SIZE, quality="full", companions=Companions(labels=red))
    np.testing.assert_array_equal(picture[64, 64, :3], [255, 0, 0])
    none = layer.recoloured({})
    assert not renderer.render(camera, CLEAR, SIZE, companions=Companions(labels=none)).any()


def test_labels_may_reach_beyond_the_volume_but_not_beyond_its_crop_box():
    volume = placed(np.zeros((10, 10, 10), np.int16))
    labels = placed(np.ones((40, 40, 40), np.uint8))
    layer = LabelLayer(labels, {1: LabelColour(1, 1, 1, 0.99)})
    camera = parallel_camera(labels)
    together = Companions(labels=layer)
    whole = VolumeRenderer(volume).render(camera, CLEAR, SIZE, quality="full", companions=together)
    assert (whole[..., 3] > 127).sum() * 0.25 == pytest.approx(40 * 40, rel=0.05)
    crop = ((-0.5, -0.5, -0.5), (9.5, 9.5, 4.5))
    look = replace(CLEAR, crop=crop)
    part = VolumeRenderer(volume).render(camera, look, SIZE, quality="full", companions=together)
    assert (part[..., 3] > 127).sum() * 0.25 == pytest.approx(10 * 5, rel=0.1)


def test_fused_volumes_absorb_together():
    first = placed(np.full((20, 20, 20), 100, np.int16))
    second = placed(np.full((30, 10, 30), 100, np.float32), (0.5, 2.0, 0.5))
    camera = parallel_camera(first, height=5)
    together = Companions(volumes=((VolumeRenderer(second), haze(0.02)),))
    picture = VolumeRenderer(first).render(camera, haze(0.03), (20, 20), quality="full", companions=together)
    expected = 1 - 0.97**20 * 0.98**20
    np.testing.assert_allclose(picture[..., 3] / 255, expected, atol=1.5 / 255)
    np.testing.assert_allclose(
        picture[..., :3], np.array([[[51, 102, 204]]]).repeat(20, 0).repeat(20, 1), atol=1
    )


def test_a_mesh_hides_what_is_behind_it():
    volume = placed(np.full((20, 20, 20), 100, np.int16))
    camera = parallel_camera(volume, height=5)
    distance = -camera.position_lps_mm[1]
    hidden = np.full((20, 20), distance + 2.0, np.float32)
    hidden[:5] = np.nan
    hidden[15:] = distance - 30
    for quality in ("interactive", "full"):
        together = Companions(hidden_from_mm=hidden)
        picture = VolumeRenderer(volume).render(
            camera, haze(0.03), (20, 20), quality=quality, companions=together
        )
        np.testing.assert_allclose(picture[:5, :, 3] / 255, 1 - 0.97**20, atol=1.5 / 255)
        np.testing.assert_allclose(picture[5:15, :, 3] / 255, 1 - 0.97**12, atol=1.5 / 255)
        assert not picture[15:].any()


def test_only_composites_are_drawn_together():
    volume = ball()
    together = Companions(volumes=((VolumeRenderer(volume), VolumeLook(SOLID, VolumeMode.MIP)),))
    with pytest.raises(ValueError, match="composite"):
        VolumeRenderer(volume).render(parallel_camera(volume), VolumeLook(SOLID), SIZE, companions=together)


def test_an_interactive_depth_is_as_large_as_the_picture():
    volume = ball()
    shown = VolumeRenderer(volume).render_with_depth(
        parallel_camera(volume), VolumeLook(SOLID), (701, 503), quality="interactive"
    )
    assert shown.depth_mm.shape == (503, 701)
    assert shown.rgba.shape == (503, 701, 4)


@pytest.mark.parametrize("seed", range(20))
def test_random_looks_cameras_and_cuts_do_no_harm(seed):
    """Pictures of noise with holes and infinities, from anywhere, through anything, twice the same."""
    rng = np.random.default_rng(seed)
    dtype = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.float32][seed % 6]
    shape = tuple(int(n) for n in rng.integers(1, 24, 3))
    values = rng.normal(0, 40, shape)
    values = np.abs(values) if np.issubdtype(dtype, np.unsignedinteger) else np.clip(values, -100, 100)
    voxels = values.astype(dtype)
    if dtype == np.float32:
        voxels.ravel()[rng.integers(0, voxels.size, 3)] = [np.nan, np.inf, -np.inf]
    affine = np.eye(4)
    affine[:3, :3] = rng.normal(0, 1, (3, 3)) + 2 * np.eye(3)
    volume = Volume(np.ascontiguousarray(voxels), affine)
    renderer = VolumeRenderer(volume)
    labels = LabelLayer(
        Volume(rng.integers(0, 4, shape).astype(np.uint8), affine),
        {int(n): LabelColour(*rng.random(4)) for n in rng.integers(0, 6, 3)},
    )
    for _ in range(15):
        look, camera = _random_look(rng, volume), _random_camera(rng, volume)
        together = Companions()
        if look.mode is VolumeMode.COMPOSITE and rng.random() < 0.5:
            others = ((renderer, replace(_random_look(rng, volume), mode=VolumeMode.COMPOSITE)),)
            together = Companions(others, labels if rng.random() < 0.5 else None)
        arguments = (camera, look, (37, 29))
        shown = renderer.render_with_depth(*arguments, companions=together)
        again = renderer.render_with_depth(*arguments, companions=together)
        np.testing.assert_array_equal(shown.rgba, again.rgba)
        np.testing.assert_array_equal(shown.depth_mm, again.depth_mm)
        assert not np.isinf(shown.depth_mm).any()


def _random_look(rng, volume):
    values = np.sort(rng.normal(0, 50, rng.integers(1, 6)))
    points = tuple(ControlPoint(float(value), *rng.random(3), float(rng.random() ** 4)) for value in values)
    gradients = tuple((float(x), float(rng.random())) for x in np.sort(np.abs(rng.normal(0, 30, 3))))
    transfer = TransferFunction(points, gradients if rng.random() < 0.3 else (), float(rng.uniform(0.1, 5)))
    planes = tuple(
        ClipPlane(tuple(volume.centre_lps_mm + rng.normal(0, 4, 3)), tuple(rng.normal(0, 1, 3)))
        for _ in range(rng.integers(0, 4))
    )
    corners = np.sort(rng.uniform(-2, 25, (2, 3)), axis=0)
    return VolumeLook(
        transfer,
        list(VolumeMode)[rng.integers(len(VolumeMode))],
        shaded=bool(rng.random() < 0.6),
        window=(float(rng.normal(0, 30)), float(rng.uniform(0.01, 200))),
        crop=tuple(map(tuple, corners.tolist())) if rng.random() < 0.3 else None,
        clip_planes=planes,
    )


def _random_camera(rng, volume):
    direction = rng.normal(0, 1, 3)
    position = volume.centre_lps_mm + direction * rng.uniform(0.1, 60)
    return Camera(
        tuple(position),
        tuple(volume.centre_lps_mm + rng.normal(0, 0.01, 3)),
        tuple(rng.normal(0, 1, 3)),
        view_angle_deg=float(rng.uniform(5, 150)),
        parallel_height_mm=float(rng.uniform(1, 100)) if rng.random() < 0.5 else None,
    )
