"""How precisely photographs fix a point."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera

Floats = NDArray[np.float64]

_MOST_VIEWS = 6  # more may be in front of a point, but hardly all of them see it
_PARALLEL = 1e12


def views_of(point: Floats, cameras: Sequence[PosedCamera]) -> list[PosedCamera]:
    """Give the cameras whose pictures a point lies in, the nearest first; what hides it is not looked at."""
    seen: list[tuple[float, PosedCamera]] = []
    for camera in cameras:
        rotation, centre = camera.pose
        x, y, depth = (point - centre) @ rotation
        if depth <= 0:
            continue
        k, (width, height) = camera.intrinsics, camera.size
        across, down = k[0, 0] * x / depth + k[0, 2], k[1, 1] * y / depth + k[1, 2]
        if -0.5 <= across <= width - 0.5 and -0.5 <= down <= height - 0.5:
            seen.append((float(depth), camera))
    return [camera for _, camera in sorted(seen, key=lambda one: one[0])[:_MOST_VIEWS]]


def point_covariance(point: Floats, cameras: Sequence[PosedCamera], sigma_px: float) -> Floats | None:
    """Give the covariance, (3, 3), of a point that each camera sees with an error of `sigma_px`.

    First order: the inverse of the information that the pictures hold (Hartley and Zisserman, Multiple View
    Geometry, 2004, section 5.2). None where they do not fix the point.
    """
    information = np.zeros((3, 3))
    for camera in cameras:
        rotation, centre = camera.pose
        x, y, depth = (point - centre) @ rotation
        focal = np.array([camera.intrinsics[0, 0], camera.intrinsics[1, 1]])
        of_place = np.array([[1, 0, -x / depth], [0, 1, -y / depth]]) / depth
        jacobian = focal[:, None] * of_place @ rotation.T / sigma_px
        information += jacobian.T @ jacobian
    if not information.any() or np.linalg.cond(information) > _PARALLEL:
        return None
    return np.asarray(np.linalg.inv(information), np.float64)


def length_sigma(
    first: Floats, second: Floats, cameras: Sequence[PosedCamera], sigma_px: float
) -> float | None:
    """Give the standard deviation of the distance of two points, in their unit; None where unknown."""
    apart = first - second
    length = float(np.linalg.norm(apart))
    each = [point_covariance(point, views_of(point, cameras), sigma_px) for point in (first, second)]
    if length <= 0 or each[0] is None or each[1] is None:
        return None
    along = apart / length
    return float(np.sqrt(along @ (each[0] + each[1]) @ along))
