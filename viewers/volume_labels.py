"""The visible segments and structures over the slices as coloured bodies in the 3D view."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.slice_geometry import SliceGeometry
from render.label_layer import LabelColour, LabelLayer
from render.label_merging import Bodies, merged
from viewers.object_layer import Colour, ShownLayer
from viewers.segmentation_layer import SegmentationLayer
from viewers.structure_layer import StructureLayer

_CERTAIN = 0.5  # fraction from which a voxel belongs to the body of a fractional segment


def label_layer(shown: tuple[ShownLayer, ...], geometry: SliceGeometry | None) -> LabelLayer | None:
    """Give the bodies of all visible segments and structures; None where there are none.

    Where they overlap, the one above on the slices is seen.

    Parameters
    ----------
    geometry : SliceGeometry, optional
        The slices of the images: contours are filled there.
    """
    bodies = [one for layer in shown for one in _bodies(layer, geometry) if one.colours]
    if not bodies:
        return None
    whole = bodies[0] if len(bodies) == 1 else merged(bodies)
    return LabelLayer(whole.labels, whole.colours)


def left_out(shown: tuple[ShownLayer, ...], geometry: SliceGeometry | None) -> tuple[Message, ...]:
    """Say what of the visible structures is no body and is not drawn."""
    notes: list[Message] = []
    lines = 0
    for one in shown:
        if isinstance(one.layer, StructureLayer):
            visible = {item.key for item in one.layer.items if one.look.shows(item)}
            kept = [each for each in one.layer.structures if str(each.segment.number) in visible]
            lines += sum(len(each.lines) for each in kept)
            if geometry is not None and any(each.contours for each in kept):
                notes += one.layer.bodies_on(geometry).notes
    if lines:
        text = QT_TRANSLATE_NOOP("Message", "Points and lines of structures that 3D does not draw: {count}.")
        notes.append(message(text, count=lines))
    return tuple(notes)


def _bodies(shown: ShownLayer, geometry: SliceGeometry | None) -> Iterator[Bodies]:
    layer = shown.layer
    if isinstance(layer, SegmentationLayer):
        yield from _segments(layer, shown)
    elif isinstance(layer, StructureLayer) and geometry is not None:
        visible = {item.key: shown.look.colour(item) for item in layer.items if shown.look.shows(item)}
        for volume, keys in layer.bodies_on(geometry).label_maps:
            colours = {
                number: _colour(visible[key], shown.look.opacity)
                for number, key in keys.items()
                if key in visible
            }
            yield Bodies(volume, colours)


def _segments(layer: SegmentationLayer, shown: ShownLayer) -> Iterator[Bodies]:
    visible = {int(item.key): shown.look.colour(item) for item in layer.items if shown.look.shows(item)}
    colours = {number: _colour(colour, shown.look.opacity) for number, colour in visible.items()}
    if not colours:
        return
    for volume in layer.label_maps:
        yield Bodies(volume, colours)
    for number, fractions in layer.fractions.items():
        if number in colours:
            certain = (fractions.voxels >= _CERTAIN).astype(np.uint8)
            yield Bodies(replace(fractions, voxels=certain), {1: colours[number]})


def _colour(colour: Colour, opacity: float) -> LabelColour:
    red, green, blue = (level / 255 for level in colour)
    return LabelColour(red, green, blue, opacity)
