"""The slices of derived objects on a regular grid, in the place of the images that they belong to."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.slice_geometry import GeometryKind, SliceGeometry
from core.volume import Volume
from imaging.display_grid import display_grid
from viewers.derived_objects import LayerTarget


def grid_volume(geometry: SliceGeometry, values: NDArray[Any], target: LayerTarget) -> Volume:
    """Give values on the slices of an object as a volume that can be cut together with the images.

    Slices that are not evenly spaced are brought to a regular grid by taking the nearest one. A single slice
    becomes as thick as those of the images where it is parallel to them. An object without a place in the
    patient is laid over the images from corner to corner.

    Parameters
    ----------
    values : (k, j, i) uint8, uint16 or float32
        On the slices of `geometry`.
    """
    if not geometry.lps_known:
        return _over_images(values, target.volume)
    if geometry.lps_from_ijk is not None:
        return Volume(np.ascontiguousarray(values), _thick(geometry, target.volume))
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
    # From voxel to voxel where there are as many slices, else both stacks end at the same place.
    own_to_image = np.diag([*scale, 1.0])
    own_to_image[:3, 3] = (scale - 1) / 2
    return Volume(
        np.ascontiguousarray(values),
        volume.lps_from_ijk @ own_to_image,
        lps_known=False,
        spacing_known=volume.spacing_known,
    )
