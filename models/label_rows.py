"""Turns slabs of scores into a label map on another grid: the scores are resampled, not the labels."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from models.axis_resampling import LinearWeights, linear_along, linear_weights
from models.tiled_prediction import ScoreSlab


class LabelRows:
    """Fills a label map row by row; of the scores only two rows are held.

    Parameters
    ----------
    shape : tuple of int
        d, h, w of the grid that the network saw, without its padding.
    before : list of int
        Padding before it, in voxels of d, h, w.
    labels : (d, h, w) uint8 or uint16
        The label map to fill.
    values : ndarray of int
        Label of every channel.
    overlapping : bool
        Every channel with a score over `threshold` is there, later ones on top; else the greatest wins.
    threshold : float
        0 for scores that a sigmoid makes probabilities of, else 0.5.
    coarse : int, optional
        Axis along which the nearest row is taken.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        before: list[int],
        labels: NDArray[np.unsignedinteger],
        *,
        values: NDArray[np.int64],
        overlapping: bool = False,
        threshold: float = 0.0,
        coarse: int | None = None,
    ) -> None:
        self._shape, self._before = shape, before
        self._labels = labels
        self._values = values.astype(labels.dtype)
        self._overlapping, self._threshold = overlapping, threshold
        self._axes: list[LinearWeights] = [
            linear_weights(old, new, nearest=axis == coarse)
            for axis, (old, new) in enumerate(zip(shape, labels.shape, strict=True))
        ]
        self._resamples = shape != labels.shape
        self._rows: dict[int, NDArray[np.float32]] = {}
        self._done = 0

    def add(self, slab: ScoreSlab) -> None:
        """Take the next rows of scores."""
        for offset in range(slab.scores.shape[1]):
            row = slab.first + offset - self._before[0]
            if 0 <= row < self._shape[0]:
                self._rows[row] = self._in_plane(slab.scores[:, offset])
                self._write_up_to(row)

    def add_all(self, slabs: Iterable[ScoreSlab]) -> None:
        """Take all rows."""
        for slab in slabs:
            self.add(slab)

    def _in_plane(self, scores: NDArray[np.float16]) -> NDArray[np.float32]:
        _, top, left = self._before
        cut = scores[:, top : top + self._shape[1], left : left + self._shape[2]].astype(np.float32)
        # The axis that shrinks most goes first.
        axes = sorted((1, 2), key=lambda axis: self._labels.shape[axis] / self._shape[axis])
        for axis in axes:
            cut = linear_along(cut, axis, self._axes[axis])
        return cut

    def _write_up_to(self, row: int) -> None:
        along = self._axes[0]
        while self._done < len(self._labels) and along.upper[self._done] <= row:
            low, high = int(along.lower[self._done]), int(along.upper[self._done])
            share = along.share[self._done]
            scores = self._rows[low]
            if share:
                scores = scores + share * (self._rows[high] - scores)
            self._label(scores, self._labels[self._done])
            self._done += 1
        needed = int(along.lower[self._done]) if self._done < len(self._labels) else row + 1
        for old in [number for number in self._rows if number < needed]:
            del self._rows[old]

    def _label(self, scores: NDArray[np.float32], labels: NDArray[np.unsignedinteger]) -> None:
        """Decide; resampled scores are rounded to the precision that they had."""
        best: NDArray[np.float32] | None = None
        for channel, value in zip(scores, self._values, strict=True):
            rounded = channel.astype(np.float16).astype(np.float32) if self._resamples else channel
            if self._overlapping:
                labels[rounded > self._threshold] = value
            elif best is None:
                best = rounded
                labels[...] = value
            else:
                labels[rounded > best] = value
                best = np.maximum(best, rounded)
