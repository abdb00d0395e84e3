"""A picture that is looked for in a map: its features, their rays, and how exactly they are placed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.slam.map_tracks import camera_rays, unit_descriptors
from reconstruction.slam.place_features import PlaceFeatures, sight_sigmas

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlaceQuery:
    """A picture that is looked for.

    Parameters
    ----------
    features : PlaceFeatures
        n of them.
    looks : (n, 128) float32
        Descriptors of length 1.
    flat : (n, 2) float64
        x and y of their rays at depth 1.
    rays : (n, 3) float64
        Of length 1, in the camera's axes.
    sigmas : (n,) float64
        How exactly they are placed, in radians.
    focal_px : float
        Pixels a radian in the middle.
    """

    features: PlaceFeatures
    looks: NDArray[np.float32]
    flat: Floats
    rays: Floats
    sigmas: Floats
    focal_px: float

    @staticmethod
    def of(features: PlaceFeatures, camera: PosedCamera) -> "PlaceQuery":
        """Make one of a picture's features and its lens."""
        focal = float(camera.intrinsics[0, 0])
        rays = camera_rays(camera, features.places)
        return PlaceQuery(
            features,
            unit_descriptors(features.descriptors),
            rays[:, :2] / rays[:, 2:],
            rays,
            sight_sigmas(features, focal),
            focal,
        )
