"""Points of a picture by DISK (Tyszkiewicz et al. 2020): slower than XFeat's, and more often found again."""

from typing import TYPE_CHECKING

from core.progress import SILENT, Progress
from models.disk_network import STEP
from models.local_features import LocalFeatures
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL = "disk-features"
_LONGEST_PX = 1024  # as LightGlue was trained; descriptors of every pixel take 0.5 KB each
_REACH = 2


class DiskFinder:
    """Finds local features.

    Parameters
    ----------
    store : ModelStore
        Must hold DISK of the matching pack.
    runner : Runner
        Runs its network.

    Raises
    ------
    BadInput
        When the network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._runner, self._model = runner, store.find(MODEL)

    def find(self, rgb: "NDArray[np.uint8]", most: int = 2048, progress: Progress = SILENT) -> LocalFeatures:
        """Give at most `most` points of a picture, (height, width, 3); their scores are logits."""
        import cv2
        import numpy as np

        height, width = rgb.shape[:2]
        shrunk = min(1.0, _LONGEST_PX / max(height, width))
        rows, columns = max(1, round(height * shrunk)), max(1, round(width * shrunk))
        small = rgb if shrunk == 1.0 else cv2.resize(rgb, (columns, rows), interpolation=cv2.INTER_AREA)
        padding = [(0, -rows % STEP), (0, -columns % STEP), (0, 0)]
        values = np.pad(small, padding).transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)
        found = self._runner.run(self._model, {"picture": values}, progress=progress)
        heat = np.asarray(found["heat"], np.float32)[0, 0, :rows, :columns]
        points = strict_peaks(heat, _REACH)
        scores = heat[points[:, 1], points[:, 0]]
        best = np.argsort(-scores, kind="stable")[:most]
        points, scores = points[best], scores[best]
        vectors = np.asarray(found["descriptors"], np.float32)[0][:, points[:, 1], points[:, 0]].T
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        scale = np.array([width / columns, height / rows], np.float32)
        # The middle of a pixel stays where it is when the picture grows again.
        places = (points.astype(np.float32) + np.float32(0.5)) * scale - np.float32(0.5)
        return LocalFeatures(places, scores, vectors)


def strict_peaks(heat: "NDArray[np.float32]", reach: int) -> "NDArray[np.int64]":
    """Give x and y of values above 0 that are higher than all within `reach` pixels, where these exist."""
    import cv2
    import numpy as np

    side = 2 * reach + 1
    others = np.ones((side, side), np.uint8)
    others[reach, reach] = 0
    peak = (heat > cv2.dilate(heat, others)) & (heat > 0.0)
    inside = np.zeros_like(peak)
    inside[reach : max(reach, heat.shape[0] - reach), reach : max(reach, heat.shape[1] - reach)] = True
    rows, columns = np.nonzero(peak & inside)
    return np.stack([columns, rows], axis=1).astype(np.int64)
