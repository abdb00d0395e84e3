"""Whether views show the same light on a plane: what walls without texture can be measured by.

Light falls off over a wall. Seen with a wrong distance, two views show it in different places. The
differences are small, but a wall has many pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.posed_camera import PosedCamera
from reconstruction.plain_view import PlainView

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
# Grey levels beyond which a difference says no more.
MOST_COST = 4.0
# Of a window's plain pixels, those that others have to show.
_LEAST_SEEN = 0.8


@dataclass(frozen=True, eq=False)
class ScenePlane:
    """The points X of the world with normal X = offset.

    Parameters
    ----------
    normal : (3,) float64
        A unit vector.
    offset : float
        In the world's unit.
    """

    normal: Floats
    offset: float

    def at_depth_times(self, camera: PosedCamera, factor: float) -> "ScenePlane":
        """Give the parallel plane that is so many times as far from a camera."""
        here = float(self.normal @ camera.pose[1])
        return ScenePlane(self.normal, here + (self.offset - here) * factor)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Views that are compared with each other, at one size.

    Parameters
    ----------
    views : sequence of PlainView
        All.
    others : sequence of sequence of int
        Which each is compared with.
    exposures : (n,) float64
        What the greys of each are divided by.
    window_px : int
        Side of the square that costs are averaged in.
    """

    views: Sequence[PlainView]
    others: Sequence[Sequence[int]]
    exposures: Floats
    window_px: int

    def warped(self, at: int, other: int, plane: ScenePlane) -> Floats32:
        """Give the greys that another view shows of the plane at each pixel, exposed alike; NaN: none."""
        import cv2

        view, source = self.views[at], self.views[other]
        width, height = view.camera.size
        map_there = _homography(view.camera, source.camera, plane)
        seen = cv2.warpPerspective(
            source.grey,
            map_there,
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=float("nan"),
        )
        last = map_there[2]
        if min(last[2] + last[0] * x + last[1] * y for x in (0, width - 1) for y in (0, height - 1)) <= 0:
            down, across = np.indices((height, width), dtype=np.float32)
            seen = np.where(last[0] * across + last[1] * down + last[2] > 0, seen, np.nan)
        return np.asarray(seen * (self.exposures[at] / self.exposures[other]), np.float32)

    def visible(self, at: int, plane: ScenePlane) -> NDArray[np.bool_]:
        """Tell which plain pixels of a view see the plane at a depth that there is."""
        view = self.views[at]
        if view.depths is None:
            return np.zeros_like(view.plain)
        depth = view.depth_of(plane.normal, plane.offset)
        return view.plain & (depth > view.depths[0]) & (depth < view.depths[1])

    def differences(self, at: int, plane: ScenePlane) -> tuple[Floats32, Floats32]:
        """Sum the differences of greys from the others, and count these, at each pixel."""
        view = self.views[at]
        sums = np.zeros(view.grey.shape, np.float32)
        counts = np.zeros(view.grey.shape, np.float32)
        for other in self.others[at]:
            difference = np.minimum(np.abs(self.warped(at, other, plane) - view.grey), np.float32(MOST_COST))
            seen = np.isfinite(difference)
            sums[seen] += difference[seen]
            counts += seen
        return sums, counts

    def costs(self, at: int, plane: ScenePlane) -> Floats32 | None:
        """Give the mean difference in windows, where enough is seen; None where the plane is not visible."""
        import cv2

        visible = self.visible(at, plane)
        if not visible.any():
            return None
        sums, counts = self.differences(at, plane)
        size = (self.window_px, self.window_px)
        plain = self.views[at].plain.astype(np.float32)
        total = cv2.boxFilter(sums, -1, size, normalize=False)
        count = cv2.boxFilter(counts, -1, size, normalize=False)
        whole = cv2.boxFilter(plain, -1, size, normalize=False)
        told = visible & (count >= _LEAST_SEEN * whole) & (count > 0)
        return np.where(told, total / np.maximum(count, 1), MOST_COST).astype(np.float32)


def _homography(camera: PosedCamera, other: PosedCamera, plane: ScenePlane) -> Floats:
    """Map pixels to those of another view that show the same point of a plane.

    The last coordinate is positive in front of the other (Hartley and Zisserman, 13.1).
    """
    rotation, centre = camera.pose
    other_rotation, other_centre = other.pose
    height = plane.offset - float(plane.normal @ centre)
    across = height * rotation + np.outer(centre - other_centre, plane.normal @ rotation)
    mapped = other.intrinsics @ other_rotation.T @ across @ np.linalg.inv(camera.intrinsics)
    return np.asarray(mapped * np.sign(height))
