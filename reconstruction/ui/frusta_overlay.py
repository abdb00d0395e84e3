"""The cameras of a reconstruction over its view: a click chooses one."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from core.posed_camera import PosedCamera
from reconstruction.camera_frusta import EDGES, Frusta, make_frusta
from reconstruction.similarity import Similarity
from render.pinhole_camera import PinholeCamera
from render.ui.viewport import Viewport
from render.ui.viewport_overlay import ViewportOverlay

_INK, _CHOSEN = QColor(98, 190, 255, 190), QColor(255, 200, 80)
_REACH = 9.0  # of the pointer around the tip of a pyramid, in pixels


class FrustaOverlay(ViewportOverlay):
    """Draws cameras as pyramids.

    Parameters
    ----------
    viewport : Viewport
        Whose `camera_chosen(name)` signal is told of clicks.
    """

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self._frusta = Frusta((), np.zeros((0, 5, 3)))
        self._hovered: str | None = None
        self.transform = Similarity()
        self.shown = self.answering = True
        self.chosen = ""

    def set_cameras(self, cameras: Mapping[str, PosedCamera], points: NDArray[np.float64]) -> None:
        """Show these cameras of a scene."""
        self._frusta = make_frusta(cameras, points)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the photographs whose cameras are there."""
        return self._frusta.names

    def places(self) -> NDArray[np.float64]:
        """Give the pixels of the pyramids' corners, (n, 5, 2); NaN behind the viewer."""
        viewport = self._viewport
        if viewport.camera is None or not self._frusta.names or not self.shown:
            return np.zeros((0, 5, 2))
        view = PinholeCamera.of_view(viewport.camera, (viewport.width(), viewport.height()))
        return view.project(self.transform.apply(self._frusta.corners))

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for name, corners in zip(self._frusta.names, self.places(), strict=False):
            lit = on_screen and name in (self._hovered, self.chosen)
            painter.setPen(QPen(_CHOSEN if lit else _INK, 2.0 if lit else 1.0))
            for first, second in EDGES:
                ends = corners[[first, second]]
                if np.isfinite(ends).all() and np.abs(ends).max() < 1e5:
                    painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))

    def part_at(self, place: QPointF) -> str | None:
        tips = self.places()[:, 0]
        if not len(tips) or not self.answering:
            return None
        apart = np.linalg.norm(tips - [place.x(), place.y()], axis=1)
        apart = np.where(np.isfinite(apart), apart, np.inf)
        nearest = int(np.argmin(apart))
        return self._frusta.names[nearest] if apart[nearest] <= _REACH else None

    def hover(self, part: str | None) -> None:
        self._hovered = part

    def click(self, part: str) -> None:
        self._viewport.camera_chosen.emit(part)
