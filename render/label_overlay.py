"""A segmentation file as coloured bodies in the picture of a volume."""

import colorsys
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.volume import Volume
from imaging.conversion_source import read_source
from render.label_layer import LabelColour, LabelLayer
from render.label_merging import Bodies, merged

_OPACITY = 0.6
_TURN = 0.618034  # of the circle of hues, by the golden ratio: neighbours differ


def read_overlay(path: Path) -> LabelLayer:
    """Read a label map or a segmentation object; where segments overlap, the later one is seen.

    Raises
    ------
    BadInput
        When it is neither, or its slices are irregular.
    """
    segmentation = read_source(path).segmentation
    if segmentation is None or segmentation.geometry.lps_from_ijk is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no labels that can be laid over a volume.")
        raise BadInput(message(text, path=str(path)))
    colours = {
        segment.number: _colour(segment.number, segment.colour)
        for segment in segmentation.segments
        if segment.number > 0
    }
    affine = segmentation.geometry.lps_from_ijk
    layers = [Bodies(Volume(layer, affine), colours) for layer in segmentation.layers]
    whole = layers[0] if len(layers) == 1 else merged(layers)
    return LabelLayer(whole.labels, whole.colours)


def _colour(number: int, stated: tuple[int, int, int] | None) -> LabelColour:
    if stated is not None:
        return LabelColour(stated[0] / 255, stated[1] / 255, stated[2] / 255, _OPACITY)
    return LabelColour(*distinct_colour(number), _OPACITY)


def distinct_colour(number: int) -> tuple[float, float, float]:
    """Give the colour of what says nothing of its own, sRGB, 0 to 1; those of neighbours differ."""
    return colorsys.hsv_to_rgb(number * _TURN % 1.0, 0.75, 1.0)
