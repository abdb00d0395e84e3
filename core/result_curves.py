"""What of the result of a command is drawn over an axis, for the window."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.message import Message
from core.result_table import Column


@dataclass(frozen=True)
class ResultCurve:
    """One curve.

    Parameters
    ----------
    title : Message
        What it is.
    x, y : sequence of float
        Its points, as many of each; x rises, and a y that is not finite interrupts it.
    """

    title: Message
    x: Sequence[float]
    y: Sequence[float]

    def __post_init__(self) -> None:
        """Check the lengths."""
        if len(self.x) != len(self.y):
            raise ValueError("as many x as y")


@dataclass(frozen=True)
class ResultCurves:
    """Curves over the same axes.

    Parameters
    ----------
    x, y : Column
        What the axes are.
    curves : tuple of ResultCurve
        The most important one first.
    """

    x: Column
    y: Column
    curves: tuple[ResultCurve, ...]
