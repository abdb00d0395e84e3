"""Sizes of paper."""

from enum import StrEnum


class Paper(StrEnum):
    """What the board is printed on."""

    A4 = "a4"
    LETTER = "letter"

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return (210.0, 297.0) if self is Paper.A4 else (215.9, 279.4)
