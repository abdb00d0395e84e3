"""Features by which places are known again: SIFT, of pictures that are reduced so that it is fast."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reconstruction.features import root_sift

LONGEST_SIDE = 512
MOST_FEATURES = 1500
_SIGMA_PX = 1.2
_FEATURE_SHARE = 0.25
_LAYERS, _CONTRAST, _EDGE, _SIGMA = 3, 0.01, 10.0, 1.6


@dataclass(frozen=True, eq=False)
class PlaceFeatures:
    """Features of a picture, the strongest first.

    Parameters
    ----------
    places : (n, 2) float32
        x and y; pixel (0, 0) has its centre at (0, 0).
    sizes : (n,) float32
        Radii in pixels.
    descriptors : (n, 128) uint8
        RootSIFT, times 512.
    scale : float
        Pixels of the picture that one pixel of what was searched is wide.
    """

    places: NDArray[np.float32]
    sizes: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    scale: float = 1.0

    def __len__(self) -> int:
        """Give the number of features."""
        return len(self.places)


def find_place_features(grey: NDArray[np.uint8], most: int = MOST_FEATURES) -> PlaceFeatures:
    """Find the strongest features of a grey picture (h, w), reduced to 512 pixels where it is larger.

    The same feature with several directions is kept once: places need no turned copies.
    """
    import cv2

    height, width = grey.shape
    scale = max(1.0, max(height, width) / LONGEST_SIDE)
    if scale > 1:
        size = (round(width / scale), round(height / scale))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    create: Any = getattr(cv2, "SIFT_create")  # noqa: B009 - the stubs of OpenCV 5 forget it
    sift = create(most, _LAYERS, _CONTRAST, _EDGE, _SIGMA, enable_precise_upscale=True)
    found, descriptors = sift.detectAndCompute(grey, None)
    rows = np.array([(p.pt[0], p.pt[1], p.size / 2, p.response) for p in found], np.float32).reshape(-1, 4)
    order = np.argsort(-rows[:, 3], kind="stable")
    rows, described = rows[order], root_sift(descriptors)[order]
    across, down = width / grey.shape[1], height / grey.shape[0]
    places = (rows[:, :2] + np.float32(0.5)) * np.array([across, down], np.float32) - np.float32(0.5)
    return PlaceFeatures(places, rows[:, 2] * np.float32(across), described, float(across))


def sight_sigmas(features: PlaceFeatures, focal_px: float) -> NDArray[np.float64]:
    """Give how exactly features are placed, in radians (n,): less so coarse ones (Zeisl, BMVC 2009)."""
    sigma_px = np.maximum(_SIGMA_PX * features.scale, _FEATURE_SHARE * features.sizes)
    return sigma_px.astype(np.float64) / focal_px
