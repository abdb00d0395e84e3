"""The clip planes over the 3D view: their outlines, and the handles that move and turn them."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from render.clip_plane import ClipPlane
from render.ui.viewport_overlay import ViewportOverlay
from viewers import clip_planes
from viewers.ui.cube_overlay import projection_of

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_INK, _CHOSEN = QColor(110, 200, 255), QColor(215, 242, 255)
_REACH = 10.0  # of the mouse, in pixels of the screen
_NEXT = Qt.Key.Key_C
_STEPS: dict[int, int] = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
_REMOVES = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class ClipHandle(NamedTuple):
    """What of which plane is held: its middle moves it, the end of its arrow turns it."""

    plane: int
    turns: bool


class ClipOverlay(ViewportOverlay):
    """Cuts the volume of a view open.

    The middle of a plane moves it, the end of its arrow turns it, and a click there flips it. C chooses the
    next plane, [ and ] move it, Delete takes it away.

    Parameters
    ----------
    view : VolumeView
        Whose volume is cut.
    """

    def __init__(self, view: "VolumeView") -> None:
        self._view = view
        self._begun: ClipPlane | None = None
        self._hovered: ClipHandle | None = None
        self.shown = False
        self.chosen = 0

    def planes(self) -> tuple[ClipPlane, ...]:
        """Give the planes whose handles are shown."""
        scene = self._view.scene
        return () if scene is None or not self.shown else scene.look.clip_planes

    def chosen_plane(self) -> int | None:
        """Give the number of the plane that keys and commands act on."""
        scene = self._view.scene
        count = 0 if scene is None else len(scene.look.clip_planes)
        return min(self.chosen, count - 1) if count else None

    def handles(self) -> list[tuple[ClipHandle, QPointF]]:
        """Give the handles with their places in the picture."""
        volume, projection = self._view.volume, projection_of(self._view.canvas)
        found: list[tuple[ClipHandle, QPointF]] = []
        if volume is None or projection is None:
            return found
        for number, plane in enumerate(self.planes()):
            ends = np.array([clip_planes.middle(plane, volume), clip_planes.tip(plane, volume, projection)])
            for turns, (x, y) in enumerate(projection.pixels(ends)):
                if np.isfinite([x, y]).all():
                    found.append((ClipHandle(number, bool(turns)), QPointF(x, y)))
        return found

    # Painting

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        volume, projection = self._view.volume, projection_of(self._view.canvas)
        if not on_screen or volume is None or projection is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, plane in enumerate(self.planes()):
            pixels = projection.pixels(clip_planes.outline(plane, volume))
            if len(pixels) and np.isfinite(pixels).all():
                painter.setPen(QPen(self._ink(number), 1.6 if number == self.chosen_plane() else 1.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in pixels]))
        places = dict(self.handles())
        for handle, place in places.items():
            foot = places.get(ClipHandle(handle.plane, turns=False))
            if handle.turns and foot is not None:
                painter.setPen(QPen(self._ink(handle.plane), 1.6))
                painter.drawLine(foot, place)
        for handle, place in places.items():
            self._paint_handle(painter, handle, place)

    def _ink(self, number: int) -> QColor:
        return _CHOSEN if number == self.chosen_plane() else _INK

    def _paint_handle(self, painter: QPainter, handle: ClipHandle, place: QPointF) -> None:
        lit = handle == self._hovered
        painter.setPen(QPen(QColor(20, 20, 20), 1.5))
        painter.setBrush(QColor(255, 255, 255) if lit else self._ink(handle.plane))
        radius = 7.0 if lit else 5.5
        if handle.turns:
            radius -= 1.0
        painter.drawEllipse(place, radius, radius)

    # Mouse and fingers

    def part_at(self, place: QPointF) -> ClipHandle | None:
        # Of handles at one place, those of the chosen plane are met, which are drawn as such.
        near = [
            (round(np.hypot(at.x() - place.x(), at.y() - place.y())), handle.plane != self.chosen, handle)
            for handle, at in self.handles()
        ]
        distance, _, handle = min(near, default=(np.inf, False, None))
        return handle if distance <= _REACH else None

    def hover(self, part: ClipHandle | None) -> None:
        self._hovered = part

    def begin(self, part: ClipHandle) -> None:
        self.chosen = part.plane
        self._begun = self.planes()[part.plane]
        self._view.canvas.update()

    def drag(self, part: ClipHandle, offset: QPointF, stroke: str) -> None:
        begun, volume, projection = self._begun, self._view.volume, projection_of(self._view.canvas)
        if begun is None or volume is None or projection is None:
            return
        delta = (offset.x(), offset.y())
        if part.turns:
            plane = clip_planes.turned(begun, volume, projection, delta)
        else:
            plane = clip_planes.moved(begun, clip_planes.drag_mm(begun, volume, projection, delta), volume)
        self._view.clips.put(part.plane, plane, stroke)

    def click(self, part: ClipHandle) -> None:
        if part.turns:
            self._view.clips.flip()

    # Keys

    def answers(self, event: QKeyEvent) -> bool:
        return bool(self.planes()) and event.key() in (_NEXT, *_STEPS, *_REMOVES)

    def key(self, event: QKeyEvent) -> None:
        number = self.chosen_plane()
        if number is None:
            return
        if event.key() == _NEXT:
            self.chosen = (number + 1) % len(self.planes())
            self._view.canvas.update()
        elif event.key() in _REMOVES:
            self._view.clips.remove()
        else:
            self._view.clips.step(_STEPS[event.key()])
