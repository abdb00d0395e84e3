"""Points on surfaces, as scanners and reconstructions give them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PointCloud:
    """Points, and their colours where they have some.

    Parameters
    ----------
    points_m : (n, 3) float64
        Finite; metres where the cloud has a scale.
    colours : (n, 3) uint8, optional
        sRGB.
    """

    points_m: NDArray[np.float64]
    colours: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        """Check everything; a `ValueError` names the field."""
        if self.points_m.ndim != 2 or self.points_m.shape[1] != 3 or not np.isfinite(self.points_m).all():
            raise ValueError("points_m")
        if self.colours is not None and self.colours.shape != self.points_m.shape:
            raise ValueError("colours")

    def __len__(self) -> int:
        """Give the number of points."""
        return len(self.points_m)

    @property
    def spread_m(self) -> float:
        """Give the diagonal of the box that holds the middle 90 % of the points in every direction."""
        # A few thousand points tell it as well as all.
        some = self.points_m[:: max(1, len(self) // 4000)]
        low, high = np.quantile(some, (0.05, 0.95), axis=0)
        return float(np.linalg.norm(high - low))
