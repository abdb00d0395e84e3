"""What is drawn over the picture of a viewport, and answers the pointer there."""

from typing import Any

from PySide6.QtCore import QPointF
from PySide6.QtGui import QKeyEvent, QPainter


class ViewportOverlay:
    """Does nothing; what inherits it draws something over the picture, and may take clicks and drags.

    What `part_at` gives stands for a part of the overlay (a handle, a face) in the other calls.
    """

    def paint(self, painter: QPainter, *, on_screen: bool) -> None:
        """Draw; `on_screen` is False for pictures that are saved, where handles have no place."""

    def part_at(self, place: QPointF) -> Any | None:
        """Give what the overlay has under a place, None where it leaves the place to the picture."""
        return None

    def hover(self, part: Any | None) -> None:
        """Follow the pointer, over a part or over none."""

    def begin(self, part: Any) -> None:
        """Follow a button that was pressed on a part."""

    def drag(self, part: Any, offset: QPointF, stroke: str) -> None:
        """Follow a drag of a part; `offset` is counted from where it began, `stroke` names the drag."""

    def click(self, part: Any) -> None:
        """Follow a click on a part, without a drag."""

    def answers(self, event: QKeyEvent) -> bool:
        """Tell whether a key is the overlay's."""
        return False

    def key(self, event: QKeyEvent) -> None:
        """Act on a key that the overlay answers."""
