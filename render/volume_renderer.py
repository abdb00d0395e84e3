"""Pictures of a volume."""

import threading
from enum import StrEnum
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.volume import Volume
from imaging.reslice import StopFlag
from native import _core
from render.camera import Camera, Vector
from render.transfer_function import TransferFunction
from render.volume_look import VolumeLook, VolumeMode

# Fine enough for a window over all of CT; sharper steps are integrated exactly between its entries.
_TABLE_ENTRIES = 2048
_GRADIENT_ENTRIES = 256
_MOST_OPAQUE = 0.9999

_MODES = {
    VolumeMode.COMPOSITE: _core.RayMode.COMPOSITE,
    VolumeMode.MIP: _core.RayMode.MAXIMUM,
    VolumeMode.MINIP: _core.RayMode.MINIMUM,
    VolumeMode.MEAN: _core.RayMode.MEAN,
}


class Quality(StrEnum):
    """What matters more."""

    INTERACTIVE = "interactive"
    FULL = "full"


# A picture of more rays than this would not follow the pointer.
_INTERACTIVE_RAYS = 90_000
# Between samples of a composite the transfer function is integrated; an extreme may lie between them.
_STEPS_PER_VOXEL = {Quality.INTERACTIVE: (1.0, 1.0), Quality.FULL: (1.0, 2.0)}


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

    def render(
        self,
        camera: Camera,
        look: VolumeLook,
        size: tuple[int, int],
        *,
        quality: str = Quality.INTERACTIVE,
        stop: StopFlag | None = None,
    ) -> NDArray[np.uint8]:
        """Cast a ray for every pixel.

        Rays ("interactive" ones are fewer) are sampled at most one voxel apart ("full" projections: half a
        voxel), from a start that differs from pixel to pixel; colour and opacity between two samples are
        integrated beforehand over the transfer function, and opacity holds for any distance (one minus the
        power law). The same arguments give the same picture.

        Parameters
        ----------
        camera : Camera
            Where from; a perspective camera may be inside the volume.
        look : VolumeLook
            How.
        size : tuple of int
            Width and height in pixels.
        quality : Quality or str
            "interactive" or "full".
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
        width, height = size
        level = Quality(quality)
        reduction = 1 if level is Quality.FULL else ceil(sqrt(max(1, width * height / _INTERACTIVE_RAYS)))
        voxels, occupied, native_look = self._prepare(camera, look, level)
        rays = _reduced_rays(camera, size, reduction)
        out = np.empty((height, width, 4), np.uint8)
        parallel = camera.parallel_height_mm is not None
        flag = None if stop is None else stop.native
        affine = self._ijk_from_lps()
        scene = _core.RayScene()
        scene.add_volume(voxels, affine, occupied, native_look)
        if not _core.raycast(scene, rays, parallel, reduction, out, None, None, flag):
            raise Cancelled
        return out

    def pick(
        self, camera: Camera, look: VolumeLook, size: tuple[int, int], pixel: tuple[float, float]
    ) -> Vector | None:
        """Find the point in the patient that a pixel (x, y) shows, LPS mm.

        It is where half of the light is absorbed, or the place of the extreme value of a MIP or MinIP (any
        place that is shown white where several are beyond the window). None where there is nothing, where a
        MIP is black or a MinIP white, and for the mean.
        """
        voxels, occupied, native_look = self._prepare(camera, look, Quality.FULL)
        rays = camera.rays(size)
        rays[0] += pixel[0] * rays[1] + pixel[1] * rays[2]
        rays[3] += pixel[0] * rays[4] + pixel[1] * rays[5]
        out = np.empty((1, 1), np.float32)
        parallel = camera.parallel_height_mm is not None
        scene = _core.RayScene()
        scene.add_volume(voxels, self._ijk_from_lps(), occupied, native_look)
        _core.raycast(scene, rays, parallel, 1, np.empty((1, 1, 4), np.uint8), out, None, None)
        if np.isnan(out[0, 0]):
            return None
        x, y, z = rays[0] + rays[3] / np.linalg.norm(rays[3]) * float(out[0, 0])
        return float(x), float(y), float(z)

    def _ijk_from_lps(self) -> NDArray[np.float64]:
        """Map of LPS to voxel index as the kernels take it: columns of the matrix as rows, (4, 3)."""
        return np.ascontiguousarray(self.volume.ijk_from_lps[:3].T)

    def _blocks(self) -> tuple[NDArray[Any], Any]:
        """Give grey voxels and the ranges of their blocks, made at the first use."""
        with self._lock:
            revision, prepared = self._revision, self._prepared.get("blocks")
        if prepared is None:
            voxels = _brightness(self.volume.voxels) if self.volume.is_colour else self.volume.voxels
            prepared = voxels, _core.ValueBlocks(voxels)
            self._keep("blocks", prepared, revision)
        return prepared

    def _occupied(self, blocks: Any, transfer: TransferFunction | None) -> tuple[Any, Any]:
        """Give the table of a transfer function and the blocks that it shows; the last one is kept."""
        with self._lock:
            revision, prepared = self._revision, self._prepared.get("occupied")
        if prepared is None or prepared[0] != transfer:
            table = None if transfer is None else _native_table(transfer)
            occupied = (
                _core.OccupiedBlocks.above(blocks, -np.inf)
                if table is None
                else _core.OccupiedBlocks.by_transfer(blocks, table)
            )
            prepared = transfer, table, occupied
            self._keep("occupied", prepared, revision)
        return prepared[1], prepared[2]

    def _keep(self, name: str, prepared: Any, revision: int) -> None:
        """Keep what was prepared unless voxels changed meanwhile."""
        with self._lock:
            if revision == self._revision:
                self._prepared[name] = prepared

    def _prepare(self, camera: Camera, look: VolumeLook, quality: Quality) -> tuple[NDArray[Any], Any, Any]:
        """Give voxels, occupied blocks and the look in the kernel's form."""
        voxels, blocks = self._blocks()
        composite = look.mode is VolumeMode.COMPOSITE
        table, occupied = self._occupied(blocks, look.transfer if composite else None)
        native = _core.RaycastLook()
        native.mode = _MODES[look.mode]
        native.steps_per_voxel = _STEPS_PER_VOXEL[quality][0 if composite else 1]
        native.set_window(*_window_range(look, blocks.whole_range))
        if look.crop is not None:
            native.crop_low, native.crop_high = look.crop
        if composite:
            native.transfer = table
            native.lighting = _lighting(camera, look)
        if composite and look.transfer.gradient_opacity:
            factors, highest = look.transfer.gradient_table(_GRADIENT_ENTRIES)
            native.set_gradient_opacity(factors.tolist(), highest)
        return voxels, occupied, native


def _brightness(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """Luma of colour voxels (ITU-R BT.601), slice by slice to save memory."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    grey = np.empty(rgb.shape[:3], np.uint8)
    for k, colours in enumerate(rgb):
        grey[k] = np.round(colours @ weights)
    return grey


def _native_table(transfer: TransferFunction) -> Any:
    """Make emission and extinction per mm from colour and opacity."""
    low, high = transfer.value_range
    if not low < high:
        high = low + 1.0
    rgba = transfer.table(low, high, _TABLE_ENTRIES).astype(np.float64)
    extinction = -np.log1p(-np.minimum(rgba[:, 3], _MOST_OPAQUE)) / transfer.unit_mm
    emission = np.concatenate([rgba[:, :3] * extinction[:, None], extinction[:, None]], axis=1)
    return _core.TransferTable(np.ascontiguousarray(emission, np.float32), low, high)


def _window_range(look: VolumeLook, whole_range: tuple[float, float]) -> tuple[float, float]:
    """Give the values shown black and white."""
    if look.window is not None:
        centre, width = look.window
        return centre - width / 2, centre + width / 2
    low, high = whole_range
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def _lighting(camera: Camera, look: VolumeLook) -> Any:
    """Light from over the left shoulder of the viewer."""
    right, down, forward = camera.axes
    towards = -forward - 0.25 * right - 0.35 * down
    low, high = look.transfer.value_range
    lighting = _core.Lighting()
    lighting.shaded = look.shaded
    lighting.ambient = look.ambient
    lighting.diffuse = look.diffuse
    lighting.specular = look.specular
    lighting.specular_power = look.specular_power
    lighting.surface_gradient = max(0.01 * (high - low), 1e-6)
    lighting.towards_light = tuple((towards / np.linalg.norm(towards)).tolist())
    return lighting


def _reduced_rays(camera: Camera, size: tuple[int, int], reduction: int) -> NDArray[np.float64]:
    """Give the rays of a picture with one pixel for reduction x reduction pixels."""
    rays = camera.rays(size)
    middle = (reduction - 1) / 2
    for origin in (0, 3):
        rays[origin] += middle * (rays[origin + 1] + rays[origin + 2])
        rays[origin + 1 : origin + 3] *= reduction
    return rays
