"""Surfaces and a volume in one picture, each in front of the other where it is nearer."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imaging.reslice import StopFlag
from native import _core
from render.camera import Camera
from render.picture_quality import Quality
from render.pinhole_camera import PinholeCamera
from render.renderer import Output, RenderOptions, SceneRenderer
from render.scene import RenderScene
from render.volume_look import VolumeLook, VolumeMode
from render.volume_renderer import ALONE, Companions, VolumeRenderer

_SAMPLES = {Quality.INTERACTIVE: 1, Quality.FULL: 8}
_SOLID = (VolumeMode.COMPOSITE, VolumeMode.ISOSURFACE)
_OPAQUE = 255


def draw_together(
    volume: VolumeRenderer,
    look: VolumeLook,
    surfaces: SceneRenderer,
    scene: RenderScene,
    camera: Camera,
    size: tuple[int, int],
    *,
    quality: Quality = Quality.FULL,
    companions: Companions = ALONE,
    stop: StopFlag | None = None,
) -> NDArray[np.uint8]:
    """Draw a volume and surfaces that lie in it, in front of it or behind it.

    Every ray sees the volume as far as the nearest surface, then that, and the rest of the volume through
    what of the surface is transparent or ends within the pixel. That is exact for one surface along a ray;
    of several transparent ones the volume between them counts as behind. A projection has no places in
    depth: surfaces lie over it.

    Parameters
    ----------
    volume : VolumeRenderer
        Of the volume.
    look : VolumeLook
        How it is shown. Crop box and clip planes cut the volume only.
    surfaces : SceneRenderer
        Draws the scene, and gives its depths.
    scene : RenderScene
        In LPS millimetres, with its lights.
    camera, size, quality
        See `VolumeRenderer.render`.
    companions : Companions
        What else is drawn in the volume's pass; `hidden_from_mm` is not used.
    stop : StopFlag, optional
        Ends the work early.

    Returns
    -------
    (height, width, 4) uint8
        RGBA, colours not multiplied by alpha; alpha 0 where nothing is seen.

    Raises
    ------
    Cancelled
        When stopped.
    """
    view = PinholeCamera.of_view(camera, size)
    options = RenderOptions(frozenset({Output.PICTURE, Output.DEPTH}), _SAMPLES[quality])
    drawn = surfaces.render(scene, view, options, stop=stop)
    if drawn.picture is None or drawn.depth is None:
        raise TypeError("a rendering without what was asked for")

    def cast(hidden: NDArray[np.float32] | None) -> NDArray[np.uint8]:
        beside = replace(companions, hidden_from_mm=hidden)
        return volume.render(camera, look, size, quality=quality, companions=beside, stop=stop)

    if look.mode not in _SOLID:
        below = cast(None)
        return _mixed(np.zeros_like(below), below, drawn.picture)
    return _joined(cast, drawn.picture, view.distances(drawn.depth))


def _joined(
    cast: Callable[[NDArray[np.float32] | None], NDArray[np.uint8]],
    surface: NDArray[np.uint8],
    distances: NDArray[np.float32],
) -> NDArray[np.uint8]:
    """Cast the rays of a volume to where surfaces are, and on where they do not hide it."""
    places = _Places.of(surface[..., 3], distances)
    if places is None:
        return cast(None)
    before = cast(places.hidden)
    behind = before
    if places.edges.any():
        whole = cast(np.where(places.edges, np.float32(np.nan), np.float32(0)))
        behind = np.where(places.edges[..., None], whole, before)
    return _mixed(before, behind, surface)


def _mixed(
    before: NDArray[np.uint8], behind: NDArray[np.uint8], surface: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Mix what a pixel shows where a surface is with what it shows where there is none."""
    out = np.empty_like(surface)
    _core.mix_surface(before, behind, surface, out)
    return out


@dataclass(frozen=True, eq=False)
class _Places:
    """What surfaces do to the rays of a volume, each (height, width).

    Parameters
    ----------
    hidden : float32
        Distance of the surface along a ray; NaN where there is none.
    edges : bool
        Pixels that a surface covers in part: their rays have to go on behind it, too.
    """

    hidden: NDArray[np.float32]
    edges: NDArray[np.bool_]

    @staticmethod
    def of(alpha: NDArray[np.uint8], distances: NDArray[np.float32]) -> "_Places | None":
        """Find them in a picture of surfaces; None where it shows none.

        The centre of a pixel that a surface covers in part may miss it: its neighbours tell where it is.
        """
        covered = alpha > 0
        if not covered.any():
            return None
        filled = np.where(np.isnan(distances), _least_around(distances), distances)
        hidden = np.where(covered & np.isfinite(filled), filled, np.float32(np.nan))
        return _Places(hidden, covered & (alpha < _OPAQUE))


def _least_around(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the least value around every pixel; infinity where there is none."""
    import cv2

    known = np.where(np.isnan(values), np.float32(np.inf), values)
    return np.asarray(cv2.erode(known, np.ones((3, 3), np.uint8)), np.float32)
