"""What mouse and fingers do in a viewport: they move its camera, or what is drawn over its picture."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QMouseEvent, QTouchEvent

from render.camera_motion import Motion, Place, dragged_camera, pinched_camera
from render.ui.viewport_overlay import ViewportOverlay

if TYPE_CHECKING:
    from render.ui.viewport import Viewport

_STILL_PIXELS = 3
_Part = tuple[ViewportOverlay, Any]


@dataclass
class _Drag:
    """A button or a finger held down: from where, and what it moves."""

    start: QPointF
    last: QPointF
    button: Qt.MouseButton
    motion: Motion
    stroke: str
    part: _Part | None = None
    moved: bool = False


class ViewportPointer:
    """Follows presses, moves and releases in a viewport.

    Parameters
    ----------
    viewport : Viewport
        Whose camera is moved, and whose signals tell of clicks.
    """

    def __init__(self, viewport: "Viewport") -> None:
        self._viewport = viewport
        self._drag: _Drag | None = None
        self._fingers: dict[int, QPointF] = {}
        self._hovered: _Part | None = None

    def motion_of(self, event: QMouseEvent) -> Motion:
        """Give what a drag that begins with this button and these keys does."""
        if event.button() == Qt.MouseButton.MiddleButton:
            return Motion.PAN
        if event.button() == Qt.MouseButton.RightButton:
            return Motion.ZOOM
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return Motion.PAN
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return Motion.OWNER
        return self._viewport.tool

    # One pointer

    def press(self, place: QPointF, button: Qt.MouseButton, motion: Motion) -> None:
        """Begin a drag or a click."""
        if not self._answers:
            return
        found = self._part_at(place) if button == Qt.MouseButton.LeftButton else None
        self._drag = _Drag(place, place, button, motion, uuid.uuid4().hex, found)
        if found is not None:
            found[0].begin(found[1])

    def move(self, place: QPointF) -> None:
        """Drag what was pressed, or hover."""
        drag = self._drag
        if drag is None:
            self._hover(place)
        elif drag.moved or (place - drag.start).manhattanLength() >= _STILL_PIXELS:
            drag.moved = True
            delta, drag.last = place - drag.last, place
            self._drag_by(drag, delta)

    def _drag_by(self, drag: _Drag, delta: QPointF) -> None:
        viewport = self._viewport
        if drag.part is not None:
            overlay, part = drag.part
            overlay.drag(part, drag.last - drag.start, drag.stroke)
        elif drag.motion is Motion.OWNER:
            viewport.owner_dragged.emit(delta, drag.stroke)
        elif viewport.camera is not None:
            size = (viewport.width(), viewport.height())
            viewport.move_camera(dragged_camera(viewport.camera, drag.motion, (delta.x(), delta.y()), size))

    def release(self, place: QPointF) -> None:
        """End a drag, or click."""
        drag, self._drag = self._drag, None
        if drag is None or drag.moved:
            return
        if drag.part is not None:
            overlay, part = drag.part
            overlay.click(part)
        elif drag.button == Qt.MouseButton.LeftButton:
            self._viewport.clicked.emit(place)
        elif drag.button == Qt.MouseButton.RightButton:
            self._viewport.menu_requested.emit(self._viewport.mapToGlobal(place).toPoint())

    def double_click(self, place: QPointF) -> None:
        """Tell of a double click on the picture."""
        if self._part_at(place) is None:
            self._drag = None
            self._viewport.double_clicked.emit()

    def leave(self) -> None:
        """Follow the pointer out of the viewport."""
        self._tell_hover(None)

    @property
    def _answers(self) -> bool:
        return self._viewport.camera is not None and not self._viewport.note()

    def _part_at(self, place: QPointF) -> _Part | None:
        for overlay in reversed(self._viewport.overlays) if self._answers else ():
            part = overlay.part_at(place)
            if part is not None:
                return overlay, part
        return None

    def _hover(self, place: QPointF) -> None:
        self._tell_hover(self._part_at(place))
        if self._hovered is None and self._answers:
            self._viewport.pointed.emit(place)

    def _tell_hover(self, found: _Part | None) -> None:
        if found == self._hovered:
            return
        self._hovered = found
        for overlay in self._viewport.overlays:
            overlay.hover(found[1] if found is not None and found[0] is overlay else None)
        shape = Qt.CursorShape.PointingHandCursor if found is not None else Qt.CursorShape.ArrowCursor
        self._viewport.setCursor(shape)
        self._viewport.update()

    # Fingers

    def touch(self, event: QTouchEvent) -> bool:
        """Follow fingers: one is the left button, two pinch; False where there is nothing to move."""
        if not self._answers:
            return False
        lifted = QEventPoint.State.Released
        now = {point.id(): point.position() for point in event.points() if point.state() != lifted}
        before, self._fingers = self._fingers, now
        if len(now) > 1:
            self._drag = None
            self._pinch(before, now)
        elif event.type() == QEvent.Type.TouchCancel:
            self._drag, self._fingers = None, {}
        elif now:
            self._finger(next(iter(now.values())), begins=not before)
        elif before:
            self.release(next(iter(before.values())))
        event.accept()
        return True

    def _finger(self, place: QPointF, *, begins: bool) -> None:
        if begins:
            self.press(place, Qt.MouseButton.LeftButton, self._viewport.tool)
        elif self._drag is not None:  # else what is left of two
            self.move(place)

    def _pinch(self, before: dict[int, QPointF], now: dict[int, QPointF]) -> None:
        both = [finger for finger in now if finger in before][:2]
        if len(both) == 2 and self._viewport.camera is not None:
            old, new = (_places(fingers, both) for fingers in (before, now))
            camera = pinched_camera(self._viewport.camera, old, new, self._viewport.height())
            self._viewport.move_camera(camera)


def _places(fingers: dict[int, QPointF], both: list[int]) -> tuple[Place, Place]:
    first, second = (fingers[finger] for finger in both)
    return (first.x(), first.y()), (second.x(), second.y())
