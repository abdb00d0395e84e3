"""Pictures of a volume."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from native import _core
from render.camera import Camera, Vector
from render.label_layer import LabelLayer
from render.native_look import brightness, ijk_from_lps, lighting, native_look, native_table
from render.picture_quality import Quality, is_measured, measured_steps, steps_per_voxel
from render.volume_look import VolumeLook, VolumeMode


@dataclass(frozen=True, eq=False)
class RenderedVolume:
    """A picture with the place of what it shows.

    Parameters
    ----------
    rgba : (height, width, 4) uint8
        Colours not multiplied by alpha; alpha 0 where nothing is seen.
    depth_mm : (height, width) float32
        From the camera along the pixel's ray to where half of the light is absorbed, to the extreme value or
        to the surface; from the plane of a parallel camera. NaN where there is none.
    """

    rgba: NDArray[np.uint8]
    depth_mm: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Companions:
    """What is drawn together with a volume, in one pass.

    Parameters
    ----------
    volumes : sequence of (VolumeRenderer, VolumeLook)
        Volumes on grids of their own that are fused with it: what they emit and absorb adds up. All looks
        are composites; of these only transfer function and light are used.
    labels : LabelLayer, optional
        Coloured bodies.
    hidden_from_mm : (height, width) float32, optional
        Something else, such as a mesh, hides what is farther along a pixel's ray; NaN hides nothing. Its
        picture goes behind that of the volume.
    """

    volumes: Sequence[tuple["VolumeRenderer", VolumeLook]] = ()
    labels: LabelLayer | None = None
    hidden_from_mm: NDArray[np.float32] | None = None


_SKETCH_SIZE, _SKETCHED_FROM, _SKETCH_ZOOM = (32, 32), (30, 20), 1.5

# A volume without companions.
ALONE = Companions()


class VolumeRenderer:
    """Casts rays through a volume on all cores.

    Several threads may render at once. A colour volume is shown by its brightness.

    Parameters
    ----------
    volume : Volume
        Any grid, sheared ones too. Its voxels are not copied; after they changed call `refresh`.
    """

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self._lock = threading.Lock()
        self._prepared: dict[str, Any] = {}
        self._revision = 0

    def refresh(self) -> None:
        """Take note that voxels changed, as when more slices were loaded."""
        with self._lock:
            self._prepared = {}
            self._revision += 1

    @property
    def value_range(self) -> tuple[float, float]:
        """Smallest and largest voxel value; the first call reads the whole volume."""
        return self._blocks()[1].whole_range

    @property
    def prepared_bytes(self) -> int:
        """Memory of what is kept beside the voxels."""
        with self._lock:
            blocks = self._prepared.get("blocks")
            kept = [self._prepared.get(name) for name in ("composite", "above")]
        if blocks is None:
            return 0
        own = blocks[1][1].byte_count + sum(one[1][1].byte_count for one in kept if one is not None)
        return own + (blocks[1][0].nbytes if self.volume.is_colour else 0)

    def render(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.INTERACTIVE,
        companions: Companions = ALONE,
        stop: StopFlag | None = None,
    ) -> NDArray[np.uint8]:
        """Cast a ray for every pixel; see `render_with_depth`.

        Where pixels are less than a voxel apart, one between four that are alike may be their mean.

        Returns
        -------
        (height, width, 4) uint8
            RGBA, colours not multiplied by alpha; alpha 0 where nothing is seen.
        """
        level = Quality(quality)
        scene = self._scene(camera, look, level, companions)
        return _cast(scene, camera, size, companions, None, stop)

    def render_with_depth(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.FULL,
        companions: Companions = ALONE,
        stop: StopFlag | None = None,
    ) -> RenderedVolume:
        """Cast a ray for every pixel, and tell how far it went.

        Rays are sampled at most one and a half voxels apart (extremes: two, and closer beside the extreme;
        means: one), closer where a small picture tells that the volume is too sharp for it, from a start that
        differs from pixel to pixel; colour and opacity between two samples are integrated beforehand over the
        transfer function, and opacity holds for any distance (one minus the power law). Once 98 % of the
        light is absorbed, the rest is taken to be like what was seen. The same arguments give the same
        picture.

        Parameters
        ----------
        camera : Camera
            Where from; a perspective camera may be inside the volume.
        look : VolumeLook
            How.
        size : tuple of int
            Width and height in pixels.
        quality : Quality or str
            "interactive" (fewer samples along a ray) or "full".
        companions : Companions
            What else is drawn; with a composite look only.
        stop : StopFlag, optional
            Ends the work early.

        Raises
        ------
        Cancelled
            When stopped.
        """
        level = Quality(quality)
        scene = self._scene(camera, look, level, companions)
        depths = np.empty((size[1], size[0]), np.float32)
        rgba = _cast(scene, camera, size, companions, depths, stop)
        return RenderedVolume(rgba, depths)

    def pick(
        self, camera: Camera, look: VolumeLook, size: tuple[int, int], pixel: tuple[float, float]
    ) -> Vector | None:
        """Find the point in the patient that a pixel (x, y) shows, LPS mm.

        It is where half of the light is absorbed, or the place of the extreme value of a MIP or MinIP (any
        place that is shown white where several are beyond the window). None where there is nothing, where a
        MIP is black or a MinIP white, and for the mean.
        """
        scene = self._scene(camera, look, Quality.FULL, ALONE)
        rays = camera.rays(size)
        rays[0] += pixel[0] * rays[1] + pixel[1] * rays[2]
        rays[3] += pixel[0] * rays[4] + pixel[1] * rays[5]
        depth = np.empty((1, 1), np.float32)
        parallel = camera.parallel_height_mm is not None
        _core.raycast(scene, rays, parallel, np.empty((1, 1, 4), np.uint8), depth, None, None)
        if np.isnan(depth[0, 0]):
            return None
        x, y, z = rays[0] + rays[3] / np.linalg.norm(rays[3]) * float(depth[0, 0])
        return float(x), float(y), float(z)

    def _scene(self, camera: Camera, look: VolumeLook, quality: Quality, companions: Companions) -> Any:
        """Give everything that rays go through in the kernel's form."""
        scene = _core.RayScene()
        steps = self._steps(look, quality)
        if companions.labels is not None:  # their borders are sharp
            steps = max(steps, 1.0)
        self._add_to(scene, camera, look, steps)
        for renderer, other in companions.volumes:
            renderer._add_to(scene, camera, other, steps)
        if companions.labels is not None:
            companions.labels.add_to(scene, lighting(camera, look))
        for plane in look.clip_planes:
            scene.add_clip_plane(plane.normal, plane.offset)
        return scene

    def _steps(self, look: VolumeLook, quality: Quality) -> float:
        """Give the samples a voxel; of most full pictures as many as this volume needs with this look."""
        least = steps_per_voxel(self.volume, look.mode, quality)
        if not is_measured(look.mode, quality):
            return least
        draw = partial(self._sketch, look)
        return self._kept("steps", look, lambda: measured_steps(least, draw, look.mode))

    def _sketch(self, look: VolumeLook, steps: float) -> NDArray[np.uint8]:
        """Draw a small picture from where most is seen, whatever the camera: it must not change pictures."""
        camera = Camera.looking(self.volume, "A").orbit(*_SKETCHED_FROM).zoom(_SKETCH_ZOOM)
        scene = _core.RayScene()
        self._add_to(scene, camera, look, steps)
        for plane in look.clip_planes:
            scene.add_clip_plane(plane.normal, plane.offset)
        return _cast(scene, camera, _SKETCH_SIZE, ALONE, None, None)

    def _add_to(self, scene: Any, camera: Camera, look: VolumeLook, steps: float) -> None:
        """Add this volume to a scene of the kernel."""
        voxels, blocks = self._blocks()
        table, occupied = self._occupied(blocks, look)
        native = native_look(camera, look, table, blocks.whole_range)
        native.steps_per_voxel = steps
        scene.add_volume(voxels, ijk_from_lps(self.volume), occupied, native)

    def _blocks(self) -> tuple[NDArray[Any], Any]:
        """Give grey voxels and the ranges of their blocks, made at the first use."""

        def make() -> tuple[NDArray[Any], Any]:
            voxels = brightness(self.volume.voxels) if self.volume.is_colour else self.volume.voxels
            return voxels, _core.ValueBlocks(voxels)

        return self._kept("blocks", None, make)

    def _occupied(self, blocks: Any, look: VolumeLook) -> tuple[Any, Any]:
        """Give the table of a composite's transfer function, and the blocks that show."""
        if look.mode is VolumeMode.COMPOSITE:

            def make() -> tuple[Any, Any]:
                table = native_table(look.transfer)
                return table, _core.OccupiedBlocks.by_transfer(blocks, table)

            return self._kept("composite", look.transfer, make)
        least = -np.inf
        if look.mode is VolumeMode.ISOSURFACE:
            least = look.transfer.surface_value if look.surface_value is None else look.surface_value
        return self._kept("above", least, lambda: (None, _core.OccupiedBlocks.above(blocks, least)))

    def _kept(self, name: str, key: Any, make: Callable[[], Any]) -> Any:
        """Give what was made last under a name; make it anew for another key or where voxels changed."""
        with self._lock:
            revision, kept = self._revision, self._prepared.get(name)
        if kept is not None and kept[0] == key:
            return kept[1]
        made = make()
        with self._lock:
            if revision == self._revision:
                self._prepared[name] = key, made
        return made


def _cast(
    scene: Any,
    camera: Camera,
    size: tuple[int, int],
    companions: Companions,
    depths: NDArray[np.float32] | None,
    stop: StopFlag | None,
) -> NDArray[np.uint8]:
    width, height = size
    out = np.empty((height, width, 4), np.uint8)
    parallel = camera.parallel_height_mm is not None
    flag = None if stop is None else stop.native
    hidden = companions.hidden_from_mm
    if hidden is not None:
        hidden = np.ascontiguousarray(hidden, np.float32)
    if not _core.raycast(scene, camera.rays(size), parallel, out, depths, hidden, flag):
        raise Cancelled
    return out
