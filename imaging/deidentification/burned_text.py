"""Finding text in pictures by the shape of its letters: classical, and not a reader of text.

Letters that a machine wrote into a picture are small patches of about one brightness, sharply set off from
what lies around them, of about one height and side by side on a line. All patches that look so are told, also
some that are no text; a faint, curved or handwritten word may be missed. That is why a person looks at the
result.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

_TALLEST, _LEAST = 72, 5  # heights of letters, in pixels
_LEAST_CONTRAST = 36
_CONTRAST = 0.28  # of the picture's own range
_LETTERS = 3  # that make a line
_STROKE = 11  # strokes of letters are thinner, in pixels
_SATURATED, _SET_OFF = 252, 22  # text in the brightest shade needs less contrast
_WASTE = 1.3
_WORD, _PITCH = 14, 0.7  # a word of small letters that touch: its width at most, and a letter's, in heights


@dataclass(frozen=True, order=True)
class Box:
    """A rectangle of pixels.

    Parameters
    ----------
    x, y : int
        Column and row of its first pixel.
    width, height : int
        Its size.
    """

    x: int
    y: int
    width: int
    height: int

    def united(self, other: "Box") -> "Box":
        """Give the least rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, bottom - y)

    def touches(self, other: "Box") -> bool:
        """Tell whether the two share or adjoin a pixel."""
        apart = self.x > other.x + other.width or other.x > self.x + self.width
        return not apart and self.y <= other.y + other.height and other.y <= self.y + self.height

    def within(self, rows: int, columns: int) -> "Box":
        """Give the part that lies in a picture of this size."""
        x, y = min(max(self.x, 0), columns), min(max(self.y, 0), rows)
        right = min(max(self.x + self.width, x), columns)
        bottom = min(max(self.y + self.height, y), rows)
        return Box(x, y, right - x, bottom - y)


def find_text(picture: Picture) -> list[Box]:
    """Give the places that look like lines of text, in reading order.

    Parameters
    ----------
    picture : uint8, shape (rows, columns)
        Grey.
    """
    found: list[Box] = []
    for polarity in (picture, 255 - picture):
        found += [_padded(line) for line in _lines(_letters(polarity))]
    rows, columns = picture.shape
    merged = merge(box.within(rows, columns) for box in found)
    return sorted(merged, key=lambda box: (box.y, box.x))


def merge(boxes: Iterable[Box]) -> list[Box]:
    """Unite boxes that touch and fill what holds them well, until none do."""
    left: list[Box] = []
    for box in boxes:
        while hit := next((one for one in left if one.touches(box) and _fills(one, box)), None):
            left.remove(hit)
            box = box.united(hit)
        left.append(box)
    return left


def _fills(one: Box, other: Box) -> bool:
    whole = one.united(other)
    parts = one.width * one.height + other.width * other.height
    return whole.width * whole.height <= _WASTE * parts


def _letters(picture: Picture) -> NDArray[np.int64]:
    """Give the patches that may be letters, as rows of x, y, width, height."""
    import cv2

    kernel = np.ones((_STROKE, _STROKE), np.uint8)
    relief = cv2.morphologyEx(picture, cv2.MORPH_TOPHAT, kernel)
    low, high = np.percentile(picture, (0.5, 99.9))
    set_off = relief >= max(_LEAST_CONTRAST, _CONTRAST * float(high - low))
    set_off |= (picture >= _SATURATED) & (relief >= _SET_OFF)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(set_off.astype(np.uint8), connectivity=8)
    stats = stats.astype(np.int64)
    x, y, width, height, area = stats.T
    fits = (height >= _LEAST) & (height <= _TALLEST)
    fits &= (width <= 3 * height) | ((width <= _WORD * height) & (area <= 0.65 * width * height))
    fits &= (area >= 0.12 * width * height) & (area >= _LEAST)
    fits &= (area <= 0.92 * width * height) | (width * 2 <= height)
    fits[0] = False  # the background
    fits &= _even(picture, labels, len(stats))
    return np.column_stack((x, y, width, height))[fits]


def _even(picture: Picture, labels: NDArray[Any], count: int) -> NDArray[np.bool_]:
    """Tell which patches have about one brightness: most of their pixels are as bright as the brightest."""
    flat, values = labels.ravel(), picture.ravel().astype(np.float64)
    number = np.maximum(np.bincount(flat, minlength=count), 1)
    peak = np.zeros(count)
    np.maximum.at(peak, flat, values)
    near = np.bincount(flat, weights=values >= 0.6 * peak[flat], minlength=count)
    return np.asarray(near / number >= 0.45, dtype=np.bool_)


def _lines(letters: NDArray[np.int64]) -> list[Box]:
    """Chain letters that stand side by side on a line; chains that are too short are no text."""
    order = np.argsort(letters[:, 0], kind="stable")
    letters = letters[order]
    ahead: dict[int, int] = {}
    for i, letter in enumerate(letters):
        follower = _follower(letter, letters[i + 1 :])
        if follower is not None:
            ahead[i] = i + 1 + follower
    chains: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for i in range(len(letters)):
        chain = chains.setdefault(i, i)
        members.setdefault(chain, []).append(i)
        if i in ahead:
            chains.setdefault(ahead[i], chain)
    number = np.maximum(1, np.rint(letters[:, 2] / (_PITCH * letters[:, 3])).astype(np.int64))
    lines = [letters[chain] for chain in members.values() if number[chain].sum() >= _LETTERS]
    return [_bounds(line) for line in lines if _is_line(line)]


def _follower(letter: NDArray[np.int64], others: NDArray[np.int64]) -> int | None:
    """Give the nearest letter to the right on the same line."""
    x, y, width, height = letter
    tall = np.maximum(height, others[:, 3])
    gap = others[:, 0] - (x + width)
    level = np.abs(others[:, 1] + others[:, 3] - (y + height)) <= 0.35 * tall
    level &= (others[:, 3] <= 2 * height) & (height <= 2 * others[:, 3])
    level &= (gap <= 1.7 * tall) & (gap >= -0.3 * tall)
    hits = np.flatnonzero(level)
    return int(hits[np.argmin(gap[hits])]) if len(hits) else None


def _is_line(line: NDArray[np.int64]) -> bool:
    """Tell whether the letters share a base line and are close to each other in height."""
    bottoms, heights = line[:, 1] + line[:, 3], line[:, 3]
    tall = float(np.median(heights))
    on_line = np.abs(bottoms - np.median(bottoms)) <= max(1.5, 0.25 * tall)
    alike = np.abs(heights - tall) <= max(2.0, 0.45 * tall)
    return float(np.mean(on_line & alike)) >= 0.6


def _bounds(line: NDArray[np.int64]) -> Box:
    x, y = int(line[:, 0].min()), int(line[:, 1].min())
    right, bottom = int((line[:, 0] + line[:, 2]).max()), int((line[:, 1] + line[:, 3]).max())
    return Box(x, y, right - x, bottom - y)


def _padded(box: Box) -> Box:
    """Widen by what a first letter, an accent or a descender may need."""
    pad = max(2, round(0.4 * box.height))
    return Box(box.x - 2 * pad, box.y - pad, box.width + 4 * pad, box.height + 2 * pad)


def grey_of(pixels: NDArray[Any]) -> Picture:
    """Stretch one frame to 8 bits.

    Parameters
    ----------
    pixels : shape (rows, columns) or (rows, columns, 3)
        Stored values.
    """
    values = pixels.astype(np.float32)
    if values.ndim == 3:
        values = values.max(axis=2)  # coloured text is as good as white
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) * (255.0 / max(high - low, 1e-6)), dtype=np.uint8)
