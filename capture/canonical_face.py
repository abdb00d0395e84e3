"""The face that landmarks are compared with, and its triangles.

Points, triangles and weights are of MediaPipe's face geometry module (Google, Apache-2.0): 468 points of a
grown person's face, in metres; x to the person's left, y up and z out of the face.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets import asset_path
from capture.region import Floats


@dataclass(frozen=True, eq=False)
class CanonicalFace:
    """The model.

    Parameters
    ----------
    points : (468, 3) float64
        In metres.
    triangles : (898, 3) int
        Indices of points.
    basis : (33,) int
        Points that move little with the expression.
    weights : (33,) float64
        How much each counts.
    """

    points: Floats
    triangles: NDArray[np.int64]
    basis: NDArray[np.int64]
    weights: Floats

    @property
    def edges(self) -> NDArray[np.int64]:
        """Every edge of the triangles once, (n, 2)."""
        pairs = np.concatenate(
            [self.triangles[:, [0, 1]], self.triangles[:, [1, 2]], self.triangles[:, [2, 0]]]
        )
        return np.unique(np.sort(pairs, axis=1), axis=0)


@cache
def canonical_face() -> CanonicalFace:
    """Read the model, once."""
    with np.load(asset_path("capture", "canonical_face.npz")) as file:
        return CanonicalFace(
            file["points_m"].astype(np.float64),
            file["triangles"].astype(np.int64),
            file["basis"].astype(np.int64),
            file["weights"].astype(np.float64),
        )
