"""The points of a surface that several views agree on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class DensePoints:
    """Points with their normals, colours, and the views that see them.

    Parameters
    ----------
    positions : (n, 3) float32
        In the cameras' world.
    normals : (n, 3) float32
        Unit vectors, out of the surface.
    colours : (n, 3) uint8
        sRGB.
    first_view : (n + 1,) int64
        Point i is seen by `views[first_view[i]:first_view[i + 1]]`.
    views : (k,) int32
        Indices into the list of depth maps that the points were made of.
    """

    positions: NDArray[np.float32]
    normals: NDArray[np.float32]
    colours: NDArray[np.uint8]
    first_view: NDArray[np.int64]
    views: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Check the shapes; a `ValueError` names the field."""
        count = len(self.positions)
        for name in ("positions", "normals", "colours"):
            if getattr(self, name).shape != (count, 3):
                raise ValueError(name)
        if len(self.first_view) != count + 1 or self.first_view[-1] != len(self.views):
            raise ValueError("first_view")
