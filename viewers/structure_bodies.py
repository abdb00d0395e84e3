"""The closed contours of a structure set as bodies: label maps on the slices of the images."""

from dataclasses import dataclass, replace

from core.message import Message
from core.slice_geometry import SliceGeometry
from core.volume import Volume
from imaging.structure_set_reading import Structure, StructureSet, rasterise
from viewers.label_raster import cropped
from viewers.slice_grid import regular_volume


@dataclass(frozen=True, eq=False)
class StructureBodies:
    """What is inside the contours.

    Parameters
    ----------
    label_maps : tuple of (Volume, dict of int to str)
        Cut down to what is labelled; the dictionary names the structure (its number as text) of each label.
        Structures that overlap are in different maps.
    notes : tuple of Message
        What could not be drawn.
    """

    label_maps: tuple[tuple[Volume, dict[int, str]], ...]
    notes: tuple[Message, ...]


def structure_bodies(structures: tuple[Structure, ...], geometry: SliceGeometry) -> StructureBodies:
    """Fill the contours on the slices of the images."""
    closed = tuple(replace(one, lines=()) for one in structures if one.contours)
    drawn = rasterise(StructureSet(closed, "", ()), geometry)
    found = drawn.segmentation
    keys = {made.number: str(one.segment.number) for made, one in zip(found.segments, closed, strict=True)}
    maps: list[tuple[Volume, dict[int, str]]] = []
    for number, layer in enumerate(found.layers):
        volume = cropped(regular_volume(geometry, layer))
        own = {label: key for label, key in keys.items() if found.layer_of.get(label, 0) == number}
        if volume is not None:
            maps.append((volume, own))
    return StructureBodies(tuple(maps), drawn.notes)
