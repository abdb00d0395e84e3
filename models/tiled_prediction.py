"""Runs a network over the tiles of a volume, and gives its scores slab by slab as they are complete."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from models.tiling import mirrorings, tile_starts, tile_weights

# Takes tiles (n, channels, d, h, w) float32 and gives scores (n, classes, d, h, w).
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True)
class Tiling:
    """How a volume is cut.

    Parameters
    ----------
    tile : tuple of int
        d, h, w; a depth of 1 for a network of pictures.
    overlap : float
        Share of a tile that the next one covers again.
    mirror_axes : tuple of int
        Of 0 (d), 1 (h), 2 (w).
    batch : int
        How many tiles the network is given at once.
    least_weight : float
        Of a voxel of a tile, where its middle has 10.
    """

    tile: tuple[int, int, int]
    overlap: float = 0.5
    mirror_axes: tuple[int, ...] = ()
    batch: int = 1
    least_weight: float = 0.01


@dataclass(frozen=True, eq=False)
class ScoreSlab:
    """Complete scores.

    Parameters
    ----------
    first : int
        Number of the first row along d.
    scores : (classes, rows, h, w) float16
    """

    first: int
    scores: NDArray[np.float16]


def padded(volume: NDArray[np.float32], tile: tuple[int, int, int]) -> tuple[NDArray[np.float32], list[int]]:
    """Put zeros around (channels, d, h, w) where the tile is larger; give it and the padding before."""
    missing = [max(size - there, 0) for size, there in zip(tile, volume.shape[1:], strict=True)]
    before = [lack // 2 for lack in missing]
    if any(missing):
        around = [(low, lack - low) for low, lack in zip(before, missing, strict=True)]
        volume = np.pad(volume, [(0, 0), *around])
    return volume, before


def predict(
    network: Network, volume: NDArray[np.float32], tiling: Tiling, progress: Progress = SILENT
) -> Iterator[ScoreSlab]:
    """Give the scores of a volume that is at least as large as a tile, from the first row to the last.

    Only as many rows as a tile is deep are held. Sums are in half precision, as nnU-Net has them.

    Parameters
    ----------
    volume : (channels, d, h, w) float32

    Raises
    ------
    BadInput
        When the network's scores do not have the size of the tile, or are no numbers.
    """
    starts = [
        tile_starts(size, tile, tiling.overlap)
        for size, tile in zip(volume.shape[1:], tiling.tile, strict=True)
    ]
    depth = tiling.tile[0]
    weights = tile_weights(tiling.tile, least=tiling.least_weight)
    wide = weights.astype(np.float32)
    sums: NDArray[np.float16] | None = None
    counts = np.zeros((depth, *volume.shape[2:]), np.float16)
    tiles_a_row = len(starts[1]) * len(starts[2])
    for number, row in enumerate(starts[0]):
        for place in range(tiles_a_row):
            progress.report((number + place / tiles_a_row) / len(starts[0]))
            y, x = starts[1][place // len(starts[2])], starts[2][place % len(starts[2])]
            across = (slice(y, y + tiling.tile[1]), slice(x, x + tiling.tile[2]))
            scores = _mirrored(network, volume[(slice(None), slice(row, row + depth), *across)], tiling)
            if sums is None:
                sums = np.zeros((len(scores), *counts.shape), np.float16)
            _add(sums[(slice(None), slice(None), *across)], scores * wide)
            counts[(slice(None), *across)] += weights
        assert sums is not None
        after = starts[0][number + 1] if number + 1 < len(starts[0]) else volume.shape[1]
        done = after - row
        yield ScoreSlab(row, _quotient(sums[:, :done], counts[:done]))
        _forget(sums, done, axis=1)
        _forget(counts, done, axis=0)


def averaged(predictions: Sequence[Iterator[ScoreSlab]]) -> Iterator[ScoreSlab]:
    """Average the slabs of several predictions, in half precision, as nnU-Net averages its folds."""
    for together in zip(*predictions, strict=True):
        slabs: list[ScoreSlab] = list(together)
        scores = slabs[0].scores
        for other in slabs[1:]:
            scores += other.scores
        if len(slabs) > 1:
            scores /= np.float16(len(slabs))
        yield ScoreSlab(slabs[0].first, scores)


def _mirrored(network: Network, tile: NDArray[np.float32], tiling: Tiling) -> NDArray[np.float32]:
    """Average the scores (classes, d, h, w) of a tile and of its mirror images."""
    combinations = mirrorings(tiling.mirror_axes)
    total: NDArray[np.float32] | None = None
    for first in range(0, len(combinations), tiling.batch):
        chosen = combinations[first : first + tiling.batch]
        tiles = np.stack([np.flip(tile, tuple(axis + 1 for axis in axes)) for axes in chosen])
        scores = network(tiles)
        if scores.ndim != 5 or len(scores) != len(chosen) or scores.shape[2:] != tile.shape[1:]:
            text = QT_TRANSLATE_NOOP("Message", "The network gives {given} for a tile of {tile} voxels.")
            given, size = (" × ".join(map(str, shape)) for shape in (scores.shape, tile.shape[1:]))
            raise BadInput(message(text, given=given, tile=size))
        for axes, one in zip(chosen, scores, strict=True):
            straight = np.flip(one, tuple(axis + 1 for axis in axes))
            total = straight.astype(np.float32) if total is None else np.add(total, straight, out=total)
    assert total is not None
    if len(combinations) > 1:
        total /= len(combinations)
    return total


def _add(sums: NDArray[np.float16], scores: NDArray[np.float32]) -> None:
    for total, one in zip(sums, scores, strict=True):  # channel by channel: what is widened stays small
        total[...] = one + total


def _quotient(sums: NDArray[np.float16], counts: NDArray[np.float16]) -> NDArray[np.float16]:
    wide = counts.astype(np.float32)
    quotient = np.empty_like(sums)
    for result, total in zip(quotient, sums, strict=True):
        result[...] = total / wide
    if not np.isfinite(quotient).all():
        text = QT_TRANSLATE_NOOP("Message", "The network gives values that are no numbers, or too large.")
        raise BadInput(message(text))
    return quotient


def _forget(sums: NDArray[np.float16], done: int, *, axis: int) -> None:
    """Move the rows behind the first `done` to the front, and clear the rest."""
    kept = sums.shape[axis] - done
    rows = sums.swapaxes(0, axis)
    for row in range(kept):  # one after the other: they may overlap
        rows[row] = rows[row + done]
    rows[max(kept, 0) :] = 0
