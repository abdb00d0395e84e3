"""The slices of derived objects on a regular grid, in the place of the images that they belong to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.plane import Plane
from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.display_grid import display_grid
from imaging.reslice import reslice
from viewers.derived_objects import LayerTarget

# A level of a slide is a power of two smaller than another, rounded to whole pixels.
_SAME_SHAPE = 0.02


def grid_volume(geometry: SliceGeometry, values: NDArray[Any], target: LayerTarget) -> Volume:
    """Give values on the slices of an object as a volume that can be cut together with the images.

    Slices that are not evenly spaced are brought to a regular grid by taking the nearest one. A single slice
    becomes as thick as those of the images where it is parallel to them. An object without a place in the
    patient is laid over the images from corner to corner, where it has their shape.

    Parameters
    ----------
    values : (k, j, i) uint8, uint16 or float32
        On the slices of `geometry`.

    Raises
    ------
    BadInput
        When nothing tells where on the images it lies.
    """
    if not geometry.lps_known:
        return _over_images(values, target.volume)
    if geometry.lps_from_ijk is not None:
        return Volume(np.ascontiguousarray(values), _thick(geometry, target.volume))
    return regular_volume(geometry, values)


def regular_volume(geometry: SliceGeometry, values: NDArray[Any]) -> Volume:
    """Give values on slices, (k, j, i), as a volume; uneven slices become even ones, each the nearest."""
    if geometry.lps_from_ijk is not None:
        return Volume(np.ascontiguousarray(values), geometry.lps_from_ijk)
    grid = display_grid(geometry)
    nearest = np.where(grid.weight < 0.5, grid.below, grid.above)
    regular = np.ascontiguousarray(values[np.maximum(nearest, 0)])
    regular[nearest < 0] = 0
    return Volume(regular, grid.lps_from_ijk)


def _thick(geometry: SliceGeometry, volume: Volume) -> NDArray[np.float64]:
    """Give the affine, with the step of the images where it has a single slice that is parallel to theirs."""
    affine = geometry.lps_from_ijk
    assert affine is not None
    step = volume.lps_from_ijk[:3, 2]
    along = float(step @ geometry.normal)
    parallel = abs(along) > 0.999 * float(np.linalg.norm(step))
    if geometry.kind is not GeometryKind.FLAT or not volume.lps_known or not parallel:
        return affine
    thick = affine.copy()
    thick[:3, 2] = geometry.normal * abs(along)
    return thick


def _over_images(values: NDArray[Any], volume: Volume) -> Volume:
    size, own = np.array(volume.shape_ijk, float), np.array(values.shape[::-1], float)
    scale = size / own
    if scale[2] != 1.0 or abs(scale[0] / scale[1] - 1.0) > _SAME_SHAPE:
        text = QT_TRANSLATE_NOOP("Message", "It has no place in the patient and is not shaped as the images.")
        raise BadInput(message(text))
    own_to_image = np.diag([*scale, 1.0])
    own_to_image[:3, 3] = (scale - 1) / 2
    return Volume(
        np.ascontiguousarray(values),
        volume.lps_from_ijk @ own_to_image,
        lps_known=False,
        spacing_known=volume.spacing_known,
    )


def voxel_value(volume: Volume, point_lps_mm: NDArray[np.float64]) -> float:
    """Give the value of the voxel that holds a point (3,); NaN outside."""
    i, j, k = np.rint((volume.ijk_from_lps @ np.append(point_lps_mm, 1.0))[:3]).astype(int).tolist()
    ni, nj, nk = volume.shape_ijk
    inside = 0 <= i < ni and 0 <= j < nj and 0 <= k < nk
    return float(volume.voxels[k, j, i]) if inside else float("nan")


def value_between(volume: Volume, point_lps_mm: NDArray[np.float64]) -> float:
    """Give the value at a point (3,) by trilinear interpolation; NaN outside."""
    right, down = np.eye(3)[0], np.eye(3)[1]
    return float(reslice(volume, Plane(point_lps_mm, right, down, (1.0, 1.0), (1, 1)))[0, 0])
