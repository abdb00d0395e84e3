"""The surface of a mask, and the mask of a surface.

The surface comes from naive surface nets (Gibson 1998): one vertex in every cell that the border crosses, at
the mean of the crossings. Unlike marching cubes it needs no table of cases and no further library, and has no
slivers; and since every line between an inside and an outside voxel is crossed between them, the mask of the
surface is again the mask that it was made of.
"""

import numpy as np
from numpy.typing import NDArray

from core.mesh import Mesh
from core.segmentation import Segment
from core.slice_geometry import SliceGeometry
from imaging.stack_coordinates import ijk_from_lps, lps_from_ijk
from native import _core


def surface_of(mask: NDArray[np.bool_], geometry: SliceGeometry, segment: Segment) -> Mesh:
    """Give the closed surface of a mask (k, j, i), LPS millimetres; empty where the mask is."""
    box = _box(mask)
    if box is None:
        return Mesh(np.zeros((0, 3)), np.zeros((0, 3), np.int64), segment.label, segment.colour)
    ijk, triangles = _core.surface_nets(np.ascontiguousarray(mask[box]).view(np.uint8))
    ijk += [axis.start for axis in reversed(box)]
    return Mesh(lps_from_ijk(geometry, ijk), triangles, segment.label, segment.colour)


def _box(mask: NDArray[np.bool_]) -> tuple[slice, slice, slice] | None:
    """Give the smallest box (k, j, i) around a mask."""
    in_plane: NDArray[np.bool_] = np.any(mask, axis=0)
    axes = (mask.any(axis=(1, 2)), in_plane.any(axis=1), in_plane.any(axis=0))
    if not in_plane.any():
        return None
    ends = [np.flatnonzero(axis)[[0, -1]].tolist() for axis in axes]
    k, j, i = (slice(first, last + 1) for first, last in ends)
    return k, j, i


def mask_of(mesh: Mesh, geometry: SliceGeometry) -> NDArray[np.bool_]:
    """Give the voxels (k, j, i) whose centre lies inside a closed surface.

    Along every column of voxels, each crossing of the surface turns inside to outside (even-odd rule).
    """
    ni, nj, nk = geometry.shape_ijk
    points = np.ascontiguousarray(ijk_from_lps(geometry, mesh.vertices_lps_mm))
    mask = np.empty((nk, nj, ni), np.bool_)
    _core.fill_surface(points, np.ascontiguousarray(mesh.triangles), mask.view(np.uint8))
    return mask
