"""Points of a picture that are found again in other pictures of the same things, and how they match.

XFeat (Potje et al. 2024) with the network of the matching pack.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "local-features"
_STEP = 32
_IS_POINT, _NEIGHBOURHOOD = 0.05, 5
_CUBIC = -0.75  # of Keys' kernel, as PyTorch and OpenCV have it


@dataclass(frozen=True)
class LocalFeatures:
    """Points of one picture, the best first.

    Parameters
    ----------
    points : ndarray of float32, (points, 2)
        x and y in pixels; the middle of the first pixel is (0, 0).
    scores : ndarray of float32, (points,)
        0 to 1.
    descriptors : ndarray of float32, (points, size)
        Unit vectors, of 64 numbers for XFeat.
    """

    points: "NDArray[np.float32]"
    scores: "NDArray[np.float32]"
    descriptors: "NDArray[np.float32]"


class FeatureFinder:
    """Finds local features.

    Parameters
    ----------
    store : ModelStore
        Must hold the matching pack.
    runner : Runner
        Runs its network.

    Raises
    ------
    BadInput
        When the network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._runner, self._model = runner, store.find(MODEL)

    def find(self, rgb: "NDArray[np.uint8]", most: int = 4096, progress: Progress = SILENT) -> LocalFeatures:
        """Give at most `most` points of a picture, (height, width, 3)."""
        import cv2
        import numpy as np

        height, width = rgb.shape[:2]
        rows, columns = (max(size // _STEP, 1) * _STEP for size in (height, width))
        picture = rgb.astype(np.float32) / np.float32(255)
        if (rows, columns) != (height, width):
            picture = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_LINEAR)
        values = np.ascontiguousarray(picture.transpose(2, 0, 1))[None].astype(np.float32, copy=False)
        found = self._runner.run(self._model, {"picture": values}, progress=progress)
        maps = {name: np.asarray(value[0], np.float32) for name, value in found.items()}
        points = _peaks(maps["keypoints"][0])
        scores = maps["keypoints"][0][points[:, 1], points[:, 0]]
        scores = scores * _sampled(maps["reliability"], points, (columns, rows), linear=True)[:, 0]
        best = np.argsort(-scores, kind="stable")[:most]
        points, scores = points[best], scores[best]
        vectors = _sampled(maps["descriptors"], points, (columns, rows), linear=False)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        scale = np.array([width / columns, height / rows], np.float32)
        return LocalFeatures(points.astype(np.float32) * scale, scores, vectors)


def match(first: LocalFeatures, second: LocalFeatures, least: float = 0.82) -> "NDArray[np.int64]":
    """Pair the points that are each other's nearest.

    Parameters
    ----------
    first, second : LocalFeatures
        Of two pictures.
    least : float
        Cosine of two descriptors from which on they may be the same.

    Returns
    -------
    ndarray of int64, (pairs, 2)
        Numbers of the points in both.
    """
    import numpy as np

    if not len(first.points) or not len(second.points):
        return np.zeros((0, 2), np.int64)
    alike = first.descriptors @ second.descriptors.T
    there, back = alike.argmax(axis=1), alike.argmax(axis=0)
    own = np.arange(len(there))
    kept = (back[there] == own) & (alike[own, there] > least)
    return np.stack([own[kept], there[kept]], axis=1).astype(np.int64)


def _peaks(heat: "NDArray[np.float32]") -> "NDArray[np.int64]":
    """Give x and y of the values that none in their neighbourhood is above."""
    import cv2
    import numpy as np

    around = cv2.dilate(heat, np.ones((_NEIGHBOURHOOD, _NEIGHBOURHOOD), np.uint8))
    rows, columns = np.nonzero((heat == around) & (heat > _IS_POINT))
    return np.stack([columns, rows], axis=1).astype(np.int64)


def _sampled(
    maps: "NDArray[np.float32]", points: "NDArray[np.int64]", size: tuple[int, int], *, linear: bool
) -> "NDArray[np.float32]":
    """Read coarse maps, (channels, rows, columns), at points of the picture: (points, channels).

    Where a point lies follows XFeat's own code, which takes the corners of the picture for those of the map;
    outside of the map is zero.
    """
    import numpy as np

    channels, rows, columns = maps.shape
    total = np.zeros((len(points), channels), np.float32)
    spans = np.array([columns, rows]) / (np.array(size) - 1.0)
    places = points * spans - 0.5
    base = np.floor(places).astype(np.int64)
    weights = _linear(places - base) if linear else _cubic(places - base)
    reach = range(0, 2) if linear else range(-1, 3)
    for row, down in enumerate(reach):
        for column, across in enumerate(reach):
            x, y = base[:, 0] + across, base[:, 1] + down
            inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
            weight = np.where(inside, weights[column][:, 0] * weights[row][:, 1], 0.0).astype(np.float32)
            seen = maps[:, np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)].T
            total += weight[:, None] * seen
    return total


def _linear(part: "NDArray[np.float64]") -> "list[NDArray[np.float64]]":
    return [1.0 - part, part]


def _cubic(part: "NDArray[np.float64]") -> "list[NDArray[np.float64]]":
    """Give the weights of the four neighbours (Keys 1981)."""
    a = _CUBIC

    def near(x: "NDArray[np.float64]") -> "NDArray[np.float64]":
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: "NDArray[np.float64]") -> "NDArray[np.float64]":
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return [far(part + 1), near(part), near(1 - part), far(2 - part)]
