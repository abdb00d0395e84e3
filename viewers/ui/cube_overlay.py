"""The orientation cube over a viewport."""

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from render.ui.viewport import Viewport
from render.ui.viewport_overlay import ViewportOverlay
from viewers.camera_projection import CameraProjection
from viewers.orientation_cube import CubeFace, face_at, visible_faces
from viewers.ui.cube_painter import draw_cube

_SIDE, _MARGIN = 34.0, 44.0


class CubeOverlay(ViewportOverlay):
    """Shows how the patient stands; a click on a face of it looks from there.

    Parameters
    ----------
    viewport : Viewport
        Whose camera it follows.
    is_known : callable
        Tells whether the axes of the patient are known.
    """

    def __init__(self, viewport: Viewport, is_known: Callable[[], bool]) -> None:
        self._viewport = viewport
        self._is_known = is_known
        self._hovered: str | None = None

    def faces(self) -> list[CubeFace]:
        """Give the visible faces; none where the patient's axes are unknown."""
        projection = projection_of(self._viewport)
        if projection is None or not self._is_known():
            return []
        centre = (self._viewport.width() - _MARGIN, self._viewport.height() - _MARGIN)
        return visible_faces(projection, centre, _SIDE)

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        draw_cube(painter, self.faces(), self._hovered if on_screen else None)

    def part_at(self, place: QPointF) -> str | None:
        return face_at(self.faces(), place.x(), place.y())

    def hover(self, part: str | None) -> None:
        self._hovered = part

    def begin(self, part: str) -> None:
        self._viewport.side_requested.emit(part)


def projection_of(viewport: Viewport) -> CameraProjection | None:
    """Give where points of the patient are in a viewport."""
    if viewport.camera is None or viewport.width() < 1 or viewport.height() < 1:
        return None
    return CameraProjection(viewport.camera, (viewport.width(), viewport.height()))
