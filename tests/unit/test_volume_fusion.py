"""Another volume fused in every mode, against analytic truth."""

import numpy as np
import pytest

from imaging.reslice import StopFlag
from render.backend import Backend
from render.native_renderer import NativeRenderer
from render.picture_quality import Quality
from render.scene import RenderScene
from render.steady_renderer import SteadyVolumeRenderer
from render.surface_source import SurfaceSource
from render.transfer_function import ControlPoint, TransferFunction
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import VolumeRenderer
from render.volume_source import Beside, VolumeSource
from tests.unit.test_volume_companions import haze
from tests.unit.test_volume_renderer import SOLID, parallel_camera, placed
from tests.unit.test_volume_with_surfaces import upright

BLUE, RED, WHITE = np.array([51, 102, 204]), np.array([255, 0, 0]), np.array([255, 255, 255])


def slope(front):
    """Values that reach 50 at y = `front` and rise behind it."""
    y = np.arange(20) - 9.5
    return placed(np.broadcast_to(50 + 4 * (y - front), (20, 20, 20)).transpose(0, 2, 1).astype(np.float32))


def drawn(base, look, fused, surfaces=None, quality=Quality.FULL):
    beside = Beside(fused=fused, surfaces=surfaces)
    source = VolumeSource(SteadyVolumeRenderer(base, Backend.NATIVE), look, beside)
    return source.draw(parallel_camera(base, height=5), (20, 20), quality, StopFlag())


@pytest.mark.parametrize("quality", list(Quality))
@pytest.mark.parametrize("front", [-5.0, 2.0, 6.5])
def test_an_isosurface_hides_what_is_fused_behind_it(quality, front):
    fused = VolumeRenderer(placed(np.full((20, 20, 20), 100, np.int16))), haze(0.03)
    look = VolumeLook(SOLID, VolumeMode.ISOSURFACE, shaded=False, surface_value=50.0)
    shown = drawn(slope(front), look, fused, quality=quality)
    opacity = 1 - 0.97 ** (10 + front)
    np.testing.assert_allclose(shown[..., :3] - (opacity * BLUE + (1 - opacity) * WHITE), 0, atol=3)
    assert (shown[..., 3] == 255).all()


@pytest.mark.parametrize(("wall", "before", "seen"), [(-4.0, 6, RED), (7.0, 12, WHITE)])
def test_of_an_isosurface_and_a_wall_the_nearer_one_hides_it(wall, before, seen):
    fused = VolumeRenderer(placed(np.full((20, 20, 20), 100, np.int16))), haze(0.03)
    look = VolumeLook(SOLID, VolumeMode.ISOSURFACE, shaded=False, surface_value=50.0)
    shown = drawn(slope(2.0), look, fused, SurfaceSource(NativeRenderer(), RenderScene((upright(wall),))))
    opacity = 1 - 0.97**before
    np.testing.assert_allclose(shown[..., :3] - (opacity * BLUE + (1 - opacity) * seen), 0, atol=3)


def test_where_there_is_no_isosurface_all_of_it_is_seen():
    fused = VolumeRenderer(placed(np.full((20, 20, 20), 100, np.int16))), haze(0.03)
    look = VolumeLook(SOLID, VolumeMode.ISOSURFACE, shaded=False, surface_value=500.0)
    shown = drawn(slope(2.0), look, fused)
    np.testing.assert_allclose(shown[..., 3] / 255, 1 - 0.97**20, atol=2 / 255)
    np.testing.assert_allclose(shown[..., :3] - BLUE, 0, atol=2)


@pytest.mark.parametrize("mode", [VolumeMode.MIP, VolumeMode.MINIP, VolumeMode.MEAN])
def test_its_highest_values_lie_over_a_projection(mode):
    """A hot spot in the left half, before an even grey."""
    values = np.zeros((20, 20, 20), np.int16)
    values[:, 5:8, 10:] = 100
    points = (ControlPoint(0, 1, 0.5, 0, 0), ControlPoint(100, 1, 0.5, 0, 0.2))
    look = VolumeLook(SOLID, mode, window=(100.0, 200.0))
    base = placed(np.full((20, 20, 20), 100, np.int16))
    shown = drawn(base, look, (VolumeRenderer(placed(values)), VolumeLook(TransferFunction(points))))
    away, spot = shown[10, 1].astype(float), shown[10, 18].astype(float)
    np.testing.assert_allclose(away[:3], 127.5, atol=1)
    share = 1 - 0.8**10
    np.testing.assert_allclose(spot[:3], share * np.array([255, 127.5, 0]) + (1 - share) * away[:3], atol=2)
