"""How an estimated trajectory is brought onto the true one."""

from enum import StrEnum


class Alignment(StrEnum):
    """What is allowed to bring the estimate onto the truth."""

    NONE = "none"
    FIRST = "first"  # The first poses are made the same.
    RIGID = "rigid"
    SIMILARITY = "similarity"
