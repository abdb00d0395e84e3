"""Moving about in the open volume: cursor, slices, zoom, turning; none of it is an edit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from core.history import Edit, History
from core.message import Message
from core.volume import Volume
from viewers.mpr_state import MprState, placed_point
from viewers.orientation import Orientation, Vector, plane_axes
from viewers.slice_stack import SliceStack
from viewers.view_state import ViewState, point_of


class ViewNavigation:
    """The state of the views, who listens to it, and how the user moves about in it. Main thread only.

    Listeners are called after every change of the state.

    Parameters
    ----------
    state : MprState
        To begin with.
    """

    def __init__(self, state: MprState) -> None:
        self._listeners: list[Callable[[], None]] = []
        self.history = History()
        self.state = state
        self.volume: Volume | None = None

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener()` after every change."""
        self._listeners.append(listener)

    @property
    def is_single_image(self) -> bool:
        """Whether the open series is one image without depth."""
        return self.volume is not None and self.volume.shape_ijk[2] == 1

    def change(self, **changes: Any) -> None:
        """Set fields of the state without an edit: what the user looks at, not what was decided."""
        self.state = replace(self.state, **changes)
        self.tell()

    def activate(self, cell: int) -> None:
        """Let keys and menus act on another cell."""
        if cell != self.state.active:
            self.change(active=cell)

    def toggle_maximised(self, cell: int) -> None:
        """Show one cell alone, or all again."""
        self.change(active=cell, maximised=not self.state.maximised and len(self.state.panes) > 1)

    def toggle_link(self) -> None:
        """Link or unlink the positions of the views."""
        self.state = self.state.with_link(linked=not self.state.linked)
        self.tell()

    def set_view(self, orientation: Orientation, view: ViewState) -> None:
        """Zoom, pan or turn the views of an orientation."""
        self.state = self.state.with_view(orientation, view)
        self.tell()

    def turn_active(self, quarter_turns: int = 0, *, mirror: bool = False) -> None:
        """Turn the active view clockwise by quarter turns, or exchange its left and right on the screen."""
        orientation = self.state.active_orientation
        self.set_view(orientation, self.state.view(orientation).turned(quarter_turns, mirror=mirror))

    def stack(self, orientation: Orientation) -> SliceStack | None:
        """Slices of the open volume in an orientation; None when nothing is open."""
        if self.volume is None:
            return None
        return SliceStack.of(self.volume, plane_axes(orientation, self.volume).forward)

    def move_cursor(self, orientation: Orientation, point_lps_mm: Vector) -> None:
        """Put the cursor at a point, as seen in a view of `orientation`."""
        if self.volume is not None:
            start = self.state.point_of(orientation)
            self._place(orientation, placed_point(self.volume, start, point_lps_mm))

    def go_to(self, point_lps_mm: Vector) -> None:
        """Put all views on the slices through a point, and the point into sight where they are zoomed in."""
        if self.volume is None:
            return
        for orientation in Orientation:
            start = self.state.point_of(orientation)
            point = placed_point(self.volume, start, point_lps_mm)
            self.state = self.state.with_point(orientation, point)
            view = self.state.view(orientation)
            if view.centre_lps_mm is not None:
                self.state = self.state.with_view(orientation, replace(view, centre_lps_mm=point_of(point)))
        self.tell()

    def scroll(self, orientation: Orientation, steps: int) -> None:
        """Go on by whole slices; stays within the volume."""
        stack = self.stack(orientation)
        if stack is not None:
            self._place(orientation, stack.stepped(self.state.point_of(orientation), steps))

    def go_to_slice(self, orientation: Orientation, index: int) -> None:
        """Show slice `index`, counted from 0."""
        stack = self.stack(orientation)
        if stack is not None:
            self._place(orientation, stack.moved_to(self.state.point_of(orientation), index))

    def go_to_end(self, orientation: Orientation, *, last: bool) -> None:
        """Show the first or the last slice."""
        stack = self.stack(orientation)
        if stack is not None:
            self.go_to_slice(orientation, stack.count - 1 if last else 0)

    def fit_active(self) -> None:
        """Show the whole slice in the active view."""
        orientation = self.state.active_orientation
        view = self.state.view(orientation)
        self.set_view(orientation, replace(view, zoom=1.0, centre_lps_mm=None))

    def _place(self, orientation: Orientation, point_lps_mm: Vector) -> None:
        self.state = self.state.with_point(orientation, point_lps_mm)
        self.tell()

    def edit(self, title: Message, stroke: str | None = None, /, **changes: Any) -> None:
        """Set fields of the state as an edit of the history; nothing where nothing changes."""
        before = {name: getattr(self.state, name) for name in changes}
        if before == changes:
            return
        self.history.push(
            Edit(title, lambda: self.change(**changes), lambda: self.change(**before), stroke=stroke)
        )

    def tell(self) -> None:
        """Call the listeners."""
        for listener in list(self._listeners):
            listener()
