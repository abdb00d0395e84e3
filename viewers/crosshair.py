"""Where the other planes cut a view, and what of it the mouse takes hold of."""

from dataclasses import dataclass

import numpy as np

from core.plane import Plane
from core.volume import Volume
from viewers.orientation import STANDARD, Orientation, Vector, plane_axes

_PARALLEL = 1e-6


@dataclass(frozen=True, eq=False)
class CrossLine:
    """The line along which another plane cuts a view.

    Parameters
    ----------
    orientation : Orientation
        The other plane.
    direction : (2,) float64
        Unit vector in pixels (x, y).
    normal_lps : (3,) float64
        Unit vector in the view's plane across the line, LPS: where the line goes when it is dragged.
    """

    orientation: Orientation
    direction: Vector
    normal_lps: Vector

    def distance(self, dx: float, dy: float) -> float:
        """Give how far the point (dx, dy) from the cursor, in pixels, is from the line."""
        return abs(float(self.direction[0]) * dy - float(self.direction[1]) * dx)


def cross_lines(volume: Volume, orientation: Orientation, plane: Plane) -> tuple[CrossLine, ...]:
    """Give the lines of the two standard planes that cut the view's plane most steeply.

    In a view of a standard plane these are the other two; in a view as acquired, the two that are not
    nearly parallel to it.
    """
    normal = plane.normal
    forwards = {other: plane_axes(other, volume).forward for other in STANDARD}
    cosines = {other: abs(float(forward @ normal)) for other, forward in forwards.items()}
    nearest = orientation if orientation in STANDARD else max(cosines, key=cosines.__getitem__)
    return tuple(
        _line(plane, other, forwards[other] - normal * float(forwards[other] @ normal))
        for other in STANDARD
        if other is not nearest and cosines[other] < 1 - _PARALLEL
    )


def _line(plane: Plane, orientation: Orientation, across: Vector) -> CrossLine:
    across = across / np.linalg.norm(across)
    # In the plane, the line is the direction across it turned by a quarter.
    direction = np.array([-(across @ plane.down), across @ plane.right])
    return CrossLine(orientation, direction, across)


@dataclass(frozen=True, eq=False)
class Grip:
    """What of the crosshair was taken hold of; `line` is None for its middle."""

    line: CrossLine | None = None

    def moved(self, cursor_lps_mm: Vector, pointer_lps_mm: Vector) -> Vector:
        """Give where the cursor goes when the pointer is at a point: all the way, or across the line only."""
        if self.line is None:
            return pointer_lps_mm
        across = self.line.normal_lps
        return cursor_lps_mm + across * float((pointer_lps_mm - cursor_lps_mm) @ across)


def grip_at(lines: tuple[CrossLine, ...], dx: float, dy: float, reach: float) -> Grip | None:
    """Give what of the crosshair lies within `reach` pixels of the point (dx, dy) from the cursor."""
    near = [line for line in lines if line.distance(dx, dy) <= reach]
    if len(near) > 1 or np.hypot(dx, dy) <= 2 * reach:
        return Grip()
    return Grip(near[0]) if near else None
