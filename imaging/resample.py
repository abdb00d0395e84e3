"""Slices of a display grid out of stored slices, and orthogonal grids out of sheared ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.provenance import Provenance
from core.slice_geometry import SliceGeometry
from core.volume import Volume
from imaging.display_grid import DisplayGrid
from imaging.stack import shear_deg

Picture = NDArray[Any]

_NEGLIGIBLE_MM = 0.02


def offset_pixels(geometry: SliceGeometry, grid: DisplayGrid, stored: int, k: float) -> tuple[float, float]:
    """How far a stored slice lies beside the grid slice `k`, along i and j, in pixels."""
    affine = grid.lps_from_ijk
    beside = geometry.positions_lps_mm[stored] - (affine[:3, 3] + k * affine[:3, 2])
    along_i = float(beside @ geometry.row_direction)
    along_j = float(beside @ geometry.column_direction)
    if max(abs(along_i), abs(along_j)) <= _NEGLIGIBLE_MM:
        return 0.0, 0.0
    return along_i / geometry.spacing_mm[0], along_j / geometry.spacing_mm[1]


def grid_slice(stored: Picture, geometry: SliceGeometry, grid: DisplayGrid, k: int, fill: float) -> Picture:
    """Compute one slice of the display grid.

    Parameters
    ----------
    stored : (n, j, i) or (n, j, i, 3) array
        Stored slices; those that `grid` names for `k` are filled.
    fill : float
        Value where there is no data.

    Returns
    -------
    (j, i) or (j, i, 3) array of the type of `stored`
    """
    below, above = int(grid.below[k]), int(grid.above[k])
    low = shifted(stored[below], *_placed(geometry, grid, below, k), fill)
    if below == above:
        return low
    high = shifted(stored[above], *_placed(geometry, grid, above, k), fill)
    weight = np.float32(grid.weight[k])
    blend = low * (np.float32(1) - weight) + high * weight
    return _as_type(blend, stored.dtype)


def _placed(geometry: SliceGeometry, grid: DisplayGrid, stored: int, k: float) -> tuple[float, float]:
    # A slice blended into another depth keeps its offset to the grid at its own depth.
    depth = float(geometry.positions_lps_mm[stored] @ geometry.normal)
    step = float(grid.lps_from_ijk[:3, 2] @ geometry.normal)
    own = (depth - float(grid.lps_from_ijk[:3, 3] @ geometry.normal)) / step
    return offset_pixels(geometry, grid, stored, own)


def _as_type(values: Picture, dtype: np.dtype[Any]) -> Picture:
    return values.astype(dtype) if dtype.kind == "f" else np.rint(values).astype(dtype)


def shifted(picture: Picture, right: float, down: float, fill: float) -> Picture:
    """Move a picture by a fraction of pixels, linear interpolation, `fill` where nothing was."""
    if right == 0.0 and down == 0.0:
        return picture
    moved = _shift_axis(_shift_axis(picture, right, 1, fill), down, 0, fill)
    return _as_type(moved, picture.dtype)


def _shift_axis(picture: Picture, distance: float, axis: int, fill: float) -> Picture:
    whole = int(np.floor(distance))
    share = np.float32(distance - whole)
    near = _roll(picture, whole, axis, fill)
    if share < 1e-6:
        return near
    far = _roll(picture, whole + 1, axis, fill)
    return near * (np.float32(1) - share) + far * share


def _roll(picture: Picture, distance: int, axis: int, fill: float) -> Picture:
    """Move by whole pixels; what comes in from outside is `fill`."""
    moved = np.full_like(picture, fill)
    length = picture.shape[axis]
    if abs(distance) < length:
        target, source = [slice(None)] * picture.ndim, [slice(None)] * picture.ndim
        target[axis] = slice(max(distance, 0), length + min(distance, 0))
        source[axis] = slice(max(-distance, 0), length + min(-distance, 0))
        moved[tuple(target)] = picture[tuple(source)]
    return moved


def is_sheared(volume: Volume) -> bool:
    """Tell whether the slices are stacked off their normal, by more than shows anywhere."""
    affine, count = volume.lps_from_ijk, volume.shape_ijk[2]
    if count < 2:
        return False
    normal = np.cross(affine[:3, 0], affine[:3, 1])
    positions = affine[:3, 3] + np.arange(count)[:, None] * affine[:3, 2]
    return shear_deg(positions, normal / np.linalg.norm(normal)) > 0


def orthogonal(volume: Volume, fill: float, *, command: str, inputs: tuple[str, ...]) -> Volume:
    """Resample a sheared volume to a grid with perpendicular axes.

    The slices keep their planes and their distance; each is moved within its plane, by linear interpolation,
    to where it belongs, on a canvas that holds them all. No value of one slice gets into another.

    Parameters
    ----------
    volume : Volume
        Sheared; its i and j axes are perpendicular.
    fill : float
        Value outside the slices.
    """
    affine = volume.lps_from_ijk
    row, column = (affine[:3, axis] / np.linalg.norm(affine[:3, axis]) for axis in (0, 1))
    normal = np.cross(row, column)
    ni, nj, nk = volume.shape_ijk
    lean = np.array([affine[:3, 2] @ row, affine[:3, 2] @ column]) / volume.spacing_mm[:2]
    drift = np.arange(nk)[:, None] * lean
    first = np.floor(drift.min(axis=0) + 1e-9).astype(int)
    extra = np.ceil(drift.max(axis=0) - 1e-9).astype(int) - first
    shape = (nk, nj + int(extra[1]), ni + int(extra[0]), *volume.voxels.shape[3:])
    voxels = np.full(shape, fill, volume.voxels.dtype)
    canvas = np.empty(shape[1:], volume.voxels.dtype)
    for k in range(nk):
        canvas[...] = fill
        canvas[:nj, :ni] = volume.voxels[k]
        voxels[k] = shifted(canvas, float(drift[k, 0] - first[0]), float(drift[k, 1] - first[1]), fill)
    straight = affine.copy()
    straight[:3, 2] = normal * (affine[:3, 2] @ normal)
    straight[:3, 3] = affine[:3, 3] + affine[:3, :2] @ first
    provenance = Provenance(command, inputs, {"interpolation": "linear"}, "shift of every slice in its plane")
    return Volume(
        voxels,
        straight,
        volume.unit,
        lps_known=volume.lps_known,
        spacing_known=volume.spacing_known,
        provenance=provenance,
    )
