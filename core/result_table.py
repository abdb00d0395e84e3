"""The result of a command as a table, for the window and for spreadsheets."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

from core.message import Message

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    title : Message
        What stands in it.
    unit : str
        Of its numbers; "" where they have none.
    digits : int
        After the point, where its numbers are shown.
    """

    title: Message
    unit: str = ""
    digits: int = 0

    def heading(self, translate: Callable[[Message], str]) -> str:
        """Give the title with the unit."""
        title = translate(self.title)
        return f"{title} ({self.unit})" if self.unit else title


@dataclass(frozen=True)
class ResultTable:
    """Rows of texts and numbers.

    Parameters
    ----------
    columns : tuple of Column
        From left to right.
    rows : tuple of tuple
        As long as `columns`; None where there is no value.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        """Check the lengths."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row of another length than the columns")

    def written(self, translate: Callable[[Message], str], *, delimiter: str = ",") -> str:
        """Give it as comma-separated values (RFC 4180), numbers with a point and all of their digits."""
        lines = io.StringIO()
        writer = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(column.heading(translate) for column in self.columns)
        writer.writerows([_guarded(cell) for cell in row] for row in self.rows)
        return lines.getvalue()


def _guarded(cell: Cell) -> Cell:
    """Keep a spreadsheet from taking a text, such as the name of a segment, for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")) else cell
