"""Labels drawn as coloured bodies in the picture of a volume."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.volume import Volume
from native import _core
from render.native_look import MOST_OPAQUE, ijk_from_lps


@dataclass(frozen=True)
class LabelColour:
    """What one label looks like.

    Parameters
    ----------
    red, green, blue : float
        Colour, 0 to 1.
    opacity : float
        0 to 1: the part of the light that a millimetre of it absorbs; 0 hides the label.
    """

    red: float
    green: float
    blue: float
    opacity: float

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not all(0 <= level <= 1 for level in (self.red, self.green, self.blue, self.opacity)):
            raise ValueError(f"colour and opacity are 0 to 1: {self}")


class LabelLayer:
    """A label map that is drawn in the same pass as a volume, on a grid of its own.

    Borders are smooth: a body ends where half of what is between eight voxels belongs to it.

    Parameters
    ----------
    labels : Volume
        uint8 or uint16, 0 outside; not copied.
    colours : mapping of int to LabelColour
        By label; what is not named is not seen.
    shaded : bool
        Whether the bodies are lit.
    """

    def __init__(self, labels: Volume, colours: Mapping[int, LabelColour], *, shaded: bool = True) -> None:
        if labels.voxels.ndim != 3 or labels.voxels.dtype.type not in (np.uint8, np.uint16):
            raise ValueError(f"labels: uint8 or uint16, not {labels.voxels.dtype}")
        self.labels = labels
        self.shaded = shaded
        self._blocks: Any = _core.ValueBlocks(labels.voxels)
        self._set_colours(colours)

    def recoloured(self, colours: Mapping[int, LabelColour]) -> "LabelLayer":
        """Give the same labels in other colours, without looking at every voxel again."""
        other = object.__new__(LabelLayer)
        other.labels, other.shaded, other._blocks = self.labels, self.shaded, self._blocks
        other._set_colours(colours)
        return other

    def _set_colours(self, colours: Mapping[int, LabelColour]) -> None:
        if any(not 0 <= label <= np.iinfo(np.uint16).max for label in colours):
            raise ValueError("labels: 0 to 65535")
        table = np.zeros((max(colours, default=0) + 1, 4))
        for label, colour in colours.items():
            extinction = -np.log1p(-min(colour.opacity, MOST_OPAQUE))
            table[label] = *(np.array([colour.red, colour.green, colour.blue]) * extinction), extinction
        self._table = np.ascontiguousarray(table, np.float32)
        self._occupied: Any = _core.OccupiedBlocks.by_labels(self._blocks, self._table)

    def add_to(self, scene: Any, lighting: Any) -> None:
        """Draw it in a scene of the kernel, in the light of a volume there."""
        lighting.shaded = self.shaded
        lighting.surface_gradient = max(0.05 * float(self._table[:, 3].max()), 1e-6)
        affine = ijk_from_lps(self.labels)
        scene.set_labels(self.labels.voxels, affine, self._occupied, self._table, lighting)
