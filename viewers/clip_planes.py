"""The planes that cut a volume open in the 3D view: their outlines and handles in the picture."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.volume import Volume
from render.camera import Camera, Vector
from render.clip_plane import ClipPlane
from viewers.camera_projection import CameraProjection

_TIP_PIXELS = 56.0  # from the middle of a plane's outline to the handle that turns it
_STEPS = 50  # of a key, through the volume
_EDGES = ((0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7))


def facing(camera: Camera, volume: Volume) -> ClipPlane:
    """Give the plane through the middle of a volume that cuts away the half before the viewer."""
    return ClipPlane(_vector(volume.centre_lps_mm), _vector(camera.axes[2]))


def flipped(plane: ClipPlane) -> ClipPlane:
    """Give the plane that shows what the other one cuts away."""
    x, y, z = plane.normal
    return replace(plane, normal=(-x, -y, -z))


def moved(plane: ClipPlane, mm: float, volume: Volume) -> ClipPlane:
    """Move a plane along its normal, not beyond the volume: from a hundredth within each end of it."""
    normal = _unit(plane.normal)
    ends = volume.corners_lps_mm @ normal
    margin = 0.01 * float(ends.max() - ends.min())
    now = float(normal @ np.array(plane.point_lps_mm))
    wanted = min(max(now + mm, float(ends.min()) + margin), float(ends.max()) - margin)
    return replace(plane, point_lps_mm=_vector(np.array(plane.point_lps_mm) + normal * (wanted - now)))


def step_mm(plane: ClipPlane, volume: Volume) -> float:
    """Give how far a key moves a plane: a fiftieth of the way through the volume."""
    ends = volume.corners_lps_mm @ _unit(plane.normal)
    return float(ends.max() - ends.min()) / _STEPS


def outline(plane: ClipPlane, volume: Volume) -> NDArray[np.float64]:
    """Give where a plane meets the borders of a volume, (n, 3) LPS mm in order around; (0, 3) for nowhere."""
    corners, normal = volume.corners_lps_mm, _unit(plane.normal)
    heights = corners @ normal - float(normal @ np.array(plane.point_lps_mm))
    met: list[NDArray[np.float64]] = []
    for first, second in _EDGES:
        below, above = heights[first], heights[second]
        if (below < 0) != (above < 0):
            met.append(corners[first] + (corners[second] - corners[first]) * (below / (below - above)))
    if len(met) < 3:
        return np.zeros((0, 3))
    points = np.array(met)
    offsets = points - points.mean(axis=0)
    right = _unit(offsets[0])
    angles = np.arctan2(offsets @ np.cross(normal, right), offsets @ right)
    return points[np.argsort(angles)]


def middle(plane: ClipPlane, volume: Volume) -> NDArray[np.float64]:
    """Give the middle of a plane's outline, where the handle is that moves it."""
    points = outline(plane, volume)
    return points.mean(axis=0) if len(points) else np.array(plane.point_lps_mm)


def tip(plane: ClipPlane, volume: Volume, projection: CameraProjection) -> NDArray[np.float64]:
    """Give the end of the arrow that turns a plane: from its middle towards what is cut away."""
    start = middle(plane, volume)
    return start - _unit(plane.normal) * (_TIP_PIXELS / projection.pixels_per_mm(start))


def drag_mm(
    plane: ClipPlane, volume: Volume, projection: CameraProjection, delta: tuple[float, float]
) -> float:
    """Give how far a plane moves along its normal when its middle is dragged by `delta` pixels.

    The drag is projected on the normal as it is seen; a normal that points at the viewer or away follows the
    vertical part instead: down comes nearer.
    """
    start, normal = middle(plane, volume), _unit(plane.normal)
    first, last = projection.pixels(np.array([start, start + normal]))
    axis, scale = last - first, projection.pixels_per_mm(start)
    length = float(np.hypot(*axis))
    if length < 0.15 * scale:
        away = 1.0 if normal @ projection.forward > 0 else -1.0
        return -delta[1] * away / scale
    return float(axis @ np.array(delta)) / length**2


def turned(
    plane: ClipPlane, volume: Volume, projection: CameraProjection, delta: tuple[float, float]
) -> ClipPlane:
    """Turn a plane about its middle as the end of its arrow is dragged by `delta` pixels."""
    start = middle(plane, volume)
    arrow = tip(plane, volume, projection) - start
    right, down, _ = projection.axes
    pulled = arrow + (right * delta[0] + down * delta[1]) / projection.pixels_per_mm(start)
    length = float(np.linalg.norm(pulled))
    if length < 1e-6:
        return plane
    return ClipPlane(_vector(start), _vector(-pulled / length))


def _unit(direction: Vector | NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(direction)
    return np.array(direction, np.float64) / length if length > 0 else np.array([1.0, 0.0, 0.0])


def _vector(values: NDArray[np.float64]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])
