"""The crop box over a reconstruction: its edges, and handles that move its faces."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from reconstruction.result_edits import CropBox
from reconstruction.ui.result_view import ResultView
from render.ui.viewport_overlay import ViewportOverlay

if TYPE_CHECKING:
    from reconstruction.ui.result_tools import ResultTools

_EDGES = [(one, one | 1 << bit) for one in range(8) for bit in range(3) if not one >> bit & 1]
_LINE, _HANDLE, _LIT = QColor(255, 190, 60, 170), QColor(255, 190, 60), QColor(255, 240, 200)
_REACH = 11.0
_STEP = 0.01  # of the box, by a key
_NEXT_FACE = Qt.Key.Key_C
_STEPS: dict[int, int] = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}


class CropBoxOverlay(ViewportOverlay):
    """Cuts a reconstruction; C chooses the next face, [ and ] move it, Delete removes the box.

    Parameters
    ----------
    tools : ResultTools
        Has the box, and changes it.
    view : ResultView
        Where it is drawn.
    """

    def __init__(self, tools: "ResultTools", view: ResultView) -> None:
        self._tools, self._view = tools, view
        self._begun: CropBox | None = None
        self._hovered: int | None = None
        self.face = 0

    @property
    def box(self) -> CropBox | None:
        """The box that is being changed, if any."""
        return self._tools.edits.crop if self._tools.tool == "crop" else None

    def _pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        view = self._tools.view_pinhole
        if view is None:
            return np.full((len(points), 2), np.nan)
        return view.project(self._tools.edits.transform.apply(points))

    def handles(self) -> NDArray[np.float64]:
        """Give the pixels of the six handles, (6, 2)."""
        if self.box is None:
            return np.full((6, 2), np.nan)
        return self._pixels(np.array([self.box.face_centre(face) for face in range(6)]))

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        if not on_screen or self.box is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_LINE, 1.2))
        corners = self._pixels(self.box.corners)
        for first, second in _EDGES:
            ends = corners[[first, second]]
            if np.isfinite(ends).all() and np.abs(ends).max() < 1e5:
                painter.drawLine(QPointF(*ends[0]), QPointF(*ends[1]))
        for face, place in enumerate(self.handles()):
            if np.isfinite(place).all():
                lit = face == (self.face if self._hovered is None else self._hovered)
                painter.setPen(QPen(QColor(20, 20, 20), 1.5))
                painter.setBrush(_LIT if lit else _HANDLE)
                painter.drawEllipse(QPointF(*place), 7.0 if lit else 5.5, 7.0 if lit else 5.5)

    # Mouse and fingers.

    def part_at(self, place: QPointF) -> int | None:
        apart = np.linalg.norm(self.handles() - [place.x(), place.y()], axis=1)
        apart = np.where(np.isfinite(apart), apart, np.inf)
        nearest = int(np.argmin(apart))
        return nearest if apart[nearest] <= _REACH else None

    def hover(self, part: int | None) -> None:
        self._hovered = part

    def begin(self, part: int) -> None:
        self.face, self._begun = part, self.box

    def drag(self, part: int, offset: QPointF, stroke: str) -> None:
        if self._begun is None:
            return
        axis = part // 2
        step = 0.05 * float((self._begun.high - self._begun.low).max())
        ends = np.repeat(self._begun.frame.apply(self._begun.face_centre(part)[None]), 2, axis=0)
        ends[1, axis] += step
        start, end = self._pixels(self._begun.frame.inverse().apply(ends))
        along = (end - start) / step  # pixels for a unit of the box
        if np.isfinite(along).all() and float(along @ along) > 1e-12:
            moved = float(np.array([offset.x(), offset.y()]) @ along) / float(along @ along)
            self._move(self._begun, part, moved, stroke)

    def _move(self, box: CropBox, face: int, by: float, stroke: str | None) -> None:
        before = (box.low, box.high)[face % 2][face // 2]
        self._tools.set_crop(box.with_face(face, float(before) + by), stroke)

    # Keys.

    def answers(self, event: QKeyEvent) -> bool:
        return self.box is not None and event.key() in (_NEXT_FACE, Qt.Key.Key_Delete, *_STEPS)

    def key(self, event: QKeyEvent) -> None:
        box = self.box
        if box is None:
            return
        if event.key() == _NEXT_FACE:
            self.face = (self.face + 1) % 6
            self._view.update()
        elif event.key() == Qt.Key.Key_Delete:
            self._tools.set_crop(None)
        else:
            step = _STEP * float((box.high - box.low)[self.face // 2])
            self._move(box, self.face, step * _STEPS[event.key()], None)
