"""Maps of a world onto another that keep angles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def _no_rotation() -> Floats:
    return np.eye(3)


def _no_shift() -> Floats:
    return np.zeros(3)


@dataclass(frozen=True, eq=False)
class Similarity:
    """x becomes scale * rotation @ x + shift.

    Parameters
    ----------
    scale : float
        Positive.
    rotation : (3, 3) float64
        Proper.
    shift : (3,) float64
        Added last.
    """

    scale: float = 1.0
    rotation: Floats = field(default_factory=_no_rotation)
    shift: Floats = field(default_factory=_no_shift)

    def __post_init__(self) -> None:
        """Check that it is one; a `ValueError` names the field."""
        if not 0 < self.scale < np.inf:
            raise ValueError("scale")
        turned = self.rotation
        if turned.shape != (3, 3) or not np.allclose(turned @ turned.T, np.eye(3), atol=1e-6):
            raise ValueError("rotation")
        if np.linalg.det(turned) < 0:
            raise ValueError("rotation")
        if self.shift.shape != (3,) or not np.isfinite(self.shift).all():
            raise ValueError("shift")

    @property
    def matrix(self) -> Floats:
        """The same as (4, 4)."""
        made = np.eye(4)
        made[:3, :3] = self.scale * self.rotation
        made[:3, 3] = self.shift
        return made

    def apply(self, points: Floats) -> Floats:
        """Map points, (..., 3)."""
        return self.scale * points @ self.rotation.T + self.shift

    def inverse(self) -> "Similarity":
        """Give the map back."""
        turned = self.rotation.T
        return Similarity(1 / self.scale, turned, -(turned @ self.shift) / self.scale)

    def after(self, first: "Similarity") -> "Similarity":
        """Give the map that does `first`, then this."""
        return Similarity(
            self.scale * first.scale, self.rotation @ first.rotation, self.apply(first.shift[None])[0]
        )

    def to_json(self) -> dict[str, Any]:
        """Give numbers for a file."""
        return {"scale": self.scale, "rotation": self.rotation.tolist(), "shift": self.shift.tolist()}

    @staticmethod
    def of_json(stored: Mapping[str, Any]) -> "Similarity":
        """Take the numbers back; a `ValueError` or `KeyError` where they are none."""
        rotation, shift = np.array(stored["rotation"], float), np.array(stored["shift"], float)
        return Similarity(float(stored["scale"]), rotation, shift)
