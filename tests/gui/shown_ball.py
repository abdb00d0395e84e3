"""A ball in the 3D view: what its tests show, and how they look at it."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from core.series import Series
from core.volume import Volume
from render.picture_quality import Quality

BALL_SERIES = Series("1.2.3", "1.2", "", "CT", "ball", "1", 48, None)


def ball():
    """A ball of bone in the air, off centre so that no two sides look alike."""
    k, j, i = np.indices((48, 56, 64))
    inside = (i - 36) ** 2 + (j - 25) ** 2 + (k - 20) ** 2 < 12**2
    return Volume(np.where(inside, 900, -1000).astype(np.int16), np.eye(4), "HU")


def is_full(picture):
    return picture.request.quality is Quality.FULL


def pixels_of(view):
    image = view.picture()
    return (
        np.frombuffer(image.constBits(), np.uint8)
        .reshape(image.height(), -1, 4)[:, : image.width(), :3]
        .copy()
    )


def middle_of_what_is_lit(view):
    lit = np.argwhere(pixels_of(view)[:, : view.canvas.width() - 90].max(axis=2) > 60)
    return lit.mean(axis=0)[::-1]


def mouse_move(place, button=Qt.MouseButton.LeftButton):
    return QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(place),
        Qt.MouseButton.NoButton,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
