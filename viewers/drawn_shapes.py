"""The shapes of reports, presentation states and annotations as polylines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_STEPS = 72
_BETWEEN = 12


@dataclass(frozen=True, eq=False)
class Outline:
    """Polylines of a shape.

    Parameters
    ----------
    rings : tuple of (n, d) float64
        In the coordinates that the shape was given in.
    closed : bool
        Whether the last point of each joins the first.
    """

    rings: tuple[Points, ...]
    closed: bool = False


def outline_of(shape: str, points: Points) -> Outline:
    """Give the outline of a GraphicType (PS3.3 C.10.5.2, C.18.6.1.2, C.18.9.1.2, C.37.1.2).

    Parameters
    ----------
    shape : str
        "POINT", "MULTIPOINT", "POLYLINE", "INTERPOLATED", "POLYGON", "RECTANGLE", "CIRCLE" (centre and a
        point on it) or "ELLIPSE" (ends of the major, then of the minor axis); anything else is a polyline.
    points : (n, d) float64
        In two or three dimensions; a circle needs two.
    """
    if shape in ("POINT", "MULTIPOINT"):
        return Outline(tuple(points[index : index + 1] for index in range(len(points))))
    if shape == "CIRCLE" and len(points) == 2:
        return Outline((_circle(points[0], points[1]),), closed=True)
    if shape == "ELLIPSE" and len(points) == 4:
        return Outline((_ellipse(points),), closed=True)
    if shape == "INTERPOLATED" and len(points) > 2:
        return Outline((_curve(points),))
    closed = shape in ("POLYGON", "RECTANGLE")
    if closed and len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    return Outline((points,), closed)


def _circle(centre: Points, rim: Points) -> Points:
    """Give a circle in the plane of the first two coordinates."""
    radius = float(np.linalg.norm(rim - centre))
    angles = np.linspace(0.0, 2 * np.pi, _STEPS, endpoint=False)
    ring = np.tile(centre, (_STEPS, 1))
    ring[:, 0] += radius * np.cos(angles)
    ring[:, 1] += radius * np.sin(angles)
    return ring


def _ellipse(points: Points) -> Points:
    centre = points.mean(axis=0)
    major, minor = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
    angles = np.linspace(0.0, 2 * np.pi, _STEPS, endpoint=False)[:, None]
    return centre + np.cos(angles) * major + np.sin(angles) * minor


def _curve(points: Points) -> Points:
    """Give a smooth curve through all points (Catmull and Rom 1974); closed where the last is the first."""
    loop = bool((points[0] == points[-1]).all())
    before = points[-2] if loop else 2 * points[0] - points[1]
    after = points[1] if loop else 2 * points[-1] - points[-2]
    p = np.concatenate([before[None], points, after[None]])
    t = np.arange(_BETWEEN)[:, None] / _BETWEEN
    pieces = [
        0.5
        * (
            2 * p[i]
            + (p[i + 1] - p[i - 1]) * t
            + (2 * p[i - 1] - 5 * p[i] + 4 * p[i + 1] - p[i + 2]) * t**2
            + (3 * p[i] - p[i - 1] - 3 * p[i + 1] + p[i + 2]) * t**3
        )
        for i in range(1, len(p) - 2)
    ]
    return np.concatenate([*pieces, points[-1:]])


def ellipsoid_section(points: Points, origin: Points, normal: Points) -> Points | None:
    """Give where a plane cuts an ellipsoid.

    Parameters
    ----------
    points : (6, 3) float64
        Both ends of each of its three axes (PS3.3 C.18.9.1.2).
    origin, normal : (3,) float64
        A point of the plane, and its unit normal.

    Returns
    -------
    (n, 3) float64, optional
        The closed curve; None where the plane does not reach it.
    """
    centre = points.mean(axis=0)
    axes = ((points[1::2] - points[::2]) / 2).T
    # In the coordinates where the ellipsoid is the unit sphere, the plane is {u: along @ u = depth}.
    along, depth = axes.T @ normal, float(normal @ (origin - centre))
    reach = float(np.linalg.norm(along))
    if reach == 0.0 or abs(depth) >= reach:
        return None
    unit = along / reach
    across = np.linalg.svd(unit[None])[2][1:]
    radius = np.sqrt(1.0 - (depth / reach) ** 2)
    angles = np.linspace(0.0, 2 * np.pi, _STEPS, endpoint=False)[:, None]
    circle = unit * (depth / reach) + radius * (np.cos(angles) * across[0] + np.sin(angles) * across[1])
    return centre + circle @ axes.T
