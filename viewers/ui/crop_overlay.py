"""The crop box over the 3D view: its edges, and the handles that move its faces."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from render.ui.viewport_overlay import ViewportOverlay
from viewers.crop_box import CropBox, drag_voxels, edge_lines, handle_at, handle_pixels
from viewers.ui.cube_overlay import projection_of

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_HANDLE = QColor(255, 190, 60)
_NEXT_FACE = Qt.Key.Key_C
_STEPS: dict[int, int] = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}


class CropOverlay(ViewportOverlay):
    """Cuts the volume of a view; C chooses the next face, [ and ] move it.

    Parameters
    ----------
    view : VolumeView
        Whose volume is cut.
    """

    def __init__(self, view: "VolumeView") -> None:
        self._view = view
        self._begun: CropBox | None = None
        self._hovered: int | None = None
        self.shown = False
        self.face = 0

    def box(self) -> CropBox | None:
        """Give the box that is being edited, if any."""
        if self._view.volume is None or self._view.scene is None or not self.shown:
            return None
        return CropBox.of(self._view.scene.look, self._view.volume)

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        box, projection = self.box(), projection_of(self._view.canvas)
        if not on_screen or box is None or projection is None or self._view.volume is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(255, 190, 60, 150), 1))
        for start, end in edge_lines(box, self._view.volume, projection):
            if np.isfinite([start, end]).all():
                painter.drawLine(QPointF(*start), QPointF(*end))
        for face, (x, y) in enumerate(handle_pixels(box, self._view.volume, projection)):
            if np.isfinite([x, y]).all():
                self._paint_handle(painter, QPointF(x, y), face)

    def _paint_handle(self, painter: QPainter, place: QPointF, face: int) -> None:
        lit = face == self._hovered or (self._hovered is None and face == self.face)
        painter.setPen(QPen(QColor(20, 20, 20), 1.5))
        painter.setBrush(QColor(255, 240, 200) if lit else _HANDLE)
        radius = 7.0 if lit else 5.5
        painter.drawEllipse(place, radius, radius)

    # Mouse and fingers

    def part_at(self, place: QPointF) -> int | None:
        box, projection = self.box(), projection_of(self._view.canvas)
        if box is None or projection is None or self._view.volume is None:
            return None
        return handle_at(handle_pixels(box, self._view.volume, projection), place.x(), place.y())

    def hover(self, part: int | None) -> None:
        self._hovered = part

    def begin(self, part: int) -> None:
        self.face, self._begun = part, self.box()

    def drag(self, part: int, offset: QPointF, stroke: str) -> None:
        box, volume, projection = self._begun, self._view.volume, projection_of(self._view.canvas)
        if box is not None and volume is not None and projection is not None:
            voxels = drag_voxels(box, part, volume, projection, (offset.x(), offset.y()))
            self._view.looks.set_crop(box.with_face(part, box.face_value(part) + voxels, volume), stroke)

    # Keys

    def answers(self, event: QKeyEvent) -> bool:
        return self.shown and (event.key() == _NEXT_FACE or event.key() in _STEPS)

    def key(self, event: QKeyEvent) -> None:
        if event.key() == _NEXT_FACE:
            self.face = (self.face + 1) % 6
            self._view.canvas.update()
        else:
            self._view.looks.move_crop_face(self.face, _STEPS[event.key()])
