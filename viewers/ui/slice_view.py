"""A slice view under mouse, wheel and keys."""

from collections.abc import Callable
from concurrent.futures import Executor

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.message import Message
from viewers.crosshair import Grip, grip_at
from viewers.mouse_tools import MouseTool
from viewers.overlay import crosshair_mark
from viewers.strokes import Stroke, StrokeStart, begin_stroke
from viewers.ui.slice_canvas import SliceCanvas
from viewers.view_editor import EditKey, EditStroke, Hover
from viewers.view_state import at_scale, panned, zoomed_about
from viewers.viewer_document import ViewerDocument

_GRIP_REACH = 6.0
_PAN_STEP = 24.0
_WHEEL_STEP = 120
_ZOOM_STEP = 1.15
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_PageDown: 1,
}
_EDIT_KEYS = {
    Qt.Key.Key_Return: EditKey.FINISH,
    Qt.Key.Key_Enter: EditKey.FINISH,
    Qt.Key.Key_Escape: EditKey.CANCEL,
    Qt.Key.Key_Delete: EditKey.DELETE,
    Qt.Key.Key_Backspace: EditKey.DELETE,
}
_HOVER_CURSORS = {
    Hover.DRAW: Qt.CursorShape.CrossCursor,
    Hover.GRIP: Qt.CursorShape.PointingHandCursor,
    Hover.MOVE: Qt.CursorShape.SizeAllCursor,
}
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class SliceView(SliceCanvas):
    """A slice pane that the user works in.

    The left button is offered to the editors of the document first: they draw with the tools that draw, and
    change what is under the pointer. Else it drags the chosen tool, or the crosshair where it takes hold of
    it or with Shift; the middle button or Ctrl pans, the right button zooms (or sets the window, as chosen)
    and without a drag opens the menu. The wheel scrolls, with Ctrl it zooms about the pointer.
    """

    activated = Signal()
    maximise_requested = Signal()
    menu_requested = Signal(QPoint)
    play_requested = Signal()
    drawing_ended = Signal()

    def __init__(
        self,
        document: ViewerDocument,
        pool: Executor,
        translate: Callable[[Message], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(document, pool, translate, parent)
        self._left_tool = MouseTool.WINDOW
        self._right_tool = MouseTool.ZOOM
        self._stroke: Stroke | None = None
        self._edit: EditStroke | None = None
        self._stroke_moved = False
        self._wheel = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_tools(self, left: MouseTool, right: MouseTool) -> None:
        """Choose what the mouse buttons do."""
        self._left_tool, self._right_tool = left, right

    # Mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.activated.emit()
        plane = self.plane()
        if plane is None:
            return
        x, y = self._pixel(event.position())
        self._stroke_moved = False
        if self._begin_edit(event):
            return
        grip = self._grip(event.position())
        tool = self._tool_of(event, grip)
        if tool is None or tool.draws:
            return
        start = StrokeStart(self._document, self.orientation, plane, x, y, self.devicePixelRatioF())
        self._stroke = begin_stroke(tool, start, grip)
        self._probing = False
        if tool is MouseTool.CROSSHAIR and grip is None:
            self._stroke.moved(x, y)
        self._show_cursor(tool, grip)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if self._stroke is None:
            self._hover(event.position())
            self.update()
        else:
            self._stroke_moved = True
            self._stroke.moved(*self._pixel(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        edit, self._edit = self._edit, None
        if edit is not None and edit is self._stroke:
            edit.released(*self._pixel(event.position()))
        self._stroke = None
        self._probing = True
        if event.button() == Qt.MouseButton.RightButton and not self._stroke_moved:
            self.menu_requested.emit(event.globalPosition().toPoint())
        self._hover(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._stroke = self._edit = None
        self._probing = True
        if event.button() != Qt.MouseButton.LeftButton:
            return
        start = self._start(event.position())
        taken = start is not None and any(
            one.double_pressed(start, self._left_tool) for one in self._document.editors
        )
        if not taken:
            self.maximise_requested.emit()

    # Editors.

    def _start(self, position: QPointF) -> StrokeStart | None:
        plane = self.plane()
        if plane is None:
            return None
        x, y = self._pixel(position)
        return StrokeStart(self._document, self.orientation, plane, x, y, self.devicePixelRatioF())

    def _begin_edit(self, event: QMouseEvent) -> bool:
        """Offer the left button to the editors; with Ctrl and Shift it pans and moves the crosshair."""
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        start = self._start(event.position())
        if event.button() != Qt.MouseButton.LeftButton or held or start is None:
            return False
        for editor in self._document.editors:
            edit = editor.pressed(start, self._left_tool)
            if edit is not None:
                self._stroke = self._edit = edit
                self._probing = False
                return True
        return False

    def _hover(self, position: QPointF) -> None:
        """Show what a press would do."""
        start = self._start(position)
        for editor in self._document.editors if start is not None else ():
            hover = editor.hovered(start, self._left_tool)
            if hover is not Hover.NOTHING:
                self.setCursor(_HOVER_CURSORS[hover])
                return
        self._show_cursor(None, self._grip(position))

    def _take_edit_key(self, key: Qt.Key) -> bool:
        if key not in _EDIT_KEYS:
            return False
        taken = any(one.key_pressed(_EDIT_KEYS[key]) for one in self._document.editors)
        if not taken and key == Qt.Key.Key_Escape and self._left_tool.draws:
            self.drawing_ended.emit()
            return True
        return taken

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # The mouse's right button may begin a drag: its menu comes on release.
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            self.menu_requested.emit(event.globalPos())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.activated.emit()
        turned = event.angleDelta().y() or event.angleDelta().x()
        modifiers = event.modifiers()
        event.accept()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self._zoom_about(self._pixel(event.position()), _ZOOM_STEP ** (turned / _WHEEL_STEP))
            return
        self._wheel += turned
        steps = int(self._wheel / _WHEEL_STEP)
        self._wheel -= steps * _WHEEL_STEP
        fast = 5 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        self._document.scroll(self.orientation, -steps * fast)

    def _tool_of(self, event: QMouseEvent, grip: Grip | None) -> MouseTool | None:
        if event.button() == Qt.MouseButton.MiddleButton:
            return MouseTool.PAN
        if event.button() == Qt.MouseButton.RightButton:
            return self._right_tool
        if event.button() != Qt.MouseButton.LeftButton:
            return None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return MouseTool.PAN
        takes_crosshair = grip is not None or event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        return MouseTool.CROSSHAIR if takes_crosshair else self._left_tool

    def _grip(self, position: QPointF) -> Grip | None:
        plane, volume = self.plane(), self._document.volume
        if plane is None or volume is None:
            return None
        mark = crosshair_mark(self._document.state, volume, self._pane, plane)
        if mark is None:
            return None
        x, y = self._pixel(position)
        return grip_at(mark.lines, x - mark.x, y - mark.y, _GRIP_REACH * self.devicePixelRatioF())

    def _show_cursor(self, tool: MouseTool | None, grip: Grip | None) -> None:
        if tool is MouseTool.PAN:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif grip is not None and tool in (None, MouseTool.CROSSHAIR):
            self.setCursor(Qt.CursorShape.SizeAllCursor if grip.line is None else _across(grip))
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        if self._take_edit_key(key):
            return
        if modifiers & Qt.KeyboardModifier.ShiftModifier and key in _ARROWS:
            self._pan(*_ARROWS[key])
        elif key in _STEPS:
            fast = 10 if modifiers & Qt.KeyboardModifier.ControlModifier else 1
            self._document.scroll(self.orientation, _STEPS[key] * fast)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._document.go_to_end(self.orientation, last=key == Qt.Key.Key_End)
        elif key == Qt.Key.Key_Space:
            self.play_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.activated.emit()
        super().focusInEvent(event)

    def zoom_by(self, factor: float) -> None:
        """Zoom about the middle of the view."""
        plane = self.plane()
        if plane is not None:
            self._zoom_about(((plane.size[0] - 1) / 2, (plane.size[1] - 1) / 2), factor)

    def zoom_to_voxels(self) -> None:
        """Show one voxel (the smallest side of it) on one pixel of the screen."""
        plane, volume = self.plane(), self._document.volume
        if plane is not None and volume is not None:
            view = self._document.state.view(self.orientation)
            self._document.set_view(self.orientation, at_scale(view, plane, float(volume.spacing_mm.min())))

    def _zoom_about(self, pixel: tuple[float, float], factor: float) -> None:
        plane = self.plane()
        if plane is not None:
            view = self._document.state.view(self.orientation)
            self._document.set_view(self.orientation, zoomed_about(view, plane, pixel, factor))

    def _pan(self, dx: float, dy: float) -> None:
        plane = self.plane()
        if plane is not None:
            step = _PAN_STEP * self.devicePixelRatioF()
            view = self._document.state.view(self.orientation)
            self._document.set_view(self.orientation, panned(view, plane, dx * step, dy * step))


def _across(grip: Grip) -> Qt.CursorShape:
    assert grip.line is not None
    upright = abs(float(grip.line.direction[1])) > abs(float(grip.line.direction[0]))
    return Qt.CursorShape.SplitHCursor if upright else Qt.CursorShape.SplitVCursor
