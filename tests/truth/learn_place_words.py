"""Learn the words by which places are known again: `python -m tests.truth.learn_place_words`.

k-means of RootSIFT in pictures of rooms, objects, corridors and facades, begun at descriptors drawn by a seed
and the same for the same seed on one machine. Writes `assets/places/words.bin` and prints its SHA-256, which
`reconstruction.slam.place_words` compares.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from assets import asset_path
from core.atomic_write import write_bytes
from reconstruction.slam.place_features import find_place_features
from reconstruction.slam.place_words import WORDS
from tests.truth.sequence import camera_of, sequence

_SEEDS = (901, 902, 903)
_FRAMES = 8
_ROUNDS = 25


def rendered_descriptors() -> NDArray[np.uint8]:
    """Descriptors (n, 128) of pictures of places that no test uses."""
    found: list[NDArray[np.uint8]] = []
    for place in ("object", "room", "corridor", "facade"):
        for seed in _SEEDS:
            for frame in sequence(place, seed, _FRAMES, camera=camera_of((640, 480))):
                grey = (frame.picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
                found.append(find_place_features(grey, 600).descriptors)
    return np.concatenate(found)


def learnt_words(descriptors: NDArray[np.uint8], seed: int = 0) -> NDArray[np.uint8]:
    """Give the middles (64, 128) of clusters, in a fixed order."""
    rng = np.random.default_rng(seed)
    values = descriptors.astype(np.float32)
    words = values[rng.choice(len(values), WORDS, replace=False)]
    for _ in range(_ROUNDS):
        nearest = np.argmax(values @ words.T - 0.5 * (words * words).sum(axis=1), axis=1)
        for word in range(WORDS):
            mine = values[nearest == word]
            words[word] = mine.mean(axis=0) if len(mine) else values[rng.integers(len(values))]
    whole = np.clip(np.round(words), 0, 255).astype(np.uint8)
    return whole[np.lexsort(whole.T[::-1])]


def main() -> None:
    """Write the file."""
    data = learnt_words(rendered_descriptors()).tobytes()
    write_bytes(asset_path("places", "words.bin"), data)
    print(hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main()
