"""Playing the slices like a film."""

from dataclasses import dataclass, replace
from enum import StrEnum


class CineMode(StrEnum):
    """What happens at the last slice."""

    LOOP = "loop"
    BOUNCE = "bounce"


@dataclass(frozen=True)
class Cine:
    """How the film runs.

    Parameters
    ----------
    frames_per_second : float
        1 to 60.
    mode : CineMode
        Start again, or run back.
    direction : int
        1 forward, -1 back.
    """

    frames_per_second: float = 15.0
    mode: CineMode = CineMode.LOOP
    direction: int = 1

    def at_rate(self, frames_per_second: float) -> "Cine":
        """Give the film at another speed, kept within 1 to 60."""
        return replace(self, frames_per_second=min(max(frames_per_second, 1.0), 60.0))

    def next(self, index: int, count: int) -> tuple[int, "Cine"]:
        """Give the slice after `index` of `count`, and the film as it runs on from there."""
        following = index + self.direction
        if 0 <= following < count:
            return following, self
        if self.mode is CineMode.LOOP:
            return following % count, self
        turned = replace(self, direction=-self.direction)
        return min(max(index + turned.direction, 0), count - 1), turned
