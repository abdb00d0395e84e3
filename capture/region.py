"""Turned rectangles of a picture, cut out for a network and mapped back."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Region:
    """A rectangle around something, turned with it.

    Parameters
    ----------
    x, y : float
        Centre in pixels of the picture; the centre of the upper left pixel is (0, 0).
    width, height : float
        In pixels, along its own axes.
    angle : float
        By how much its x axis is turned from the picture's, in radians, clockwise as seen (y points down).
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    @staticmethod
    def whole(width: int, height: int) -> "Region":
        """Give the square around a whole picture, which letterboxes it."""
        side = float(max(width, height))
        return Region(width / 2, height / 2, side, side)

    @staticmethod
    def around(points: Floats, angle: float) -> "Region":
        """Give the smallest region at `angle` that holds the points, (n, 2) in pixels."""
        axes = _axes(angle)
        turned = points @ axes
        low, high = turned.min(axis=0), turned.max(axis=0)
        x, y = axes @ ((low + high) / 2)
        width, height = high - low
        return Region(float(x), float(y), float(width), float(height), angle)

    def grown(self, factor: float) -> "Region":
        """Give the region with its sides `factor` times as long."""
        return replace(self, width=self.width * factor, height=self.height * factor)

    def shifted(self, right: float, down: float) -> "Region":
        """Move it along its own axes, by shares of its width and height."""
        dx, dy = _axes(self.angle) @ np.array([right * self.width, down * self.height])
        return replace(self, x=self.x + float(dx), y=self.y + float(dy))

    def squared(self) -> "Region":
        """Give the square with the longer side."""
        side = max(self.width, self.height)
        return replace(self, width=side, height=side)

    @property
    def picture_from_unit(self) -> Floats:
        """Affine map, (2, 3), from the unit square of the region to pixels of the picture."""
        columns = _axes(self.angle) * np.array([self.width, self.height])
        origin = np.array([self.x, self.y]) - columns @ np.array([0.5, 0.5])
        return np.column_stack([columns, origin])

    def crop(self, picture: Picture, size: int, *, black_border: bool = False) -> Picture:
        """Cut the region out.

        Places between pixels are rounded to 1/32 of a pixel, as OpenCV did before its version 5 and as the
        networks' own runtime does: where a region is shrunk many times, detectors answer to single grey
        levels.

        Parameters
        ----------
        picture : ndarray of uint8, (height, width, 3)
            RGB.
        size : int
            Width and height of the result.
        black_border : bool
            Black outside of the picture instead of its nearest pixel.

        Returns
        -------
        ndarray of uint8, (size, size, 3)
        """
        import cv2

        matrix, line = self.picture_from_unit, np.arange(size) / size
        columns, rows = (
            np.add.outer((down * line + origin).astype(np.float32), (across * line).astype(np.float32))
            for across, down, origin in matrix
        )
        pixels, parts = cv2.convertMaps(columns, rows, cv2.CV_16SC2)  # in 1/32 of a pixel
        border = cv2.BORDER_CONSTANT if black_border else cv2.BORDER_REPLICATE
        cut = cv2.remap(picture, pixels, parts, cv2.INTER_LINEAR, borderMode=border)
        return np.asarray(cut, np.uint8)

    def to_picture(self, points: Floats) -> Floats:
        """Map points, (n, 2), of the unit square to pixels of the picture."""
        matrix = self.picture_from_unit
        return points @ matrix[:, :2].T + matrix[:, 2]

    def overlap(self, other: "Region") -> float:
        """Give intersection over union of the upright rectangles around both."""
        return overlap(self._box(), other._box()[None])[0]

    def _box(self) -> Floats:
        corners = self.to_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        return np.concatenate([corners.min(axis=0), corners.max(axis=0)])


def overlap(box: Floats, others: Floats) -> Floats:
    """Give intersection over union of one box with others, (n, 4) as left, top, right, bottom."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.prod(np.maximum(sides, 0.0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return shared / np.maximum(areas - shared, 1e-12)


def upright_angle(start: Floats, end: Floats, target: float) -> float:
    """Give the angle of a region in which the way from `start` to `end` points along `target`.

    Parameters
    ----------
    start, end : (2,) float64
        In pixels.
    target : float
        0 along the region's x axis, pi / 2 upwards.
    """
    dx, dy = end - start
    angle = target - math.atan2(-float(dy), float(dx))
    return angle - 2 * math.pi * math.floor((angle + math.pi) / (2 * math.pi))


def _axes(angle: float) -> Floats:
    """Give the region's axes as columns."""
    cosine, sine = math.cos(angle), math.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])
