"""What a reconstruction is cut to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorldBox:
    """A box along the axes.

    Parameters
    ----------
    low, high : tuple of float
        The smallest and the largest x, y and z, in the unit and the frame of the cameras.
    """

    low: tuple[float, float, float]
    high: tuple[float, float, float]

    def __str__(self) -> str:
        """Give the text that `parse` reads."""
        return ",".join(f"{number:.10g}" for number in (*self.low, *self.high))

    @staticmethod
    def parse(text: str) -> "WorldBox":
        """Read X0,Y0,Z0,X1,Y1,Z1; `ValueError` says what is wrong."""
        wanted = "X0,Y0,Z0,X1,Y1,Z1, as -1,0,-1,1,2,1"
        try:
            x0, y0, z0, x1, y1, z1 = (float(part) for part in text.split(","))
        except ValueError as error:
            raise ValueError(wanted) from error
        if not (x0 < x1 and y0 < y1 and z0 < z1):
            raise ValueError(f"{wanted}: the smaller number first")
        return WorldBox((x0, y0, z0), (x1, y1, z1))
