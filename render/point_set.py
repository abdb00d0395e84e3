"""Points to be drawn."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class PointUnit(StrEnum):
    """What the radius of a point is measured in."""

    PIXEL = "pixel"
    LENGTH = "length"


@dataclass(frozen=True, eq=False)
class PointSet:
    """Points that are drawn as discs.

    Parameters
    ----------
    positions : (n, 3) float32
        In the unit of the scene.
    radii : (1,) or (n,) float32
        Of all points, or of each.
    unit : PointUnit
        Pixels, for points that stay as large from afar, or the scene's unit, for splats that cover a surface.
    normals : (n, 3) float32, optional
        Splats lie in the surface where these are given, and face the camera otherwise.
    colours : (n, 4) float32, optional
        Linear RGBA, multiplied into the material's.
    """

    positions: Floats
    radii: Floats
    unit: PointUnit = PointUnit.PIXEL
    normals: Floats | None = None
    colours: Floats | None = None

    def __post_init__(self) -> None:
        """Check shapes and numbers."""
        count = len(self.positions)
        shapes = (
            ("positions", self.positions, (count, 3)),
            ("normals", self.normals, (count, 3)),
            ("colours", self.colours, (count, 4)),
        )
        for what, rows, shape in shapes:
            if rows is not None and (rows.shape != shape or not np.isfinite(rows).all()):
                raise ValueError(f"{what}: finite, {shape}")
        if self.radii.shape not in ((1,), (count,)):
            raise ValueError(f"radii: {self.radii.shape}")
        if self.radii.size and not (np.isfinite(self.radii).all() and self.radii.min() > 0):
            raise ValueError("radii: finite and positive")
