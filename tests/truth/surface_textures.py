"""Pictures for surfaces: seeded, and with something to hold on to at every distance.

Every function takes a generator and the size (height, width) in texels and gives sRGB, (height, width, 3)
uint8. None repeats within itself, so that two places of a surface do not look alike.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from render.texture import Texture, TextureWrap

Generator = np.random.Generator
Picture = NDArray[np.uint8]
Size = tuple[int, int]


def noise(rng: Generator, size: Size, cell: int = 128, fall: float = 0.65) -> NDArray[np.float32]:
    """Value noise of octaves from `cell` texels down to single ones, 0 to 1."""
    total = np.zeros(size, np.float32)
    amplitude = 1.0
    while cell >= 1:
        coarse = rng.random((size[0] // cell + 3, size[1] // cell + 3), np.float32)
        grown = cv2.resize(coarse, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
        total += amplitude * grown[cell // 2 :, cell // 2 :][: size[0], : size[1]]
        cell, amplitude = cell // 2, amplitude * fall
    low, high = np.percentile(total, (1, 99))
    return np.clip((total - low) / (high - low), 0, 1).astype(np.float32)


def colour(rng: Generator, low: float = 60, high: float = 220) -> NDArray[np.float32]:
    """A random colour, half grey, (3,)."""
    return (0.5 * rng.uniform(low, high) + 0.5 * rng.uniform(low, high, 3)).astype(np.float32)


def mottled(rng: Generator, size: Size, contrast: float = 0.8) -> Picture:
    """Stone or rust: two colours mixed by noise, with specks."""
    first = colour(rng, 90, 230)
    second = first * (1 - contrast) + colour(rng, 10, 120) * contrast
    share = noise(rng, size, fall=0.8)[..., None]
    return speckled(rng, first * share + second * (1 - share))


def speckled(rng: Generator, picture: NDArray[np.float32]) -> Picture:
    """Specks of one to twenty texels, dark and bright, on a picture."""
    height, width = picture.shape[:2]
    specks = np.full((height, width), 128, np.uint8)
    for _ in range(height * width // 400):
        at = int(rng.integers(width)), int(rng.integers(height))
        radius = int(20 ** rng.random() ** 2)
        cv2.circle(specks, at, radius, int(rng.integers(58, 199)), -1, cv2.LINE_AA)
    return np.clip(picture * (specks[..., None] / np.float32(128)), 0, 255).astype(np.uint8)


def plaster(rng: Generator, size: Size) -> Picture:
    """A light wall with stains."""
    return mottled(rng, size, 0.35)


def bricks(rng: Generator, size: Size, height: int = 16) -> Picture:
    """Rows of bricks of their own colours, with mortar."""
    picture = mottled(rng, size, 0.2).astype(np.float32) * 0.9
    base = np.array([150, 80, 60], np.float32)
    for row, top in enumerate(range(0, size[0], height)):
        left = -int(rng.integers(height)) - (row % 2) * height
        while left < size[1]:
            right = left + int(rng.integers(2 * height, 4 * height))
            shade = base * rng.uniform(0.55, 1.25) + rng.normal(0, 9, 3)
            picture[top : top + height - 2, max(left, 0) : max(right - 2, 0)] = shade
            left = right
    grain = 0.75 + 0.5 * noise(rng, size, 8)[..., None]
    return np.clip(picture * grain, 0, 255).astype(np.uint8)


def planks(rng: Generator, size: Size, width: int = 24) -> Picture:
    """Boards with grain along them."""
    grain = cv2.resize(noise(rng, (size[0], max(size[1] // 8, 2)), 32), (size[1], size[0]))
    picture = np.zeros((*size, 3), np.float32)
    base = np.array([165, 115, 70], np.float32) * rng.uniform(0.7, 1.2)
    for top in range(0, size[0], width):
        left = 0
        while left < size[1]:
            right = left + int(rng.integers(4 * width, 9 * width))
            picture[top : top + width - 1, left : right - 1] = base * rng.uniform(0.65, 1.25)
            left = right
    return speckled(rng, picture * (0.6 + 0.7 * grain[..., None]))


def tiles(rng: Generator, size: Size, edge: int = 40) -> Picture:
    """Square tiles, no two alike."""
    picture = mottled(rng, size, 0.3).astype(np.float32)
    for top in range(0, size[0], edge):
        for left in range(0, size[1], edge):
            picture[top : top + edge - 2, left : left + edge - 2] *= rng.uniform(0.55, 1.15)
    return np.clip(picture * (0.7 + 0.4 * noise(rng, size, 16)[..., None]), 0, 255).astype(np.uint8)


def poster(rng: Generator, size: Size) -> Picture:
    """Discs, bars and lines that look like writing: strong corners."""
    picture = np.ascontiguousarray(np.broadcast_to(colour(rng, 150, 250), (*size, 3))).astype(np.uint8)
    edge = min(size)
    for _ in range(14):
        ink = [int(value) for value in rng.integers(0, 256, 3)]
        x, y = int(rng.integers(size[1])), int(rng.integers(size[0]))
        reach = int(rng.integers(edge // 12 + 1, edge // 4 + 2))
        if rng.random() < 0.5:
            cv2.circle(picture, (x, y), reach, ink, -1, cv2.LINE_AA)
        else:
            corner = (x + int(reach * rng.uniform(0.4, 2)), y + reach)
            cv2.rectangle(picture, (x, y), corner, ink, -1)
    for line in range(size[0] // 2, size[0] - 6, max(edge // 24, 5)):
        _write(rng, picture, line, edge)
    return picture


def _write(rng: Generator, picture: Picture, line: int, edge: int) -> None:
    left = edge // 12
    tall = max(edge // 40, 3)
    while left < picture.shape[1] - edge // 8:
        right = left + int(rng.integers(2, 3 + edge // 24))
        if rng.random() < 0.8:
            picture[line : line + tall, left:right] = rng.integers(60)
        left = right + 1


def texture(picture: Picture) -> Texture:
    """Put a picture on a surface that ends where the picture does."""
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    pixels = np.ascontiguousarray(np.concatenate([picture, opaque], axis=2))
    return Texture(pixels, TextureWrap.CLAMP, TextureWrap.CLAMP)
