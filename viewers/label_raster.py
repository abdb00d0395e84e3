"""Label maps as coloured pictures: areas in their opacity, their borders opaque."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane
from core.volume import Volume
from imaging.reslice import Interpolation, ResliceOptions, StopFlag, reslice
from viewers.object_layer import Colour, Points, Raster

_NEAREST = ResliceOptions(Interpolation.NEAREST)
Labels = NDArray[np.uint16]


def cropped(volume: Volume) -> Volume | None:
    """Give the smallest part of a volume with all of its voxels above 0, or None where there is none."""
    filled = [np.flatnonzero(_any_along(volume.voxels, axis)) for axis in range(3)]
    if any(len(found) == 0 for found in filled):
        return None
    first = [int(found[0]) for found in filled]
    box = tuple(slice(low, int(found[-1]) + 1) for low, found in zip(first, filled, strict=True))
    affine = volume.lps_from_ijk.copy()
    affine[:3, 3] = (affine @ [*first[::-1], 1.0])[:3]
    return replace(volume, voxels=np.ascontiguousarray(volume.voxels[box]), lps_from_ijk=affine)


def _any_along(voxels: NDArray[np.generic], axis: int) -> NDArray[np.bool_]:
    """Tell which planes across an axis hold a voxel above 0; a slice at a time, so that no copy is made."""
    if axis == 0:
        return np.array([bool(plane.any()) for plane in voxels])
    found = np.zeros(voxels.shape[axis], np.bool_)
    for plane in voxels:
        found |= plane.any(axis=2 - axis)
    return found


def patch_of(plane: Plane, volume: Volume) -> tuple[Plane, tuple[slice, slice]] | None:
    """Give the part of a plane that a volume can cover, and where in the picture it is (rows, columns)."""
    corners = volume.corners_lps_mm - plane.origin_lps_mm
    depths = corners @ plane.normal
    if depths.min() > 0 or depths.max() < 0:
        return None
    x, width = _span(corners @ plane.right / plane.spacing_mm[0], plane.size[0])
    y, height = _span(corners @ plane.down / plane.spacing_mm[1], plane.size[1])
    if width <= 0 or height <= 0:
        return None
    part = replace(plane, origin_lps_mm=plane.lps_from_pixel(x, y), size=(width, height))
    return part, (slice(y, y + height), slice(x, x + width))


def _span(pixels: Points, size: int) -> tuple[int, int]:
    # One more on each side: a border may be rounded either way.
    first = int(np.clip(np.floor(pixels.min()) - 1, 0, size))
    last = int(np.clip(np.ceil(pixels.max()) + 2, 0, size))
    return first, last - first


def labels_on(plane: Plane, volume: Volume, stop: StopFlag | None = None) -> Labels:
    """Cut a label map by the nearest voxel; (height, width), 0 outside."""
    values = reslice(volume, plane, _NEAREST, stop=stop)
    return np.asarray(np.nan_to_num(values, copy=False, nan=0.0), np.uint16)


def border(labels: Labels) -> NDArray[np.bool_]:
    """Tell which pixels have another label beside them; the labelled ones only."""
    found = np.zeros(labels.shape, np.bool_)
    across = labels[:, 1:] != labels[:, :-1]
    along = labels[1:] != labels[:-1]
    found[:, 1:] |= across
    found[:, :-1] |= across
    found[1:] |= along
    found[:-1] |= along
    return found & (labels > 0)


def premultiplied(colour: Colour, opacity: float) -> tuple[int, int, int, int]:
    """Give a colour as a raster has it."""
    red, green, blue = (round(part * opacity) for part in colour)
    return red, green, blue, round(255 * opacity)


def colour_labels(labels: Labels, colours: Mapping[int, Colour], opacity: float) -> Raster:
    """Colour the labels that have a colour; borders are opaque.

    Parameters
    ----------
    labels : (height, width) uint16
    colours : mapping of int to Colour
    opacity : float
        Of the areas, 0 to 1.
    """
    last = max(int(labels.max(initial=0)), *colours, 0)
    area, line = np.zeros((2, last + 1, 4), np.uint8)
    for number, colour in colours.items():
        area[number], line[number] = premultiplied(colour, opacity), premultiplied(colour, 1.0)
    # Through 32 bit words, which numpy picks much faster than rows of four bytes.
    words = area.view(np.uint32)[:, 0][labels]
    # What is hidden has no border either.
    edge = border(np.where(line[:, 3] > 0, np.arange(last + 1), 0).astype(np.uint16)[labels])
    words[edge] = line.view(np.uint32)[:, 0][labels[edge]]
    return words.view(np.uint8).reshape(*labels.shape, 4)
