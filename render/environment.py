"""Light from everywhere around."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Environment:
    """A panorama that lights a scene, as in image-based lighting.

    Parameters
    ----------
    panorama : (height, width, 3) float32
        Linear radiance by longitude and latitude: the middle shows +x of the panorama, the upper edge +y, and
        a quarter to the right of the middle +z.
    panorama_from_world : (3, 3) float64
        Rotation; a scene whose up is z turns it to y.
    """

    panorama: NDArray[np.float32]
    panorama_from_world: NDArray[np.float64] = field(default_factory=lambda: np.eye(3))

    def __post_init__(self) -> None:
        """Check picture and rotation."""
        if self.panorama.ndim != 3 or self.panorama.shape[2] != 3 or not self.panorama.size:
            raise ValueError("panorama: (height, width, 3)")
        if not (np.isfinite(self.panorama).all() and self.panorama.min() >= 0):
            raise ValueError("panorama: finite and not negative")
        turn = self.panorama_from_world
        if turn.shape != (3, 3) or not np.allclose(turn.T @ turn, np.eye(3), atol=1e-6):
            raise ValueError("panorama_from_world: not a rotation")

    @staticmethod
    def studio() -> "Environment":
        """Give a bright room with a large lamp above and softer ones to the sides; up is +y."""
        return _studio()

    @staticmethod
    def uniform(radiance: float) -> "Environment":
        """Give the same light from everywhere."""
        return Environment(np.full((4, 8, 3), radiance, np.float32))


@lru_cache(maxsize=1)
def _studio() -> Environment:
    height, width = 128, 256
    elevation = (0.5 - (np.arange(height) + 0.5) / height)[:, None] * np.pi
    longitude = ((np.arange(width) + 0.5) / width - 0.5)[None, :] * 2 * np.pi
    across = np.cos(elevation)
    up = np.sin(elevation) + 0 * longitude
    towards = np.stack([across * np.cos(longitude), up, across * np.sin(longitude)], -1)
    grey = 0.35 + 0.25 * towards[..., 1]
    for direction, size, radiance in (
        ((0.2, 0.95, 0.3), 0.80, 6.0),
        ((0.8, 0.3, 0.7), 0.86, 4.0),
        ((-0.9, 0.2, 0.4), 0.88, 2.5),
    ):
        cosine = towards @ (np.array(direction) / np.linalg.norm(direction))
        grey = grey + radiance * np.clip((cosine - size) / (1 - size) * 4, 0, 1)
    # As bright on the whole as a uniform room in which white is light grey.
    mean = (grey * across).sum() / (across.sum() * width)
    return Environment(np.repeat((0.6 / mean * grey)[..., None], 3, axis=2).astype(np.float32))
