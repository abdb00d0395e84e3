"""What a drag of the mouse does: one stroke for each tool, from the press to the release."""

import itertools
import math
from dataclasses import dataclass, field
from typing import Protocol

from core.plane import Plane
from viewers.crosshair import Grip
from viewers.mouse_tools import MouseTool
from viewers.orientation import Orientation, Vector
from viewers.view_state import ViewState, panned, zoomed_about
from viewers.viewer_document import ViewerDocument
from viewers.window_level import Window

_PIXELS_PER_E_FOLD = 150.0
_stroke_numbers = itertools.count(1)


class Stroke(Protocol):
    """A drag that is going on."""

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer to pixel (x, y) of the view."""
        ...


@dataclass(frozen=True, eq=False)
class StrokeStart:
    """Where a drag begins.

    Parameters
    ----------
    orientation : Orientation
        Of the view.
    plane : Plane
        Of the view when the button went down.
    x, y : float
        Pixel of the view.
    pixel_ratio : float
        Device pixels for each unit that mouse sensitivities are given in.
    """

    document: ViewerDocument
    orientation: Orientation
    plane: Plane
    x: float
    y: float
    pixel_ratio: float = 1.0


@dataclass(frozen=True, eq=False)
class WindowStroke:
    """Sets window width (across) and centre (up and down)."""

    start: StrokeStart
    window: Window
    stroke: str = field(default_factory=lambda: f"window-{next(_stroke_numbers)}")

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        dx, dy = x - self.start.x, y - self.start.y
        ratio = self.start.pixel_ratio
        self.start.document.drag_window(self.window, dx / ratio, dy / ratio, stroke=self.stroke)


@dataclass(frozen=True, eq=False)
class PanStroke:
    """Moves the picture with the pointer."""

    start: StrokeStart
    view: ViewState

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        view = panned(self.view, self.start.plane, x - self.start.x, y - self.start.y)
        self.start.document.set_view(self.start.orientation, view)


@dataclass(frozen=True, eq=False)
class ZoomStroke:
    """Zooms about where the drag began: up is larger."""

    start: StrokeStart
    view: ViewState

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        factor = math.exp((self.start.y - y) / (_PIXELS_PER_E_FOLD * self.start.pixel_ratio))
        view = zoomed_about(self.view, self.start.plane, (self.start.x, self.start.y), factor)
        self.start.document.set_view(self.start.orientation, view)


@dataclass(frozen=True, eq=False)
class ScrollStroke:
    """Goes through the slices: the height of the view is the whole stack."""

    start: StrokeStart
    index: int
    count: int

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        pixels_a_slice = max(self.start.plane.size[1] / self.count, 2.0 * self.start.pixel_ratio)
        steps = round((y - self.start.y) / pixels_a_slice)
        self.start.document.go_to_slice(self.start.orientation, self.index + steps)


@dataclass(frozen=True, eq=False)
class CrosshairStroke:
    """Moves the cursor with the pointer, or only the line that was taken hold of."""

    start: StrokeStart
    grip: Grip
    cursor_lps_mm: Vector

    def moved(self, x: float, y: float) -> None:
        """Follow the pointer."""
        point = self.grip.moved(self.cursor_lps_mm, self.start.plane.lps_from_pixel(x, y))
        self.start.document.move_cursor(self.start.orientation, point)


def begin_stroke(tool: MouseTool, start: StrokeStart, grip: Grip | None = None) -> Stroke:
    """Begin the drag of a tool; the crosshair tool takes hold of `grip`, or of the cursor itself."""
    document, orientation = start.document, start.orientation
    view = document.state.view(orientation)
    if tool is MouseTool.WINDOW:
        return WindowStroke(start, document.state.window)
    if tool is MouseTool.PAN:
        return PanStroke(start, view)
    if tool is MouseTool.ZOOM:
        return ZoomStroke(start, view)
    if tool is MouseTool.SCROLL:
        stack = document.stack(orientation)
        assert stack is not None
        index = stack.nearest_index(document.state.point_of(orientation))
        return ScrollStroke(start, index, stack.count)
    return CrosshairStroke(start, grip or Grip(), document.state.point_of(orientation))
