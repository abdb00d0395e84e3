"""Pictures of volumes against analytic truth."""

import threading
import time

import numpy as np
import pytest

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from render.camera import Camera
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import VolumeRenderer

SIZE = (128, 128)
SOLID = TransferFunction((ControlPoint(50, 1, 1, 1, 0), ControlPoint(50.5, 1, 1, 1, 0.99)))


def placed(voxels, spacing=(1.0, 1.0, 1.0)):
    """Put the middle of a grid at the origin of the patient."""
    lps_from_ijk = np.diag([*spacing, 1.0])
    lps_from_ijk[:3, 3] = -np.array(spacing) * (np.array(voxels.shape[::-1]) - 1) / 2
    return Volume(np.ascontiguousarray(voxels), lps_from_ijk)


def ball(radius=20.0, n=64, dtype=np.float32, centre=(0, 0, 0)):
    """Values fall linearly from 50 at the surface of a ball."""
    k, j, i = np.indices((n, n, n)) - (n - 1) / 2
    distance = np.sqrt((i - centre[0]) ** 2 + (j - centre[1]) ** 2 + (k - centre[2]) ** 2)
    values = np.clip(50 + 4 * (radius - distance), 0, 100)
    return placed((values if dtype == np.float32 else np.round(values)).astype(dtype))


def parallel_camera(volume, direction="A", height=64.0):
    camera = Camera.looking(volume, direction, parallel=True)
    return Camera(
        camera.position_lps_mm, camera.focal_point_lps_mm, camera.view_up, parallel_height_mm=height
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.float32])
@pytest.mark.parametrize("quality", ["interactive", "full"])
def test_silhouette_of_a_ball(dtype, quality):
    volume = ball(dtype=dtype)
    picture = VolumeRenderer(volume).render(parallel_camera(volume), VolumeLook(SOLID), SIZE, quality=quality)
    area_mm2 = (picture[..., 3] > 127).sum() * (64 / 128) ** 2
    assert area_mm2 == pytest.approx(np.pi * 20**2, rel=0.02)
    rows, columns = np.nonzero(picture[..., 3] > 127)
    assert rows.mean() == pytest.approx(63.5, abs=0.6)
    assert columns.mean() == pytest.approx(63.5, abs=0.6)


def test_silhouette_of_a_ball_in_perspective():
    """A ball of radius r at distance d is seen under the angle asin(r / d)."""
    volume = ball()
    camera = Camera((0, -100, 0), (0, 0, 0), (0, 0, 1), view_angle_deg=40)
    picture = VolumeRenderer(volume).render(camera, VolumeLook(SOLID), SIZE, quality="full")
    radius_pixels = np.tan(np.arcsin(20 / 100)) / np.tan(np.radians(20)) * 64
    assert (picture[..., 3] > 127).sum() == pytest.approx(np.pi * radius_pixels**2, rel=0.02)


@pytest.mark.parametrize("parallel", [True, False])
def test_pick_finds_the_surface(parallel):
    volume = ball()
    camera = parallel_camera(volume) if parallel else Camera.looking(volume, "A")
    renderer = VolumeRenderer(volume)
    point = renderer.pick(camera, VolumeLook(SOLID), SIZE, (63.5, 63.5))
    np.testing.assert_allclose(point, [0, -20, 0], atol=0.5)
    assert renderer.pick(camera, VolumeLook(SOLID), SIZE, (1, 1)) is None


@pytest.mark.parametrize("spacing", [(1, 1, 1), (0.5, 3.0, 0.7)])
@pytest.mark.parametrize("unit_mm", [1.0, 4.0])
@pytest.mark.parametrize("quality", ["interactive", "full"])
def test_opacity_of_a_slab_follows_the_power_law(spacing, unit_mm, quality):
    volume = placed(np.full((30, 12, 40), 100, np.int16), spacing)
    transfer = TransferFunction((ControlPoint(100, 0.5, 0.5, 0.5, 0.03),), unit_mm=unit_mm)
    look = VolumeLook(transfer, shaded=False)
    picture = VolumeRenderer(volume).render(
        parallel_camera(volume, height=5), look, (20, 20), quality=quality
    )
    expected = 1 - (1 - 0.03) ** (12 * spacing[1] / unit_mm)
    np.testing.assert_allclose(picture[..., 3] / 255, expected, atol=1 / 255)
    np.testing.assert_allclose(picture[..., :3], 128, atol=1)


@pytest.mark.parametrize(("mode", "reduce"), [(VolumeMode.MIP, np.max), (VolumeMode.MINIP, np.min)])
def test_projection_along_an_axis_equals_numpy(mode, reduce):
    rng = np.random.default_rng(5)
    volume = placed(rng.integers(0, 255, (40, 40, 40)).astype(np.uint8))
    look = VolumeLook(SOLID, mode, window=(127.5, 255))
    camera = parallel_camera(volume, "A", height=40)
    picture = VolumeRenderer(volume).render(camera, look, (40, 40), quality="full")
    # From the front: columns run to the patient's left, rows downwards, i.e. to smaller k.
    truth = reduce(volume.voxels.astype(float), axis=1)[::-1]
    greys = picture[..., 0].astype(float)
    # Samples half a voxel apart may miss the extreme voxel's centre by a quarter of a voxel.
    assert np.abs(greys - truth).max() <= 0.26 * 255
    assert ((greys <= truth + 1) if mode is VolumeMode.MIP else (greys >= truth - 1)).all()
    assert np.corrcoef(greys.ravel(), truth.ravel())[0, 1] > 0.3
    smooth = ball(dtype=np.float32)
    look = VolumeLook(SOLID, mode, window=(50, 100))
    picture = VolumeRenderer(smooth).render(parallel_camera(smooth), look, (64, 64), quality="full")
    truth = reduce(smooth.voxels, axis=1)[::-1] * 2.55
    np.testing.assert_allclose(picture[..., 0], truth, atol=3)


def test_mean_along_an_axis_equals_numpy():
    volume = ball()
    look = VolumeLook(SOLID, VolumeMode.MEAN, window=(50, 100))
    picture = VolumeRenderer(volume).render(parallel_camera(volume), look, (64, 64), quality="full")
    truth = volume.voxels.mean(axis=1)[::-1] * 2.55
    np.testing.assert_allclose(picture[..., 0], truth, atol=3)
    assert (picture[..., 3] == 255).all()


def test_crop_box_cuts():
    volume = ball()
    crop = ((-0.5, -0.5, 31.5), (63.5, 63.5, 63.5))
    picture = VolumeRenderer(volume).render(parallel_camera(volume), VolumeLook(SOLID, crop=crop), SIZE)
    rows, _ = np.nonzero(picture[..., 3] > 127)
    assert rows.max() <= 65  # only the upper half is left
    assert (picture[..., 3] > 127).sum() * 0.25 == pytest.approx(np.pi * 200, rel=0.05)


@pytest.mark.parametrize(
    ("direction", "at_left", "at_top"),
    [
        ("A", (-1, 0, 0), (0, 0, 1)),
        ("P", (1, 0, 0), (0, 0, 1)),
        ("L", (0, -1, 0), (0, 0, 1)),
        ("R", (0, 1, 0), (0, 0, 1)),
        ("S", (1, 0, 0), (0, -1, 0)),
        ("I", (-1, 0, 0), (0, -1, 0)),
    ],
)
@pytest.mark.parametrize("parallel", [True, False])
def test_sides_of_the_patient(direction, at_left, at_top, parallel):
    """Seen from the front the patient's right (-x in LPS) is on the left and the head (+z) at the top."""

    def centroid(where):
        volume = ball(radius=8, centre=tuple(18 * np.array(where)))
        camera = Camera.looking(volume, direction, parallel=parallel)
        picture = VolumeRenderer(volume).render(camera, VolumeLook(SOLID), SIZE)
        rows, columns = np.nonzero(picture[..., 3] > 127)
        return columns.mean(), rows.mean()

    x, y = centroid(at_left)
    assert x < 50
    assert y == pytest.approx(63.5, abs=1.5)
    x, y = centroid(at_top)
    assert y < 50
    assert x == pytest.approx(63.5, abs=1.5)


def test_the_side_towards_the_light_is_bright():
    volume = ball()
    look = VolumeLook(SOLID, specular=0)
    picture = VolumeRenderer(volume).render(parallel_camera(volume), look, SIZE, quality="full")
    middle, rim = picture[60, 60, 0], picture[63, 63 + 38, 0]
    assert middle > 200
    assert rim < 0.7 * middle
    flat = VolumeRenderer(volume).render(
        parallel_camera(volume), VolumeLook(SOLID, shaded=False), SIZE, quality="full"
    )
    assert (flat[flat[..., 3] > 250][:, 0] > 250).all()


def test_gradient_opacity_hides_the_inside():
    """A homogeneous inside vanishes where only edges are opaque."""
    k, j, i = np.indices((48, 48, 48)) - 23.5
    distance = np.sqrt(i**2 + j**2 + k**2)
    volume = placed(np.clip(100 - 40 * (distance - 15), 0, 100).astype(np.float32))
    points = (ControlPoint(10, 1, 1, 1, 0), ControlPoint(60, 1, 1, 1, 0.2))
    edges = TransferFunction(points, gradient_opacity=((0, 0), (10, 0.2), (30, 1)))
    camera = parallel_camera(volume, height=48)
    whole = VolumeRenderer(volume).render(
        camera, VolumeLook(TransferFunction(points)), (48, 48), quality="full"
    )
    shell = VolumeRenderer(volume).render(camera, VolumeLook(edges), (48, 48), quality="full")
    assert whole[24, 24, 3] > 250
    assert 20 < shell[24, 24, 3] < 150
    assert shell[24, 24 + 14, 3] > shell[24, 24, 3] + 20


def test_the_same_arguments_give_the_same_picture():
    volume = ball(dtype=np.int16)
    renderer = VolumeRenderer(volume)
    camera = Camera.looking(volume, "L").orbit(20, 30)
    pictures = [renderer.render(camera, VolumeLook(SOLID), (200, 150), quality="full") for _ in range(3)]
    assert pictures[0][..., 3].any()
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize("mode", [VolumeMode.COMPOSITE, VolumeMode.MIP])
def test_pixels_closer_than_voxels_are_those_of_rays_of_their_own(mode):
    """With depths every pixel has its ray; without, some are the mean of four that are alike."""
    volume = ball(dtype=np.int16)
    look = VolumeLook(SOLID, mode, window=(50, 100))
    renderer, camera = VolumeRenderer(volume), parallel_camera(volume)
    sparse = renderer.render(camera, look, (200, 200), quality="full").astype(int)
    every = renderer.render_with_depth(camera, look, (200, 200)).rgba
    assert (sparse != every).any()
    assert np.abs(sparse - every).max() <= 12


def test_empty_space_is_left_out_without_a_trace():
    """Blocks that do not show are leaped over; a faint everywhere function forbids it."""
    volume = ball(dtype=np.float32)
    low = 1e-7  # too faint to be seen, but every block counts as occupied
    everywhere = TransferFunction(
        (ControlPoint(0, 1, 1, 1, low), ControlPoint(50, 1, 1, 1, low), ControlPoint(50.5, 1, 1, 1, 0.99))
    )
    nowhere = TransferFunction(
        (ControlPoint(0, 1, 1, 1, 0), ControlPoint(50, 1, 1, 1, 0), ControlPoint(50.5, 1, 1, 1, 0.99))
    )
    camera = Camera.looking(volume, "S").orbit(33, 21)
    slow = VolumeRenderer(volume).render(camera, VolumeLook(everywhere), SIZE, quality="full")
    fast = VolumeRenderer(volume).render(camera, VolumeLook(nowhere), SIZE, quality="full")
    np.testing.assert_allclose(fast[..., 3].astype(int), slow[..., 3], atol=2)


def test_refresh_shows_new_voxels():
    voxels = np.zeros((32, 32, 32), np.int16)
    volume = placed(voxels)
    renderer = VolumeRenderer(volume)
    camera = parallel_camera(volume, height=32)
    assert not renderer.render(camera, VolumeLook(SOLID), SIZE).any()
    assert renderer.value_range == (0, 0)
    volume.voxels[10:20, 10:20, 10:20] = 100
    renderer.refresh()
    assert renderer.render(camera, VolumeLook(SOLID), SIZE)[64, 64, 3] > 250
    assert renderer.value_range == (0, 100)


def test_stopping_raises_cancelled_at_once():
    rng = np.random.default_rng(0)
    volume = placed(rng.integers(0, 40, (128, 128, 128)).astype(np.int16))
    faint = TransferFunction((ControlPoint(0, 1, 1, 1, 1e-4), ControlPoint(40, 1, 1, 1, 1e-4)))
    stop, stopped = StopFlag(), []

    def press():
        stopped.append(time.perf_counter())
        stop.stop()

    timer = threading.Timer(0.05, press)
    timer.start()
    with pytest.raises(Cancelled):
        VolumeRenderer(volume).render(
            Camera.looking(volume), VolumeLook(faint), (4000, 4000), quality="full", stop=stop
        )
    timer.join()
    assert stopped


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 20, 20), (20, 1, 20), (20, 20, 1), (2, 2, 2)])
@pytest.mark.parametrize("mode", list(VolumeMode))
def test_flat_volumes(shape, mode):
    volume = placed(np.full(shape, 100, np.int16))
    camera = Camera.looking(volume, "A").orbit(40, 30)
    picture = VolumeRenderer(volume).render(camera, VolumeLook(SOLID, mode, window=(50, 10)), (64, 64))
    assert picture[32, 32, 3] > 200
    assert picture[0, 0, 3] == 0


def test_a_camera_inside_the_volume_sees_what_is_before_it():
    volume = ball()
    camera = Camera((0, 0, 0), (0, 1, 0), (0, 0, 1), view_angle_deg=60)
    hollow = TransferFunction((ControlPoint(0, 0, 1, 0, 0.99), ControlPoint(20, 0, 1, 0, 0.0)))
    picture = VolumeRenderer(volume).render(camera, VolumeLook(hollow), SIZE)
    assert (picture[..., 3] > 230).all()


def test_a_sheared_grid_is_seen_where_it_is():
    """The same ball stored on a sheared grid gives the same silhouette."""
    n, shear = 64, 0.4
    k, j, i = np.indices((n, n, n)) - (n - 1) / 2
    y = j + shear * k
    distance = np.sqrt(i**2 + y**2 + k**2)
    voxels = np.clip(50 + 4 * (15 - distance), 0, 100).astype(np.float32)
    lps_from_ijk = np.eye(4)
    lps_from_ijk[1, 2] = shear
    lps_from_ijk[:3, 3] = -(lps_from_ijk[:3, :3] @ np.full(3, (n - 1) / 2))
    volume = Volume(voxels, lps_from_ijk)
    for direction in "ALS":
        camera = parallel_camera(volume, direction)
        picture = VolumeRenderer(volume).render(camera, VolumeLook(SOLID), SIZE, quality="full")
        assert (picture[..., 3] > 127).sum() * 0.25 == pytest.approx(np.pi * 15**2, rel=0.03)


def test_colour_volumes_are_shown_by_brightness():
    rgb = np.zeros((20, 20, 20, 3), np.uint8)
    rgb[5:15, 5:15, 5:15] = (0, 255, 0)
    volume = Volume(rgb, np.eye(4))
    renderer = VolumeRenderer(volume)
    assert renderer.value_range == (0, 150)
    picture = renderer.render(Camera.looking(volume), VolumeLook(SOLID), (64, 64))
    assert picture[32, 32, 3] > 250


@pytest.mark.parametrize("mode", list(VolumeMode))
def test_voxels_that_are_no_numbers_do_no_harm(mode):
    volume = ball()
    volume.voxels[::5, ::4, ::3] = np.nan
    volume.voxels[1::7, 3::6, ::5] = np.inf
    volume.voxels[0, 0, 0] = np.nan
    points = (ControlPoint(50, 1, 1, 1, 0), ControlPoint(60, 1, 1, 1, 0.5))
    transfer = TransferFunction(points, gradient_opacity=((0, 0.1), (5, 1)))
    look = VolumeLook(transfer, mode, window=(50, 100))
    picture = VolumeRenderer(volume).render(Camera.looking(volume), look, SIZE, quality="full")
    assert picture[64, 64, 3] > 200
