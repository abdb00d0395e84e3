"""The lens of the camera that took the pictures."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from capture.region import Floats
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message

# The angle that MediaPipe assumes; webcams and phones held upright lie around it.
_ASSUMED_VIEW_DEG = 63.0


@dataclass(frozen=True)
class Intrinsics:
    """Focal lengths and principal point in pixels, for pictures of one size.

    Parameters
    ----------
    fx, fy, cx, cy : float
        Of the matrix K.
    size : tuple of int
        Width and height of the pictures.
    assumed : bool
        Whether they are a guess instead of a calibration: metres and distances are only as good as it.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    size: tuple[int, int]
    assumed: bool = False

    @staticmethod
    def guess(size: tuple[int, int]) -> "Intrinsics":
        """Assume a camera that sees 63 degrees from top to bottom."""
        width, height = size
        focal = height / 2 / math.tan(math.radians(_ASSUMED_VIEW_DEG) / 2)
        return Intrinsics(focal, focal, width / 2, height / 2, size, assumed=True)

    @staticmethod
    def read(path: Path) -> "Intrinsics":
        """Read the first camera of a `cameras.json`.

        Raises
        ------
        BadInput
            When the file holds no camera.
        """
        try:
            camera: Any = next(iter(json.loads(path.read_text("utf-8")).values()))
            matrix = np.array(camera["K"], np.float64).reshape(3, 3)
            width, height = (int(value) for value in camera["size"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
            text = QT_TRANSLATE_NOOP("Message", "{path} holds no camera with K and size.")
            raise BadInput(message(text, path=str(path))) from error
        positive = min(matrix[0, 0], matrix[1, 1], width, height) > 0
        if not (np.isfinite(matrix).all() and positive):
            text = QT_TRANSLATE_NOOP("Message", "{path} holds a camera without a focal length.")
            raise BadInput(message(text, path=str(path)))
        fx, fy, cx, cy = (float(matrix[at]) for at in ((0, 0), (1, 1), (0, 2), (1, 2)))
        return Intrinsics(fx, fy, cx, cy, (width, height))

    def scaled_to(self, size: tuple[int, int]) -> "Intrinsics":
        """Give them for pictures that were resized."""
        across, down = size[0] / self.size[0], size[1] / self.size[1]
        return replace(
            self, fx=self.fx * across, fy=self.fy * down, cx=self.cx * across, cy=self.cy * down, size=size
        )

    @property
    def matrix(self) -> Floats:
        """K, (3, 3)."""
        return np.array([[self.fx, 0, self.cx], [0, self.fy, self.cy], [0, 0, 1.0]])

    def rays(self, points: Floats) -> Floats:
        """Give for pixels, (n, 2), the directions, (n, 3), with z = 1."""
        middle, focal = np.array([self.cx, self.cy]), np.array([self.fx, self.fy])
        return np.column_stack([(points - middle) / focal, np.ones(len(points))])
