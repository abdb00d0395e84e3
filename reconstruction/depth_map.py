"""How far away what a view shows is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DepthMap:
    """The surface that a view sees.

    Parameters
    ----------
    name : str
        Of the view.
    camera : PosedCamera
        A pinhole of the map's own size.
    depth : (height, width) float32
        Along the camera's axis, in the scene's unit; 0 where it is not known.
    normals : (height, width, 3) float32
        Unit vectors in the camera's frame (x right, y down, z forward), turned to the camera; 0 where
        unknown.
    verified_by : (height, width) uint8
        How many views saw the same surface, this one among them; 0 where the depth is not known.
    laid : (height, width) bool, optional
        Where a plane took the place of what pictures cannot tell; None: nowhere.
    """

    name: str
    camera: PosedCamera
    depth: Floats
    normals: Floats
    verified_by: NDArray[np.uint8]
    laid: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Check the shapes; a `ValueError` names the field."""
        width, height = self.camera.size
        if self.depth.shape != (height, width) or not np.isfinite(self.depth).all():
            raise ValueError("depth")
        if self.normals.shape != (height, width, 3):
            raise ValueError("normals")
        if self.verified_by.shape != (height, width):
            raise ValueError("verified_by")
        if self.laid is not None and self.laid.shape != (height, width):
            raise ValueError("laid")

    def points_in_world(self) -> NDArray[np.float64]:
        """Give the point of every pixel, (height, width, 3), in the world; the centre where none is known."""
        rotation, centre = self.camera.pose
        k = self.camera.intrinsics
        down, across = np.indices(self.depth.shape)
        y = (down - k[1, 2]) / k[1, 1]
        x = (across - k[0, 2] - k[0, 1] * y) / k[0, 0]
        rays = np.stack((x, y, np.ones_like(x)), axis=-1)
        return self.depth[..., None] * rays @ rotation.T + centre
