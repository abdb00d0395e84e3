"""The choice of what draws, VTK's pictures beside ours, and what happens when VTK fails."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from core.library import Library
from core.volume import Volume
from render.backend import CHOSEN, MEASURED, Backend, Measured, backend_of, measure, measured
from render.camera import Camera
from render.clip_plane import ClipPlane
from render.presets import PRESETS
from render.steady_renderer import SteadyVolumeRenderer
from render.volume_look import VolumeMode
from render.volume_renderer import VolumeRenderer
from render.vtk_window import GraphicsFailure, failure

SIZE = (60, 50)


@pytest.fixture(scope="module")
def vtk_renderer():
    """VTK's renderer of the ball, where there is any OpenGL."""
    from render.vtk_volume import VtkVolumeRenderer

    try:
        renderer = VtkVolumeRenderer(ball())
    except GraphicsFailure as error:
        pytest.skip(str(error))
    yield renderer
    renderer.close()


def ball() -> Volume:
    """A ball with a bump on its left front, on a sheared and mirrored grid."""
    k, j, i = np.ogrid[:32, :32, :32]
    away = np.minimum(
        np.sqrt((k - 15.5) ** 2 + (j - 15.5) ** 2 + (i - 15.5) ** 2),
        np.sqrt((k - 15.5) ** 2 + (j - 6) ** 2 + (i - 6.0) ** 2) + 6,
    )
    affine = np.array([[-2.0, 0.3, 0, 5], [0, 1.5, 0, -3], [0.2, 0, 3.0, 7], [0, 0, 0, 1]])
    return Volume(np.clip((11 - away) * 200, -1000, 1000).astype(np.int16), affine)


def test_what_is_faster_draws_unless_the_user_chose(library: Library) -> None:
    settings = library.settings
    assert backend_of(settings) is Backend.NATIVE
    fast = Measured("A graphics processor", False, 100.0, 5.0)
    for found, best in (
        (fast, Backend.VTK),
        (replace(fast, software=True), Backend.NATIVE),
        (replace(fast, vtk_ms=101.0), Backend.NATIVE),
        (replace(fast, vtk_ms=None), Backend.NATIVE),
    ):
        settings.set(MEASURED, asdict(found))
        assert measured(settings) == found
        assert backend_of(settings) is best
    settings.set(CHOSEN, "vtk")
    assert backend_of(settings) is Backend.VTK
    settings.set(CHOSEN, "something else")
    settings.set(MEASURED, {"of": "another version"})
    assert backend_of(settings) is Backend.NATIVE


@pytest.mark.slow
def test_the_measurement_is_kept(library: Library) -> None:
    found = measure(library.settings)
    assert found.native_ms > 0
    assert (found.vtk_ms is None) == bool(found.reason)
    assert measured(library.settings) == found


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"shaded": False},
        {"mode": VolumeMode.MIP, "window": (0.0, 2000.0)},
        {"mode": VolumeMode.MINIP, "window": (-500.0, 1000.0)},
        {"mode": VolumeMode.ISOSURFACE, "surface_value": 0.0},
        {"crop": ((10.0, -0.5, -0.5), (31.5, 31.5, 20.0))},
        {"clip_planes": (ClipPlane((-26.0, 20.0, 53.0), (1.0, 0.0, 0.5)),)},
    ],
)
def test_vtk_gives_nearly_the_same_picture(vtk_renderer, change) -> None:
    volume = vtk_renderer.volume
    look = replace(PRESETS["ct-skin"].make((-1000, 1000)), **change)
    camera = Camera.looking(volume, "A").orbit(25, 15).zoom(1.5)
    ours = VolumeRenderer(volume).render(camera, look, SIZE, quality="full").astype(np.float64)
    other = vtk_renderer.render(camera, look, SIZE, quality="full").astype(np.float64)
    seen = (ours[..., 3] > 100) & (other[..., 3] > 100)
    # VTK's volumes end at the middle of their outermost voxels.
    assert seen.sum() > 0.85 * ((ours[..., 3] > 100) | (other[..., 3] > 100)).sum()
    error = ((ours - other)[seen] ** 2).mean()
    assert 10 * np.log10(255**2 / error) > 22
    if look.mode is VolumeMode.COMPOSITE and look.shaded:
        assert np.corrcoef(ours[seen][:, 0], other[seen][:, 0])[0, 1] > 0.85  # lit from the same side


class Lost(VolumeRenderer):
    """Draws as a graphics processor does whose driver was reset."""

    def render(self, *_arguments, **_options):
        raise failure("the device was lost")


def test_a_lost_graphics_processor_is_followed_by_the_native_renderer() -> None:
    volume = ball()
    look = PRESETS["ct-skin"].make((-1000, 1000))
    camera = Camera.looking(volume, "L")
    steady = SteadyVolumeRenderer(volume, Backend.VTK)
    steady._other = Lost(volume)
    expected = VolumeRenderer(volume).render(camera, look, SIZE)
    np.testing.assert_array_equal(steady.render(camera, look, SIZE), expected)
    assert steady.backend is Backend.NATIVE
    assert "lost" in str(steady.failure)
