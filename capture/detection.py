"""What single-shot detectors find: boxes with key points, decoded from their anchors.

Anchors and decoding follow SSD (Liu et al., 2016) as BlazeFace uses it (Bazarevsky et al., 2019); overlapping
boxes are blended by their scores, as BlazeFace's section 3.3 describes, instead of suppressed.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from capture.region import Floats, Region, overlap

_CLIP = 100.0


@dataclass(frozen=True)
class Detection:
    """Something that was found.

    Parameters
    ----------
    score : float
        Probability, 0 to 1.
    box : (4,) float64
        Left, top, right, bottom, in pixels of the picture.
    points : (k, 2) float64
        Key points in pixels of the picture.
    """

    score: float
    box: Floats
    points: Floats


@lru_cache(maxsize=8)
def anchors(size: int, strides: tuple[int, ...]) -> Floats:
    """Give the centres of the anchors, (n, 2), as shares of the network's input.

    Parameters
    ----------
    size : int
        Side of the input in pixels.
    strides : tuple of int
        Of the layers; each cell has two anchors a layer, those of layers with one stride together.
    """
    centres: list[Floats] = []
    for stride in sorted(set(strides)):
        cells = -(-size // stride)
        line = (np.arange(cells) + 0.5) / cells
        grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
        centres.append(np.repeat(grid, 2 * strides.count(stride), axis=0))
    return np.concatenate(centres)


def decode(
    boxes: NDArray[np.float32],
    scores: NDArray[np.float32],
    *,
    centres: Floats,
    size: int,
    region: Region,
    least_score: float,
    most_overlap: float,
) -> list[Detection]:
    """Give what a detector found, the best first.

    Parameters
    ----------
    boxes : ndarray of float32, (1, n, 4 + 2 k)
        Centre, size and key points, in pixels of the input, from each anchor.
    scores : ndarray of float32, (1, n, 1)
        Logits.
    centres : (n, 2) float64
        Of the anchors.
    size : int
        Side of the input in pixels.
    region : Region
        Which part of the picture the input was.
    least_score, most_overlap : float
        Probability from which a box counts; overlap above which boxes are of the same thing.
    """
    probabilities = 1 / (1 + np.exp(-np.clip(scores.reshape(-1).astype(np.float64), -_CLIP, _CLIP)))
    chosen = np.flatnonzero(probabilities >= least_score)
    if not len(chosen):
        return []
    chosen = chosen[np.argsort(-probabilities[chosen], kind="stable")]
    raw = boxes.reshape(len(centres), -1)[chosen].astype(np.float64) / size
    middle, half = raw[:, :2] + centres[chosen], raw[:, 2:4] / 2
    corners = np.concatenate([middle - half, middle + half], axis=1)
    points = raw[:, 4:].reshape(len(chosen), -1, 2) + centres[chosen, None]
    blended = _blended(corners, points, probabilities[chosen], most_overlap)
    return [
        Detection(score, _corners(region.to_picture(box.reshape(2, 2))), region.to_picture(marks))
        for score, box, marks in blended
    ]


def _corners(corners: Floats) -> Floats:
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def _blended(
    boxes: Floats, points: Floats, scores: Floats, most_overlap: float
) -> list[tuple[float, Floats, Floats]]:
    """Blend the boxes that overlap, weighted by their scores; the best score stays."""
    blended: list[tuple[float, Floats, Floats]] = []
    left = np.arange(len(scores))
    while len(left):
        same = overlap(boxes[left[0]], boxes[left]) > most_overlap
        same[0] = True
        group = left[same]
        weights = scores[group] / scores[group].sum()
        blended.append(
            (
                float(scores[group[0]]),
                weights @ boxes[group],
                np.einsum("n,nkd->kd", weights, points[group]),
            )
        )
        left = left[~same]
    return blended
