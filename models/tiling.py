"""Where the tiles of a volume lie, and how much each of their voxels counts.

F. Isensee et al., "nnU-Net: a self-configuring method for deep learning-based biomedical image segmentation",
Nature Methods 2021: tiles that overlap, weighted by a Gaussian of an eighth of their size.
"""

import itertools
import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SIGMA, _REACH, _PEAK = 1.0 / 8.0, 4.0, 10.0


def tile_starts(size: int, tile: int, overlap: float) -> tuple[int, ...]:
    """Give where the tiles begin along one axis: evenly spaced, at most `tile` x (1 - `overlap`) apart."""
    if size < tile:
        raise ValueError("the volume must be padded to the tile first")
    if tile == 1:
        return tuple(range(size))
    steps = math.ceil((size - tile) / (tile * (1.0 - overlap))) + 1
    spacing = (size - tile) / (steps - 1) if steps > 1 else 0.0
    return tuple(round(spacing * step) for step in range(steps))


@lru_cache(maxsize=4)
def tile_weights(tile: tuple[int, ...], *, least: float = 0.0) -> NDArray[np.float16]:
    """Give the weights of a tile's voxels, 10 in its centre; in half precision, as the sums are kept.

    What is left of a score is imprecise where its weight is below some 1e-3. nnU-Net goes as low as half
    precision can, which only shows in the corners of a volume.
    """
    weights = np.ones((1,) * len(tile))
    for axis, size in enumerate(tile):
        shape = [1] * len(tile)
        shape[axis] = size
        weights = weights * _profile(size).reshape(shape)
    half = np.maximum(weights / (weights.max() / _PEAK), least).astype(np.float16)
    half[half == 0] = half[half > 0].min()
    return half


def _profile(size: int) -> NDArray[np.float64]:
    """Sample a Gaussian around the middle of `size` voxels, cut where it is four deviations away."""
    if size == 1:
        return np.ones(1)
    sigma = size * _SIGMA
    distance = np.arange(size) - size // 2
    reach = int(_REACH * sigma + 0.5)
    profile = np.exp(-0.5 * (distance / sigma) ** 2)
    profile[np.abs(distance) > reach] = 0.0
    return profile


def mirrorings(axes: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Give all combinations of axes that are mirrored, none of them first."""
    return tuple(
        chosen for count in range(len(axes) + 1) for chosen in itertools.combinations(sorted(axes), count)
    )
