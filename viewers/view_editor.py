"""What is drawn and changed with the mouse over the slices: measurements, segments.

An editor is offered the mouse before the tools that move and window the picture, in the order of
`ViewerDocument.editors`. It knows no Qt: places come as pixels of the plane of the view that the mouse is in,
and what it wants to be seen goes back as marks on such a plane.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from core.message import Message
from core.plane import Plane
from viewers.mouse_tools import MouseTool
from viewers.object_layer import Mark, Points
from viewers.strokes import Stroke, StrokeStart


class Hover(StrEnum):
    """What the editor would do at the pointer, for its shape."""

    NOTHING = "nothing"
    DRAW = "draw"
    GRIP = "grip"
    MOVE = "move"


class EditKey(StrEnum):
    """Keys that an editor may take."""

    FINISH = "finish"
    CANCEL = "cancel"
    DELETE = "delete"


class EditStroke(Stroke, Protocol):
    """A drag that an editor began."""

    def released(self, x: float, y: float) -> None:
        """End it at pixel (x, y) of the view."""
        ...


class ViewEditor(Protocol):
    """Takes part in the mouse, the keys and the drawing of every slice view. Main thread only."""

    @property
    def revision(self) -> int:
        """Grows when `marks` or `handles` may give something else."""
        ...

    def pressed(self, start: StrokeStart, tool: MouseTool) -> EditStroke | None:
        """Take the left button pressed; None leaves it to the next editor, and to the tool itself."""
        ...

    def double_pressed(self, start: StrokeStart, tool: MouseTool) -> bool:
        """Take a double click; False leaves it."""
        ...

    def hovered(self, start: StrokeStart, tool: MouseTool) -> Hover:
        """Follow the pointer while no button is down."""
        ...

    def key_pressed(self, key: EditKey) -> bool:
        """Take a key; False leaves it."""
        ...

    def marks(self, plane: Plane, translate: Callable[[Message], str], ratio: float) -> tuple[Mark, ...]:
        """Give what is to be seen on the plane of a view; quick, for it is asked with every move.

        `ratio` is the number of device pixels, which the plane has, for each unit of the screen.
        """
        ...

    def handles(self, plane: Plane) -> Points:
        """Give the pixels (n, 2) on the plane that can be taken hold of."""
        ...
