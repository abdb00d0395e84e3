"""How the views share the screen."""

from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP, Message, message
from viewers.orientation import Orientation

VOLUME_PANE = "volume"


@dataclass(frozen=True)
class Pane:
    """What a cell shows.

    Parameters
    ----------
    kind : str
        An `Orientation`, or `VOLUME_PANE` for the 3D picture.
    offset_steps : int
        How many slices away from the common cursor the view stays.
    """

    kind: str
    offset_steps: int = 0

    @property
    def orientation(self) -> Orientation | None:
        """The slice orientation; None for the 3D picture."""
        return None if self.kind == VOLUME_PANE else Orientation(self.kind)


@dataclass(frozen=True)
class Cell:
    """A place in the grid: row, column, and how many of each it spans."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True)
class Layout:
    """An arrangement of cells.

    Parameters
    ----------
    id : str
        Kept in the settings.
    title : Message
        For menus.
    cells : tuple of Cell
        In reading order.
    panes : tuple of Pane
        What they show at first; empty where successive slices of the active orientation fill the cells.
    """

    id: str
    title: Message
    cells: tuple[Cell, ...]
    panes: tuple[Pane, ...] = ()

    def panes_for(self, active: Orientation) -> tuple[Pane, ...]:
        """Give what the cells show when the view that was active showed `active`."""
        if len(self.cells) == 1:
            return (Pane(active),)
        if self.panes:
            return self.panes
        middle = len(self.cells) // 2
        return tuple(Pane(active, index - middle) for index in range(len(self.cells)))


def _grid(rows: int, columns: int) -> tuple[Cell, ...]:
    return tuple(Cell(row, column) for row in range(rows) for column in range(columns))


_AXIAL, _CORONAL, _SAGITTAL = Pane("axial"), Pane("coronal"), Pane("sagittal")
_VOLUME = Pane(VOLUME_PANE)

LAYOUTS: dict[str, Layout] = {
    layout.id: layout
    for layout in (
        Layout("1x1", message(QT_TRANSLATE_NOOP("Message", "One view")), _grid(1, 1)),
        Layout(
            "1x2",
            message(QT_TRANSLATE_NOOP("Message", "Two views")),
            _grid(1, 2),
            (_AXIAL, _SAGITTAL),
        ),
        Layout(
            "1x3",
            message(QT_TRANSLATE_NOOP("Message", "Three planes")),
            _grid(1, 3),
            (_AXIAL, _CORONAL, _SAGITTAL),
        ),
        Layout(
            "2x2",
            message(QT_TRANSLATE_NOOP("Message", "Three planes and 3D")),
            _grid(2, 2),
            (_AXIAL, _SAGITTAL, _CORONAL, _VOLUME),
        ),
        Layout(
            "1+3",
            message(QT_TRANSLATE_NOOP("Message", "One large, three small")),
            (Cell(0, 0, 3, 3), Cell(0, 3), Cell(1, 3), Cell(2, 3)),
            (_AXIAL, _CORONAL, _SAGITTAL, _VOLUME),
        ),
        Layout("3x3", message(QT_TRANSLATE_NOOP("Message", "Nine successive slices")), _grid(3, 3)),
    )
}
DEFAULT_LAYOUT = "2x2"
