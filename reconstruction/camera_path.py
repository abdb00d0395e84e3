"""How far a film's camera has moved from picture to picture, in shares of the picture's diagonal."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

ANALYSED_SIDE = 512
_MOST_CORNERS, _FEWEST_CORNERS = 400, 24
_CORNER_QUALITY, _CORNER_DISTANCE = 0.01, 8
_THERE_AND_BACK_PX = 1.0
_ASSUMED_FOCAL = 1.2  # of the longer side
_ROUNDS = 3


@dataclass(frozen=True)
class Motion:
    """How a picture differs from an earlier one.

    Parameters
    ----------
    displacement : float
        Median path of what is seen in both, in picture diagonals.
    parallax : float
        What of it no turning of the camera explains.
    seen : float
        Share of the corners of the earlier picture that were followed up to here.
    """

    displacement: float
    parallax: float
    seen: float


@dataclass(eq=False)
class CornerTrack:
    """Corners of one picture, followed through the next ones (Lucas and Kanade 1981, Shi and Tomasi 1994).

    Parameters
    ----------
    start : (h, w) uint8
        The picture that the motion is told from.
    """

    start: Grey
    _last: Grey = field(init=False)
    _from: NDArray[np.float32] = field(init=False)
    _now: NDArray[np.float32] = field(init=False)
    _count: int = field(init=False)

    def __post_init__(self) -> None:
        """Find the corners."""
        import cv2

        # None, not an empty array, where there are no corners, whatever OpenCV's types say.
        found: Any = cv2.goodFeaturesToTrack(self.start, _MOST_CORNERS, _CORNER_QUALITY, _CORNER_DISTANCE)
        corners = np.zeros((0, 1, 2), np.float32) if found is None else found
        self._last, self._from, self._now, self._count = self.start, corners, corners, len(corners)

    def follow(self, picture: Grey) -> Motion | None:
        """Follow the corners into the next picture; None where there are too few to tell."""
        if len(self._now) < _FEWEST_CORNERS:
            return None
        there, found = _followed(self._last, picture, self._now)
        back, returned = _followed(picture, self._last, there)
        off = np.linalg.norm(back - self._now, axis=2).ravel()
        good = found & returned & (off < _THERE_AND_BACK_PX)
        self._from, self._now, self._last = self._from[good], there[good], picture
        if len(self._now) < _FEWEST_CORNERS:
            return None
        start, end = self._from[:, 0].astype(np.float64), self._now[:, 0].astype(np.float64)
        diagonal = float(np.hypot(*picture.shape))
        moved = float(np.median(np.linalg.norm(end - start, axis=1)))
        parallax = _parallax(start, end, picture.shape)
        return Motion(moved / diagonal, parallax / diagonal, len(end) / self._count)


def _followed(
    first: Grey, second: Grey, corners: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Give where corners (n, 1, 2) of one picture are in another, and which were found."""
    import cv2

    no_guess: Any = None
    ends, found, _ = cv2.calcOpticalFlowPyrLK(first, second, corners, no_guess, winSize=(15, 15), maxLevel=4)
    return np.asarray(ends, np.float32), np.asarray(found).ravel() == 1


def _parallax(start: Floats, end: Floats, shape: tuple[int, ...]) -> float:
    """Median distance in pixels from where the turn that fits best would have brought the corners.

    The turn is that of Kabsch (1976) between the rays, reweighted by Huber's function; the focal length is
    assumed, which the small turns between neighbouring pictures of a film bear.
    """
    focal = _ASSUMED_FOCAL * max(shape)
    middle = np.array([shape[1], shape[0]]) / 2
    rays, seen = (_rays((points - middle) / focal) for points in (start, end))
    weights = np.ones(len(rays))
    residuals = weights
    for _ in range(_ROUNDS):
        u, _, vt = np.linalg.svd((seen * weights[:, None]).T @ rays)
        rotation = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt)) or 1.0]) @ vt
        turned = rays @ rotation.T
        residuals = np.linalg.norm(turned - seen, axis=1)
        weights = 1.0 / np.maximum(residuals, float(np.median(residuals)) + 1e-9)
    return float(np.median(residuals)) * focal


def _rays(points: Floats) -> Floats:
    rays = np.column_stack([points, np.ones(len(points))])
    return rays / np.linalg.norm(rays, axis=1, keepdims=True)


def sharpness(grey: Grey) -> float:
    """Mean absolute Laplacian: comparable between pictures of the same things only."""
    import cv2

    return float(np.abs(cv2.Laplacian(grey, cv2.CV_32F)).mean())
