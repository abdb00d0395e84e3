"""What a picture of a volume converges to: fine steps in double precision, in numpy, for some of its pixels.

The measure of both sides in a comparison of volume renderers. Per sample the transfer function itself is
evaluated; opacity holds for any distance (one minus the power law), light is Blinn-Phong on the gradient of
the cubic B-spline, as `render.volume_renderer` says. No tables, no jitter, no skipping, no early end.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.camera import Camera
from render.volume_look import VolumeLook, VolumeMode

Array = NDArray[np.float64]
_STEPS_PER_VOXEL = 8
_RAYS_AT_ONCE = 512


def converged_rays(
    volume: Volume, camera: Camera, look: VolumeLook, size: tuple[int, int], pixels: Array
) -> Array:
    """Cast rays.

    Parameters
    ----------
    pixels : (n, 2) int
        Column and row.

    Returns
    -------
    (n, 3) float64
        Red, green and blue before black, 0 to 1.
    """
    parts = np.array_split(pixels, max(1, len(pixels) // _RAYS_AT_ONCE))
    return np.concatenate([_cast(volume, camera, look, size, part) for part in parts])


def _cast(volume: Volume, camera: Camera, look: VolumeLook, size: tuple[int, int], pixels: Array) -> Array:
    rays = camera.rays(size)
    x, y = pixels.T[:, :, None]
    origin = rays[0] + x * rays[1] + y * rays[2]
    direction = rays[3] + x * rays[4] + y * rays[5]
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    matrix = volume.ijk_from_lps
    start = origin @ matrix[:3, :3].T + matrix[:3, 3]
    per_mm = direction @ matrix[:3, :3].T
    high = np.array(volume.shape_ijk) - 0.5
    with np.errstate(divide="ignore"):
        borders = np.array([(-0.5 - start) / per_mm, (high - start) / per_mm])
    enter, leave = borders.min(0).max(1).clip(0), borders.max(0).min(1)
    step = 1 / (np.abs(per_mm).max(1) * _STEPS_PER_VOXEL)
    count = int(np.ceil(np.max((leave - enter) / step, initial=1)))
    clear, colour = np.ones(len(pixels)), np.zeros((len(pixels), 3))
    best = np.full(len(pixels), -np.inf)
    for n in range(count):
        at = enter + (n + 0.5) * step
        here = (at < leave) & (clear > 1e-4)
        if not here.any():
            continue
        points = start[here] + per_mm[here] * at[here, None]
        values = _linear(volume.voxels, points)
        if look.mode is VolumeMode.MIP:
            best[here] = np.maximum(best[here], values)
            continue
        rgb, absorbed = _seen(volume, camera, look, points, values, direction[here], step[here])
        colour[here] += rgb * (clear[here] * absorbed)[:, None]
        clear[here] *= 1 - absorbed
    if look.mode is VolumeMode.MIP and look.window is not None:
        centre, width = look.window
        return np.repeat(((best - centre) / width + 0.5).clip(0, 1)[:, None], 3, axis=1)
    return colour


def _seen(
    volume: Volume, camera: Camera, look: VolumeLook, points: Array, values: Array, rays: Array, step: Array
) -> tuple[Array, Array]:
    """Give colour and absorbed part of samples."""
    table = np.array([[p.value, p.red, p.green, p.blue, p.opacity] for p in look.transfer.points])
    rgb = np.stack([np.interp(values, table[:, 0], table[:, n]) for n in (1, 2, 3)], axis=1)
    opacity = np.interp(values, table[:, 0], table[:, 4])
    shown = opacity > 0
    if look.transfer.gradient_opacity and shown.any():
        slopes, factors = np.array(look.transfer.gradient_opacity).T
        magnitude = np.linalg.norm(_gradient(volume, points[shown]), axis=1)
        opacity[shown] *= np.interp(magnitude, slopes, factors)
    absorbed = 1 - (1 - opacity) ** (step / look.transfer.unit_mm)
    shown = absorbed > 0
    if look.shaded and shown.any():
        rgb[shown] = _lit(volume, camera, look, points[shown], rays[shown], rgb[shown])
    return rgb, absorbed


def _lit(volume: Volume, camera: Camera, look: VolumeLook, points: Array, rays: Array, rgb: Array) -> Array:
    right, down, forward = camera.axes
    towards = -forward - 0.25 * right - 0.35 * down
    towards /= np.linalg.norm(towards)
    gradient = _gradient(volume, points)
    magnitude = np.linalg.norm(gradient, axis=1)
    normal = gradient / np.maximum(magnitude, 1e-12)[:, None]
    half = towards - rays
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    low, high = look.transfer.value_range
    surface = magnitude / (magnitude + 0.01 * (high - low))
    even = 0.7
    diffuse = look.ambient + look.diffuse * (even + surface * (np.abs(normal @ towards) - even))
    gloss = look.specular * surface * np.abs((normal * half).sum(1)) ** look.specular_power
    return np.minimum(rgb * diffuse[:, None] + gloss[:, None], 1)


def _linear(voxels: NDArray[Any], points: Array) -> Array:
    shape = np.array(voxels.shape[::-1])
    points = points.clip(0, shape - 1)
    cell = np.minimum(points.astype(int), np.maximum(shape - 2, 0))
    f = points - cell
    total = np.zeros(len(points))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(np.array(corner), f, 1 - f), axis=1)
        i, j, k = np.minimum(cell + corner, shape - 1).T
        total += weight * voxels[k, j, i]
    return total


def _gradient(volume: Volume, points: Array) -> Array:
    """Give the slope of the values by millimetre, in LPS."""
    return _spline_gradient(volume.voxels, points) @ volume.ijk_from_lps[:3, :3]


def _spline_gradient(voxels: NDArray[Any], points: Array) -> Array:
    shape = np.array(voxels.shape[::-1])
    points = points.clip(0, shape - 1)
    cell = np.minimum(points.astype(int), np.maximum(shape - 2, 0))
    f = points - cell
    value = np.array([(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3]) / 6
    slope = np.array([-((1 - f) ** 2), 3 * f**2 - 4 * f, -3 * f**2 + 2 * f + 1, f**2]) / 2
    gradient = np.zeros_like(points)
    for place in np.ndindex(4, 4, 4):
        i, j, k = np.clip(cell + place - 1, 0, shape - 1).T
        seen = voxels[k, j, i].astype(float)
        for axis in range(3):
            weight = [(slope if axis == other else value)[place[other], :, other] for other in range(3)]
            gradient[:, axis] += weight[0] * weight[1] * weight[2] * seen
    return gradient
