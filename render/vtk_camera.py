"""Pinhole cameras in the form that VTK takes them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.pinhole_camera import PinholeCamera
from render.vtk_look import matrix_of

_DEPTHS = 1e-5  # of the nearest to the farthest place that a depth buffer of 24 bits tells apart well


def set_pinhole(view: Any, camera: PinholeCamera, points: NDArray[np.float64]) -> None:
    """Bring VTK's camera to where ours is.

    Parameters
    ----------
    points : (n, 3) float64
        All that is seen lies within their hull.
    """
    pose = camera.world_from_camera
    right, down, forward = pose[:3, :3].T
    del right
    view.SetPosition(*pose[:3, 3])
    view.SetFocalPoint(*(pose[:3, 3] + forward))
    view.SetViewUp(*-down)
    view.SetParallelProjection(camera.parallel)
    depths = points @ forward - pose[:3, 3] @ forward
    far = max(float(depths.max(initial=0.0)) * 1.01, camera.near * 2)
    near = max(camera.near, float(depths.min(initial=far)) * 0.99, far * _DEPTHS)
    view.SetClippingRange(near, far)
    view.SetExplicitProjectionTransformMatrix(matrix_of(projection(camera, near, far)))
    view.SetUseExplicitProjectionTransformMatrix(True)


def projection(camera: PinholeCamera, near: float, far: float) -> NDArray[np.float64]:
    """Give the (4, 4) matrix from the axes of OpenGL's camera (y up, looking along -z) to its clip space."""
    width, height = camera.size
    # Pixel (0, 0) has its centre at half a pixel from the corner of the picture.
    right = 2 * (camera.cx + 0.5) / width - 1
    up = 1 - 2 * (camera.cy + 0.5) / height
    made = np.zeros((4, 4))
    made[0, 0], made[1, 1] = 2 * camera.fx / width, 2 * camera.fy / height
    if camera.parallel:
        made[2, 2], made[2, 3] = -2 / (far - near), -(far + near) / (far - near)
        made[0, 3], made[1, 3], made[3, 3] = right, up, 1.0
    else:
        made[2, 2], made[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
        made[0, 2], made[1, 2], made[3, 2] = -right, -up, -1.0
    return made
