"""The values of a volume under what was drawn on it."""

import numpy as np
from numpy.typing import NDArray

from core.annotation import Annotation
from core.plane import Plane
from core.volume import Volume
from imaging.contours import fill_contours
from imaging.reslice import Interpolation, Projection, ResliceOptions, reslice
from viewers.annotation_shapes import outline, points_of
from viewers.object_layer import Points
from viewers.orientation import Vector
from viewers.slice_stack import voxel_at

Values = NDArray[np.float32]

# Along grid axes, and on the slices of the grid, as far as rounding lets one tell.
_PARALLEL = 1 - 1e-6
_ON_SLICE = 1e-2
_MOST_SAMPLES = 1 << 18
_QUICK_VOXELS = 300_000
_CROSSED = 1e-9


def point_value(volume: Volume, annotation: Annotation) -> float | None:
    """Give the value at a point: of its voxel, or of the slab that the picture showed; None outside."""
    point = points_of(annotation)[0]
    if annotation.slab_mm > 0:
        plane = _plane_at(point, np.array(annotation.normal_lps), (1.0, 1.0), (1, 1))
        value = float(reslice(volume, plane, _options(annotation)).ravel()[0])
        return value if np.isfinite(value) else None
    ijk = voxel_at(volume, point)
    return None if ijk is None else float(volume.voxels[ijk[2], ijk[1], ijk[0]])


def region_values(volume: Volume, annotation: Annotation) -> Values:
    """Give the values within a closed shape.

    On a thin slice of the volume's own grid these are the stored voxels whose centres lie within; else those
    of a slice through it, interpolated as the picture is, with pixels as fine as the finest voxel side.
    """
    ring = outline(annotation).rings[0]
    plane = _grid_plane(volume, annotation, ring) or _free_plane(volume, annotation, ring)
    exact = annotation.slab_mm == 0 and _grid_axis(volume, np.array(annotation.normal_lps)) is not None
    options = _options(annotation, Interpolation.NEAREST if exact else Interpolation.LINEAR)
    values = reslice(volume, plane, options)
    offsets = ring - plane.origin_lps_mm
    pixels = np.stack(
        [offsets @ plane.right / plane.spacing_mm[0], offsets @ plane.down / plane.spacing_mm[1]], 1
    )
    inside = fill_contours([pixels], (plane.size[1], plane.size[0]))
    return values[inside].astype(np.float32)


def sphere_values(volume: Volume, annotation: Annotation, *, quick: bool = False) -> Values:
    """Give the voxels whose centres lie within a sphere; quick, only some of those of a large one."""
    centre, rim = points_of(annotation)
    radius = float(np.linalg.norm(rim - centre))
    middle = (volume.ijk_from_lps @ np.append(centre, 1.0))[:3]
    reach = radius * np.linalg.norm(volume.ijk_from_lps[:3, :3], axis=1)
    low = np.maximum(np.ceil(middle - reach), 0).astype(int)
    high = np.minimum(np.floor(middle + reach), np.array(volume.shape_ijk) - 1).astype(int)
    if (high < low).any():
        return np.zeros(0, np.float32)
    count = float(np.prod(high - low + 1.0))
    step = int(np.ceil(np.cbrt(count / _QUICK_VOXELS))) if quick and count > _QUICK_VOXELS else 1
    i, j, k = (
        (np.arange(low[axis], high[axis] + 1, step) - middle[axis])[:, None] * volume.lps_from_ijk[:3, axis]
        for axis in range(3)
    )
    # The squared length of i + j + k, in parts that are flat; those of crossed axes are 0 on most grids.
    in_jk = (k * k).sum(axis=1)[:, None] + (j * j).sum(axis=1) + 2 * (k @ j.T)
    squared = in_jk[:, :, None] + (i * i).sum(axis=1)
    for crossed in (2 * (k @ i.T)[:, None, :], 2 * (j @ i.T)[None, :, :]):
        if np.abs(crossed).max() > _CROSSED * radius * radius:
            squared += crossed
    box = volume.voxels[low[2] : high[2] + 1 : step, low[1] : high[1] + 1 : step, low[0] : high[0] + 1 : step]
    return box[squared <= radius * radius].astype(np.float32)


def line_values(volume: Volume, annotation: Annotation) -> tuple[NDArray[np.float64], Values]:
    """Give the values along a line: places in millimetres from its first end, and what is there.

    Interpolated, at half of the finest voxel side; NaN outside of the volume.
    """
    first, last = points_of(annotation)
    length = float(np.linalg.norm(last - first))
    count = int(np.clip(np.ceil(2 * length / float(volume.spacing_mm.min())), 1, 4096)) + 1
    step = length / (count - 1)
    if step == 0:
        return np.zeros(0), np.zeros(0, np.float32)
    right = (last - first) / length
    normal = np.array(annotation.normal_lps)
    down = np.cross(normal, right)
    plane = Plane(first, right, down / np.linalg.norm(down), (step, step), (count, 1))
    values = reslice(volume, plane, _options(annotation)).ravel()
    places = np.arange(count, dtype=np.float64) * step
    return places, values.astype(np.float32)


def _options(annotation: Annotation, interpolation: Interpolation = Interpolation.LINEAR) -> ResliceOptions:
    return ResliceOptions(interpolation, annotation.slab_mm, Projection(annotation.projection))


def _grid_axis(volume: Volume, normal: Vector) -> int | None:
    """Give the axis of the grid whose slices are perpendicular to a direction."""
    # Rows of the inverse are the normals of the grid's slices.
    rows = volume.ijk_from_lps[:3, :3]
    cosines = np.abs(rows @ normal) / np.linalg.norm(rows, axis=1)
    axis = int(np.argmax(cosines))
    return axis if cosines[axis] > _PARALLEL else None


def _grid_plane(volume: Volume, annotation: Annotation, ring: Points) -> Plane | None:
    """Give the pixels of the grid around a ring; None where it does not lie on one slice of it."""
    axis = _grid_axis(volume, np.array(annotation.normal_lps))
    if axis is None or annotation.slab_mm > 0:
        return None
    ijk = ring @ volume.ijk_from_lps[:3, :3].T + volume.ijk_from_lps[:3, 3]
    depth = round(float(ijk[:, axis].mean()))
    if np.abs(ijk[:, axis] - depth).max() > 0.5 + _ON_SLICE:
        return None
    across, along = (other for other in range(3) if other != axis)
    low, high = np.floor(ijk.min(axis=0)).astype(int), np.ceil(ijk.max(axis=0)).astype(int)
    low[axis] = depth
    steps = volume.lps_from_ijk[:3, :3]
    directions: NDArray[np.float64] = steps / volume.spacing_mm
    right, down = directions[:, across], directions[:, along]
    if abs(float(right @ down)) > 1e-6:
        return None
    spacing = (float(volume.spacing_mm[across]), float(volume.spacing_mm[along]))
    size = (int(high[across] - low[across]) + 1, int(high[along] - low[along]) + 1)
    return Plane(volume.lps_from_ijk[:3, 3] + steps @ low, right, down, spacing, size)


def _free_plane(volume: Volume, annotation: Annotation, ring: Points) -> Plane:
    normal = np.array(annotation.normal_lps)
    right, down = _across(normal)
    sides = np.stack([ring @ right, ring @ down], axis=1)
    middle, extent = (sides.min(axis=0) + sides.max(axis=0)) / 2, np.ptp(sides, axis=0)
    step = max(float(volume.spacing_mm.min()), float(np.sqrt(np.prod(extent + 1e-3) / _MOST_SAMPLES)))
    size = (int(extent[0] / step) + 2, int(extent[1] / step) + 2)
    x, y = (float(middle[axis]) - (size[axis] - 1) / 2 * step for axis in (0, 1))
    depth = float(ring.mean(axis=0) @ normal)
    return Plane(right * x + down * y + normal * depth, right, down, (step, step), size)


def _plane_at(point: Vector, normal: Vector, spacing: tuple[float, float], size: tuple[int, int]) -> Plane:
    right, down = _across(normal)
    return Plane(point, right, down, spacing, size)


def _across(normal: Vector) -> tuple[Vector, Vector]:
    """Give two perpendicular unit vectors across a third one."""
    axis: Vector = np.eye(3, dtype=np.float64)[int(np.argmin(np.abs(normal)))]
    right = np.asarray(np.cross(normal, axis), np.float64)
    right = right / float(np.linalg.norm(right))
    return right, np.asarray(np.cross(normal, right), np.float64)
