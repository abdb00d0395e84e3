"""Which photographs may see the same things: all pairs of a small set, the promising ones of a large one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reconstruction.features import Features
from reconstruction.geodesy import east_north_up
from reconstruction.photograph import Photograph

ALL_PAIRS_UP_TO = 60
_SEQUENCE, _ALIKE, _NEAR = 5, 20, 10
_WORDS, _SAMPLED = 64, 40_000

Pair = tuple[int, int]


def choose_pairs(photographs: Sequence[Photograph], features: Sequence[Features], seed: int) -> list[Pair]:
    """Give pairs of indices, the smaller one first.

    Of more than 60 photographs: neighbours in the order of the names, those that look most alike (VLAD of the
    descriptors, Jegou et al., CVPR 2010), and those that GPS puts close by.
    """
    count = len(photographs)
    if count <= ALL_PAIRS_UP_TO:
        return [(first, second) for first in range(count) for second in range(first + 1, count)]
    alike = vlad([one.descriptors for one in features], seed)
    chosen = _nearest(-alike @ alike.T, _ALIKE)
    chosen |= {
        (first, second)
        for first in range(count)
        for second in range(first + 1, min(first + 1 + _SEQUENCE, count))
    }
    placed = [index for index, one in enumerate(photographs) if one.position is not None]
    if len(placed) > 1:
        places = east_north_up([one.position for one in photographs if one.position is not None])
        distances = np.linalg.norm(places[:, None] - places[None], axis=2)
        chosen |= {_ordered(placed[a], placed[b]) for a, b in _nearest(distances, _NEAR)}
    return sorted(chosen)


def vlad(descriptors: Sequence[NDArray[np.uint8]], seed: int) -> NDArray[np.float32]:
    """Give a vector of length 1 for every photograph, (n, 64 x 128); those alike have a large product."""
    import cv2

    every = np.concatenate(descriptors) if descriptors else np.zeros((0, 128), np.uint8)
    rows = np.random.default_rng(seed).permutation(len(every))[:_SAMPLED]
    sample = every[rows].astype(np.float32)
    if len(sample) < _WORDS:
        return np.zeros((len(descriptors), 128), np.float32)
    cv2.setRNGSeed(seed)
    criteria = (cv2.TERM_CRITERIA_MAX_ITER, 12, 0.0)
    labels = np.zeros((len(sample), 1), np.int32)
    _, _, words = cv2.kmeans(sample, _WORDS, labels, criteria, 1, cv2.KMEANS_PP_CENTERS)
    return np.stack([_vlad(one.astype(np.float32), np.asarray(words, np.float32)) for one in descriptors])


def _vlad(descriptors: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    sums = np.zeros_like(words)
    if len(descriptors):
        nearest = np.argmax(descriptors @ words.T - 0.5 * (words**2).sum(axis=1), axis=1)
        np.add.at(sums, nearest, descriptors - words[nearest])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    vector = (sums / np.maximum(lengths, 1e-9)).ravel()
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)


def _nearest(distances: NDArray[np.floating], count: int) -> set[Pair]:
    distances = distances + np.diag(np.full(len(distances), np.inf))
    order = np.argsort(distances, axis=1, kind="stable")[:, : min(count, len(distances) - 1)]
    return {_ordered(first, int(second)) for first, row in enumerate(order) for second in row}


def _ordered(first: int, second: int) -> Pair:
    return (first, second) if first < second else (second, first)
