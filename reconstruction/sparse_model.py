"""Cameras and sparse points: what structure from motion gives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SparseModel:
    """What is known of a scene after structure from motion.

    Parameters
    ----------
    cameras : mapping
        The registered photographs by name.
    points : (n, 3) float64
        In the cameras' world.
    colours : (n, 3) uint8
        sRGB.
    errors_px : (n,) float64
        Mean distance of each point from where its photographs see it.
    tracks : tuple of (m,) int32
        Which photographs see each point: indices into the sorted names.
    explained : float
        Share of the verified matches, all pairs together, that the model agrees with to 4 pixels.
    apart : tuple of tuple of str
        Photographs that were placed, but not relative to the model: the sets of other scenes.
    """

    cameras: Mapping[str, PosedCamera]
    points: Floats
    colours: NDArray[np.uint8]
    errors_px: Floats
    tracks: tuple[NDArray[np.int32], ...]
    explained: float
    apart: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> list[str]:
        """Names of the photographs, in the order that tracks count them."""
        return sorted(self.cameras)

    @property
    def observations(self) -> int:
        """Sum of the lengths of all tracks."""
        return sum(len(track) for track in self.tracks)

    @property
    def mean_error_px(self) -> float:
        """Mean distance of an observation from its point, in pixels."""
        lengths = np.array([len(track) for track in self.tracks])
        return float(np.average(self.errors_px, weights=lengths)) if len(lengths) else 0.0

    def moved(self, scale: float, rotation: Floats, shift: Floats) -> "SparseModel":
        """Give the model in another world: x becomes scale * rotation @ x + shift."""
        cameras = {
            name: replace(
                camera,
                rotation_world_from_camera=rotation @ camera.pose[0],
                centre_m=scale * rotation @ camera.pose[1] + shift,
            )
            for name, camera in self.cameras.items()
        }
        return replace(self, cameras=cameras, points=scale * self.points @ rotation.T + shift)
