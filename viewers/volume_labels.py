"""The visible segments over the slices as coloured bodies in the 3D view."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.label_layer import LabelColour, LabelLayer
from viewers.object_layer import Colour, ShownLayer
from viewers.segmentation_layer import SegmentationLayer

_CERTAIN = 0.5  # fraction from which a voxel belongs to the body of a fractional segment
_Voxels = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class _Bodies:
    """A label map with the colours of what is visible of it."""

    labels: Volume
    colours: dict[int, LabelColour]


def label_layer(shown: tuple[ShownLayer, ...]) -> LabelLayer | None:
    """Give the bodies of all visible segments; None where there are none.

    Where segments overlap, the one above on the slices is seen. Segmentations whose voxels lie on other grids
    than the first one's are left out: they cannot be drawn in the same pass.
    """
    bodies = [one for layer in shown for one in _bodies(layer)]
    if not bodies:
        return None
    if len(bodies) == 1:
        return LabelLayer(bodies[0].labels, bodies[0].colours)
    return _merged(bodies)


def _bodies(shown: ShownLayer) -> Iterator[_Bodies]:
    layer = shown.layer
    if not isinstance(layer, SegmentationLayer):
        return
    visible = {int(item.key): shown.look.colour(item) for item in layer.items if shown.look.shows(item)}
    colours = {number: _colour(colour, shown.look.opacity) for number, colour in visible.items()}
    if not colours:
        return
    for volume in layer.label_maps:
        yield _Bodies(volume, colours)
    for number, fractions in layer.fractions.items():
        if number in colours:
            certain = (fractions.voxels >= _CERTAIN).astype(np.uint8)
            yield _Bodies(replace(fractions, voxels=certain), {1: colours[number]})


def _colour(colour: Colour, opacity: float) -> LabelColour:
    red, green, blue = (level / 255 for level in colour)
    return LabelColour(red, green, blue, opacity)


def _merged(bodies: list[_Bodies]) -> LabelLayer:
    """Put label maps into one, each of their visible labels under a number of its own."""
    first = bodies[0].labels
    placed = [(one, at) for one in bodies if (at := _offset(one.labels, first)) is not None and one.colours]
    low = np.min([at for _, at in placed], axis=0)
    high = np.max([at + one.labels.voxels.shape for one, at in placed], axis=0)
    count = sum(len(one.colours) for one, _ in placed)
    kind = np.uint8 if count < 256 else np.uint16
    merged = np.zeros(high - low, kind)
    colours: dict[int, LabelColour] = {}
    for one, at in placed:
        table = np.zeros(int(np.iinfo(one.labels.voxels.dtype).max) + 1, kind)
        for label, colour in one.colours.items():
            table[label] = len(colours) + 1
            colours[len(colours) + 1] = colour
        k, j, i = at - low
        nk, nj, ni = one.labels.voxels.shape
        part = merged[k : k + nk, j : j + nj, i : i + ni]
        numbers = table[one.labels.voxels]
        np.copyto(part, numbers, where=numbers > 0)
    affine = first.lps_from_ijk.copy()
    affine[:3, 3] = (affine @ [*low[::-1], 1.0])[:3]
    return LabelLayer(replace(first, voxels=merged, lps_from_ijk=affine), colours)


def _offset(volume: Volume, first: Volume) -> NDArray[np.int64] | None:
    """Give where a label map begins in the grid of another, (k, j, i); None where it lies between voxels."""
    if not np.allclose(volume.lps_from_ijk[:3, :3], first.lps_from_ijk[:3, :3], atol=1e-4):
        return None
    ijk = np.linalg.solve(first.lps_from_ijk[:3, :3], volume.lps_from_ijk[:3, 3] - first.lps_from_ijk[:3, 3])
    whole = np.rint(ijk)
    return whole[::-1].astype(np.int64) if np.abs(ijk - whole).max() < 0.05 else None
