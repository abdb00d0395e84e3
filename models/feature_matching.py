"""Local features of two pictures paired by a network that sees all of them together.

LighterGlue for XFeat's, LightGlue for DISK's. They find more pairs than `local_features.match`, and fewer
false ones, where views differ much.
"""

from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.local_features import LocalFeatures
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL, DISK_MODEL = "feature-matcher", "disk-matcher"
_LEAST = 0.1


class FeatureMatcher:
    """Pairs the features that `FeatureFinder` found, or `DiskFinder`.

    Parameters
    ----------
    store : ModelStore
        Must hold the matching pack.
    runner : Runner
        Runs its network.
    model : str
        `MODEL` for features of XFeat, `DISK_MODEL` for those of DISK.

    Raises
    ------
    BadInput
        When the network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner, model: str = MODEL) -> None:
        self._runner, self._model = runner, store.find(model)

    def match(
        self,
        features: tuple[LocalFeatures, LocalFeatures],
        sizes: tuple[tuple[int, int], tuple[int, int]],
        least: float = _LEAST,
        progress: Progress = SILENT,
    ) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
        """Pair the points of two pictures.

        Parameters
        ----------
        features : two LocalFeatures
        sizes : two of (width, height)
            Of the pictures, in pixels.
        least : float
            Probability from which on two points are taken for the same.

        Returns
        -------
        pairs : ndarray of int64, (pairs, 2)
            Numbers of the points in both.
        probabilities : ndarray of float32, (pairs,)
        """
        import numpy as np

        if not all(len(one.points) for one in features):
            return np.zeros((0, 2), np.int64), np.zeros(0, np.float32)
        values: dict[str, NDArray[np.float32]] = {}
        for side, (one, size) in enumerate(zip(features, sizes, strict=True)):
            values[f"points_{side}"] = normalised_points(one.points, size)[None]
            values[f"descriptors_{side}"] = np.ascontiguousarray(one.descriptors, np.float32)[None]
        scores = np.asarray(self._runner.run(self._model, values, progress=progress)["scores"][0], np.float32)
        return mutual_pairs(scores, least)


def normalised_points(points: "NDArray[np.float32]", size: tuple[int, int]) -> "NDArray[np.float32]":
    """Give points (n, 2) from the middle of a picture (width, height), in halves of its longer side."""
    import numpy as np

    middle = np.array(size, np.float32) / np.float32(2)
    return ((points - middle) / np.float32(max(size) / 2)).astype(np.float32)


def mutual_pairs(
    scores: "NDArray[np.float32]", least: float
) -> "tuple[NDArray[np.int64], NDArray[np.float32]]":
    """Give the pairs (row, column) that are each other's best and above `least`, and their scores."""
    import numpy as np

    there, back = scores.argmax(axis=1), scores.argmax(axis=0)
    own = np.arange(len(there))
    best = scores[own, there]
    kept = (back[there] == own) & (best > least)
    return np.stack([own[kept], there[kept]], axis=1).astype(np.int64), best[kept]
