"""Which pixel of one view shows what a pixel of another shows at a known depth."""

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]


def pixel_map(source: PosedCamera, target: PosedCamera) -> Floats:
    """Map pixels of a view, with their inverse depth, to another's.

    Parameters
    ----------
    source, target : PosedCamera
        Pinholes with poses.

    Returns
    -------
    (3, 4) float64
        M: the pixel (x, y) of `source` at depth z is seen by `target` at the homogeneous pixel
        M (x, y, 1, 1 / z), whose last coordinate is the depth there divided by z (Hartley and Zisserman,
        Multiple View Geometry, 13.1).
    """
    rotation, centre = source.pose
    target_rotation, target_centre = target.pose
    turn = target.intrinsics @ target_rotation.T @ rotation @ np.linalg.inv(source.intrinsics)
    shift = target.intrinsics @ target_rotation.T @ (centre - target_centre)
    return np.ascontiguousarray(np.column_stack((turn, shift)))


def relative_turn(source: PosedCamera, target: PosedCamera) -> Floats:
    """Give the (3, 3) rotation of directions from the frame of `source` to that of `target`."""
    return target.pose[0].T @ source.pose[0]
