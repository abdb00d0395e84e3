"""`sense board`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.message import QT_TRANSLATE_NOOP, Message, message
from reconstruction.paper import Paper


@dataclass(frozen=True)
class BoardOptions:
    """What to print.

    Parameters
    ----------
    output : Path
        `.pdf` or `.png`.
    paper : Paper
        Size of the page.
    force : bool
        Replace an existing file.
    """

    output: Path = field(
        metadata={
            "help": "NAME.pdf, or NAME.png of 600 dots per inch",
            "flag": "-o",
            "metavar": "FILE",
            "title": QT_TRANSLATE_NOOP("Command", "New file"),
            "written": True,
        }
    )
    paper: Paper = field(
        default=Paper.A4,
        metadata={"help": "size of the page", "title": QT_TRANSLATE_NOOP("Command", "Paper")},
    )
    force: bool = field(
        default=False,
        metadata={
            "help": "replace an existing file",
            "title": QT_TRANSLATE_NOOP("Command", "Replace an existing file"),
        },
    )


@dataclass(frozen=True)
class Board:
    """What was written."""

    output: Path
    side_mm: float

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {"output": str(self.output), "side_mm": self.side_mm}

    @property
    def notes(self) -> tuple[Message, ...]:
        """What to do with it."""
        text = QT_TRANSLATE_NOOP(
            "Message", "Print it at 100 %, check its ruler, and lay it flat beside what you photograph."
        )
        return (message(text),)

    def __str__(self) -> str:
        """Give the file."""
        return str(self.output)


def board_command(_context: Context, options: BoardOptions) -> Board:
    """Write a board of markers to print."""
    from core.atomic_write import refuse_existing
    from reconstruction.marker_board import SIDE_MM, write_board

    output = options.output.expanduser().absolute()
    refuse_existing(output, force=options.force)
    write_board(output, options.paper)
    return Board(output, SIDE_MM)
