"""Finds everyday things in photographs with the networks of the objects pack.

A single-shot detector (Liu et al. 2016) with MediaPipe's anchors; four kinds of things then get the box
around them in space (Ahmadyan et al. 2021), as the places of its corners in the picture.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from core.model_card import ModelLabel
from core.progress import SILENT, Progress
from models.runner import Runner
from models.store import ModelStore

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DETECTOR = "object-detector"
_NAMES = (
    *(
        "background",
        "bicycle",
        "boot",
        "laptop",
        "person",
        "chair",
        "cattle",
        "desk",
        "cat",
        "computer mouse",
    ),
    *("computer monitor", "box", "mug", "coffee cup", "stationary bicycle", "table", "bottle", "high heels"),
    *("vehicle", "footwear", "dog", "book", "camera", "car"),
)
LABELS = tuple(ModelLabel(name) for name in _NAMES)
_BOX_MODEL = {
    **{"mug": "cup-box", "coffee cup": "cup-box", "chair": "chair-box", "camera": "camera-box"},
    **{"footwear": "shoe-box", "boot": "shoe-box", "high heels": "shoe-box"},
}
_CELLS = (19, 10, 5, 3, 2, 1)
_SMALLEST, _LARGEST = 0.2, 0.95
_IS_THERE, _SAME = 0.5, 0.5
_AROUND = 1.5  # side of the crop over that of the thing
_DETECTOR_SIZE, _BOX_SIZE = 300, 224


@dataclass(frozen=True)
class FoundObject:
    """A thing in a picture.

    Parameters
    ----------
    name : str
        What it is.
    score : float
        0 to 1.
    box : tuple of float
        Left, top, right, bottom in pixels.
    corners : tuple of (float, float)
        Centre and eight corners of its box in space, as they lie in the picture; () where none was found.
    """

    name: str
    score: float
    box: tuple[float, float, float, float]
    corners: tuple[tuple[float, float], ...] = ()


class ObjectFinder:
    """Finds things.

    Parameters
    ----------
    store : ModelStore
        Must hold the objects pack.
    runner : Runner
        Runs its networks.

    Raises
    ------
    BadInput
        When a network is missing.
    """

    def __init__(self, store: ModelStore, runner: Runner) -> None:
        self._runner = runner
        self._detector = store.find(DETECTOR)
        self._boxes = {name: store.find(name) for name in sorted(set(_BOX_MODEL.values()))}

    def find(self, rgb: "NDArray[np.uint8]", progress: Progress = SILENT) -> list[FoundObject]:
        """Give what is in a picture, (height, width, 3), the surest first."""
        import cv2
        import numpy as np

        height, width = rgb.shape[:2]
        small = cv2.resize(rgb, (_DETECTOR_SIZE, _DETECTOR_SIZE), interpolation=cv2.INTER_LINEAR)
        values = small.astype(np.float32) / np.float32(127.5) - np.float32(1)
        given: dict[str, NDArray[Any]] = {"picture": np.ascontiguousarray(values.transpose(2, 0, 1))[None]}
        out = self._runner.run(self._detector, given, progress=progress)
        found = decoded(np.asarray(out["boxes"][0]), np.asarray(out["scores"][0]))
        objects: list[FoundObject] = []
        for done, (kind, score, box) in enumerate(found):
            progress.report(done / len(found))
            left, top, right, bottom = (float(value) for value in box * (width, height, width, height))
            name = _NAMES[kind]
            corners = self._corners(rgb, name, (left, top, right, bottom), progress)
            objects.append(FoundObject(name, score, (left, top, right, bottom), corners))
        return objects

    def _corners(
        self,
        rgb: "NDArray[np.uint8]",
        name: str,
        box: tuple[float, float, float, float],
        progress: Progress,
    ) -> tuple[tuple[float, float], ...]:
        """Look at a square around a thing; outside of the picture is black."""
        import cv2
        import numpy as np

        if name not in _BOX_MODEL:
            return ()
        side = _AROUND * max(box[2] - box[0], box[3] - box[1])
        scale = side / _BOX_SIZE
        origin = ((box[0] + box[2] - side) / 2, (box[1] + box[3] - side) / 2)
        turn = np.array([[scale, 0, origin[0]], [0, scale, origin[1]]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(rgb, turn, (_BOX_SIZE, _BOX_SIZE), flags=flags).astype(np.float32)
        given = {"picture": np.ascontiguousarray(crop.transpose(2, 0, 1))[None] / np.float32(255)}
        out = self._runner.run(self._boxes[_BOX_MODEL[name]], given, progress=progress)
        if float(np.asarray(out["presence"]).reshape(-1)[0]) < _IS_THERE:
            return ()
        points = np.asarray(out["points"], np.float64).reshape(9, 2) * scale + origin
        return tuple((float(x), float(y)) for x, y in points)


def decoded(
    boxes: "NDArray[np.floating]", scores: "NDArray[np.floating]"
) -> "list[tuple[int, float, NDArray[np.float64]]]":
    """Give kind, score and box (left, top, right, bottom as shares of the picture) of what is there.

    Parameters
    ----------
    boxes : ndarray, (1917, 4)
        Against the anchors: centre in tenths and logarithm of the size in fifths, y before x.
    scores : ndarray, (1917, 24)
        Logits.
    """
    import numpy as np

    at = anchors()
    centres = boxes[:, 1::-1] / 10.0 * at[:, 2:] + at[:, :2]
    sizes = np.exp(boxes[:, 3:1:-1] / 5.0) * at[:, 2:]
    corners = np.concatenate([centres - sizes / 2, centres + sizes / 2], axis=1)
    chances = 1.0 / (1.0 + np.exp(-scores[:, 1:].astype(np.float64)))
    kinds, best = chances.argmax(axis=1) + 1, chances.max(axis=1)
    kept: list[tuple[int, float, NDArray[np.float64]]] = []
    for place in np.argsort(-best, kind="stable"):
        if best[place] < _IS_THERE:
            break
        if all(_overlap(corners[place], other) < _SAME for _, _, other in kept):
            kept.append((int(kinds[place]), float(best[place]), corners[place]))
    return kept


def _overlap(first: "NDArray[np.float64]", second: "NDArray[np.float64]") -> float:
    """Give the shared area over that of both together."""
    import numpy as np

    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    shared = float(np.prod(np.maximum(sides, 0)))
    areas = float(np.prod(first[2:] - first[:2]) + np.prod(second[2:] - second[:2]))
    return shared / (areas - shared) if shared else 0.0


@cache
def anchors() -> "NDArray[np.float64]":
    """Give the 1917 anchors as MediaPipe makes them: x, y, width, height as shares of the picture."""
    import numpy as np

    scales = [_SMALLEST + (_LARGEST - _SMALLEST) * k / (len(_CELLS) - 1) for k in range(len(_CELLS))] + [1.0]
    rows: list[tuple[float, float, float, float]] = []
    for layer, cells in enumerate(_CELLS):
        shapes = [(scales[layer], ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)]
        shapes.append(((scales[layer] * scales[layer + 1]) ** 0.5, 1.0))
        if layer == 0:
            shapes = [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
        rows += [
            ((x + 0.5) / cells, (y + 0.5) / cells, scale * ratio**0.5, scale / ratio**0.5)
            for y in range(cells)
            for x in range(cells)
            for scale, ratio in shapes
        ]
    return np.array(rows)
