"""What a place looks like as one vector, so that the pictures of the same place are found at once.

A vector of locally aggregated descriptors (Jegou, Douze, Schmid and Perez, CVPR 2010) with square roots and
normalisation of every word (Arandjelovic and Zisserman, CVPR 2013), over words that were learnt from rendered
rooms, objects, corridors and facades by `tests/truth/learn_place_words.py`.
"""

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from assets import asset_path

WORDS = 64
_DIGEST = "428787b91f873ba9e995d45dbd2a47e31f8a01c9926fb430938d0b49f3e79b06"
_SIFT = 128


@cache
def place_words() -> NDArray[np.float32]:
    """Give the words, (64, 128), in the descriptors' unit.

    Raises
    ------
    RuntimeError
        When the file of the program was changed.
    """
    data = asset_path("places/words.bin").read_bytes()
    if hashlib.sha256(data).hexdigest() != _DIGEST:
        raise RuntimeError("assets/places/words.bin")
    return np.frombuffer(data, np.uint8).reshape(WORDS, _SIFT).astype(np.float32)


def place_vector(descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the vector (8192,) of length 1 of descriptors (n, 128); zeros where there are none."""
    words = place_words()
    values = descriptors.astype(np.float32)
    nearest = np.argmax(values @ words.T - 0.5 * (words * words).sum(axis=1), axis=1)
    sums = np.zeros((WORDS, _SIFT), np.float32)
    for word in range(WORDS):
        mine = values[nearest == word]
        sums[word] = mine.sum(axis=0) - len(mine) * words[word]
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), np.float32(1e-9))
    flat = sums.ravel()
    return flat / max(float(np.linalg.norm(flat)), 1e-9)
