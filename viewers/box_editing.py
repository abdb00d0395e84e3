"""Boxes on a picture, as a person moves, sizes, draws and removes them; without a screen."""

from dataclasses import dataclass, field
from enum import Enum

from imaging.deidentification.burned_text import Box

_LEAST = 3  # pixels of a side


class Grip(Enum):
    """What of a box is held."""

    INSIDE = "inside"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


@dataclass
class BoxEditing:
    """The boxes of one picture.

    Parameters
    ----------
    rows, columns : int
        Size of the picture; boxes stay within it.
    boxes : list of Box
        In the order in which they were made.
    selected : int, optional
        Which of them keys act on.
    """

    rows: int
    columns: int
    boxes: list[Box] = field(default_factory=list[Box])
    selected: int | None = None
    _start: tuple[float, float] = (0.0, 0.0)
    _held: tuple[Grip, Box] | None = None

    def grip_at(self, x: float, y: float, reach: float) -> tuple[int, Grip] | None:
        """Give the box at a place and what of it lies there; corners are met within `reach` pixels."""
        order = [index for index in range(len(self.boxes)) if index != self.selected]
        order += [] if self.selected is None else [self.selected]
        for index in reversed(order):
            box = self.boxes[index]
            for grip, (cx, cy) in _corners(box).items():
                if abs(x - cx) <= reach and abs(y - cy) <= reach:
                    return index, grip
            if box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height:
                return index, Grip.INSIDE
        return None

    def press(self, x: float, y: float, reach: float) -> None:
        """Take hold of what lies at a place, or begin a new box there."""
        self._start = (x, y)
        met = self.grip_at(x, y, reach)
        if met is None:
            box = Box(round(x), round(y), 0, 0).within(self.rows, self.columns)
            self.boxes.append(box)
            self.selected, self._held = len(self.boxes) - 1, (Grip.BOTTOM_RIGHT, box)
        else:
            self.selected, self._held = met[0], (met[1], self.boxes[met[0]])

    def drag(self, x: float, y: float) -> None:
        """Move or size the box that is held."""
        if self._held is None or self.selected is None:
            return
        grip, box = self._held
        dx, dy = round(x - self._start[0]), round(y - self._start[1])
        if grip is Grip.INSIDE:
            left = min(max(box.x + dx, 0), self.columns - box.width)
            top = min(max(box.y + dy, 0), self.rows - box.height)
            self.boxes[self.selected] = Box(left, top, box.width, box.height)
            return
        left, right = box.x, box.x + box.width
        top, bottom = box.y, box.y + box.height
        at_left = grip in (Grip.TOP_LEFT, Grip.BOTTOM_LEFT)
        at_top = grip in (Grip.TOP_LEFT, Grip.TOP_RIGHT)
        left, right = sorted((left + dx, right) if at_left else (left, right + dx))
        top, bottom = sorted((top + dy, bottom) if at_top else (top, bottom + dy))
        made = Box(left, top, right - left, bottom - top)
        self.boxes[self.selected] = made.within(self.rows, self.columns)

    def release(self) -> None:
        """Let go; a box too small to have been meant goes."""
        self._held = None
        if self.selected is not None:
            box = self.boxes[self.selected]
            if min(box.width, box.height) < _LEAST:
                self.remove_selected()

    def remove_selected(self) -> None:
        """Take the selected box away."""
        if self.selected is not None:
            del self.boxes[self.selected]
            self.selected = None

    def clear(self) -> None:
        """Take all boxes away."""
        self.boxes.clear()
        self.selected = None


def _corners(box: Box) -> dict[Grip, tuple[int, int]]:
    right, bottom = box.x + box.width, box.y + box.height
    return {
        Grip.TOP_LEFT: (box.x, box.y),
        Grip.TOP_RIGHT: (right, box.y),
        Grip.BOTTOM_LEFT: (box.x, bottom),
        Grip.BOTTOM_RIGHT: (right, bottom),
    }
