"""Looks, cameras and places in the form that the kernels take them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from native import _core
from render.camera import Camera
from render.transfer_function import TransferFunction
from render.volume_look import VolumeLook, VolumeMode

# Fine enough for a window over all of CT; sharper steps are integrated exactly between its entries.
_TABLE_ENTRIES = 2048
_GRADIENT_ENTRIES = 256
MOST_OPAQUE = 0.9999

_MODES = {
    VolumeMode.COMPOSITE: _core.RayMode.COMPOSITE,
    VolumeMode.MIP: _core.RayMode.MAXIMUM,
    VolumeMode.MINIP: _core.RayMode.MINIMUM,
    VolumeMode.MEAN: _core.RayMode.MEAN,
    VolumeMode.ISOSURFACE: _core.RayMode.ISOSURFACE,
}


def ijk_from_lps(volume: Volume) -> NDArray[np.float64]:
    """Give the map of LPS to voxel index as the kernels take it: columns of the matrix as rows, (4, 3)."""
    return np.ascontiguousarray(volume.ijk_from_lps[:3].T)


def brightness(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """Give the luma of colour voxels (ITU-R BT.601), made slice by slice to save memory."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    grey = np.empty(rgb.shape[:3], np.uint8)
    for k, colours in enumerate(rgb):
        grey[k] = np.round(colours @ weights)
    return grey


def native_table(transfer: TransferFunction) -> Any:
    """Make emission and extinction per mm from colour and opacity."""
    low, high = transfer.value_range
    if not low < high:
        high = low + 1.0
    rgba = transfer.table(low, high, _TABLE_ENTRIES).astype(np.float64)
    extinction = -np.log1p(-np.minimum(rgba[:, 3], MOST_OPAQUE)) / transfer.unit_mm
    emission = np.concatenate([rgba[:, :3] * extinction[:, None], extinction[:, None]], axis=1)
    return _core.TransferTable(np.ascontiguousarray(emission, np.float32), low, high)


def native_look(camera: Camera, look: VolumeLook, table: Any, whole_range: tuple[float, float]) -> Any:
    """Give a look as the kernels take it; `table` is that of its transfer function where it is used."""
    native = _core.RaycastLook()
    native.mode = _MODES[look.mode]
    native.set_window(*_window_range(look, whole_range))
    if look.crop is not None:
        native.crop_low, native.crop_high = look.crop
    native.lighting = lighting(camera, look)
    if look.mode is VolumeMode.ISOSURFACE:
        value = look.transfer.surface_value if look.surface_value is None else look.surface_value
        native.surface_value = value
        native.surface_colour = look.transfer.table(value, value, 1)[0, :3].tolist()
    if look.mode is VolumeMode.COMPOSITE:
        native.transfer = table
        if look.transfer.gradient_opacity:
            factors, highest = look.transfer.gradient_table(_GRADIENT_ENTRIES)
            native.set_gradient_opacity(factors.tolist(), highest)
    return native


def lighting(camera: Camera, look: VolumeLook) -> Any:
    """Give the light from over the left shoulder of the viewer."""
    right, down, forward = camera.axes
    towards = -forward - 0.25 * right - 0.35 * down
    low, high = look.transfer.value_range
    light = _core.Lighting()
    light.shaded = look.shaded
    light.ambient = look.ambient
    light.diffuse = look.diffuse
    light.specular = look.specular
    light.specular_power = look.specular_power
    light.surface_gradient = max(0.01 * (high - low), 1e-6)
    light.towards_light = tuple((towards / np.linalg.norm(towards)).tolist())
    return light


def _window_range(look: VolumeLook, whole_range: tuple[float, float]) -> tuple[float, float]:
    """Give the values shown black and white."""
    if look.window is not None:
        centre, width = look.window
        return centre - width / 2, centre + width / 2
    low, high = whole_range
    return (low, high) if low < high else (low - 0.5, low + 0.5)
