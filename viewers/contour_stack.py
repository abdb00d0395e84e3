"""The closed contours of one structure, and what a plane shows of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane
from viewers.object_layer import Points, pixels_of

_SAME_PLANE_MM = 1e-2
# Contours farther apart than this many slices have nothing between them.
_WIDEST_GAP = 1.5
_PARALLEL = 1 - 1e-6


@dataclass(frozen=True, eq=False)
class Section:
    """The cut of a plane through the slabs around the contours, in pixels.

    Parameters
    ----------
    areas : (n, 4, 2) float64
        Quadrilaterals that fill the cut without overlapping.
    lines : (m, 2, 2) float64
        Pieces of its outline.
    """

    areas: Points
    lines: Points


@dataclass(frozen=True, eq=False)
class ContourStack:
    """Contours on parallel planes; each stands for a slab as thick as the slices.

    Parameters
    ----------
    normal : (3,) float64
        Of the planes.
    reach_mm : float
        Half the distance of the slices.
    depths : (m,) float64
        Of the planes along `normal`, ascending.
    planes : tuple of tuple of (n, 3) float64
        The contours of each plane, LPS millimetres.
    """

    normal: Points
    reach_mm: float
    depths: Points
    planes: tuple[tuple[Points, ...], ...]

    @staticmethod
    def of(contours: tuple[Points, ...], normal: Points, spacing_mm: float) -> "ContourStack":
        """Sort contours into planes."""
        depth_of = [float((points @ normal).mean()) for points in contours]
        depths: list[float] = []
        planes: list[list[Points]] = []
        for index in np.argsort(depth_of, kind="stable").tolist():
            if not depths or depth_of[index] - depths[-1] > _SAME_PLANE_MM:
                depths.append(depth_of[index])
                planes.append([])
            planes[-1].append(contours[index])
        return ContourStack(normal, spacing_mm / 2, np.array(depths), tuple(map(tuple, planes)))

    @property
    def is_empty(self) -> bool:
        """Whether there is no contour."""
        return not self.planes

    def largest(self) -> Points:
        """Give the middle (3,) of the plane that holds the longest contour."""
        points = max((ring for rings in self.planes for ring in rings), key=_length)
        return points.mean(axis=0)

    def lies_along(self, plane: Plane) -> bool:
        """Whether a plane is parallel to the contours, so that they are shown as they were drawn."""
        return abs(float(plane.normal @ self.normal)) > _PARALLEL

    def rings(self, plane: Plane) -> tuple[Points, ...]:
        """Give the contours (n, 2) in pixels of a parallel plane that lies within their slabs."""
        return tuple(pixels_of(plane, points) for points in self._contours_at(plane.origin_lps_mm))

    def holds(self, point_lps_mm: Points) -> bool:
        """Whether a point (3,) lies within an odd number of the contours of its slab."""
        across = np.eye(3)[int(np.abs(self.normal).argmin())]
        axis = np.cross(self.normal, across)
        other = np.cross(axis, self.normal)
        inside = False
        for ring in self._contours_at(point_lps_mm):
            x, y = (ring - point_lps_mm) @ axis, (ring - point_lps_mm) @ other
            next_x, next_y = np.roll(x, -1), np.roll(y, -1)
            hit = (y <= 0) != (next_y <= 0)
            reach = x[hit] - y[hit] * (next_x[hit] - x[hit]) / (next_y[hit] - y[hit])
            inside ^= bool((reach > 0).sum() % 2)
        return inside

    def _contours_at(self, point_lps_mm: Points) -> tuple[Points, ...]:
        """Give the contours of the nearest plane to a point, if the point lies within their slab."""
        if self.is_empty:
            return ()
        distances = np.abs(self.depths - float(point_lps_mm @ self.normal))
        nearest = int(distances.argmin())
        within = float(distances[nearest]) <= self.reach_mm + _SAME_PLANE_MM
        return self.planes[nearest] if within else ()

    def section(self, plane: Plane) -> Section:
        """Cut the slabs around the contours with a plane that is not parallel to them.

        Every contour is crossed by the line in which the two planes meet; between its first and second,
        third and fourth, ... crossing the line is inside. Between slabs that touch, the outline is where one
        is inside and the other is not.
        """
        nothing = Section(np.zeros((0, 4, 2)), np.zeros((0, 2, 2)))
        if self.is_empty:
            return nothing
        view = plane.normal
        along = np.cross(view, self.normal)
        along /= np.linalg.norm(along)
        rank, place = self._crossings(plane.origin_lps_mm, view, along)
        if len(rank) == 0:
            return nothing
        low, high, low_id, high_id = self._slabs()
        to_pixels = _PlaneMap(plane, along, self.normal)
        areas = np.stack(
            [
                to_pixels(place[at::2], border[rank[at::2]])
                for at, border in ((0, low), (1, low), (1, high), (0, high))
            ],
            axis=1,
        )
        sides = np.stack([to_pixels(place, low[rank]), to_pixels(place, high[rank])], axis=1)
        caps = _caps(to_pixels, place, rank, (low, high), (low_id, high_id))
        return Section(areas, np.concatenate([sides, caps]))

    @cached_property
    def _edges(self) -> tuple[Points, Points, NDArray[np.int64]]:
        """Start and end of all lines of all contours, (n, 3), and the number of their plane."""
        rings = [(number, ring) for number, plane in enumerate(self.planes) for ring in plane]
        start = np.concatenate([ring for _, ring in rings])
        end = np.concatenate([np.concatenate([ring[1:], ring[:1]]) for _, ring in rings])
        return start, end, np.repeat([number for number, _ in rings], [len(ring) for _, ring in rings])

    def _crossings(self, origin: Points, view: Points, along: Points) -> tuple[NDArray[np.int64], Points]:
        """Give where the contours cross a plane: number of their plane and place along the line, sorted."""
        start, end, owner = self._edges
        before, after = (start - origin) @ view, (end - origin) @ view
        # A vertex on the plane counts for one of its two lines, so that crossings come in pairs.
        hit = (before <= 0) != (after <= 0)
        share = before[hit] / (before[hit] - after[hit])
        place = (start[hit] + share[:, None] * (end[hit] - start[hit])) @ along
        order = np.lexsort((place, owner[hit]))
        return owner[hit][order], place[order]

    def _slabs(self) -> tuple[Points, Points, NDArray[np.int64], NDArray[np.int64]]:
        """Give lower and upper border of every slab, and their numbers: the same where two slabs touch."""
        count = len(self.depths)
        low, high = self.depths - self.reach_mm, self.depths + self.reach_mm
        low_id, high_id = 2 * np.arange(count), 2 * np.arange(count) + 1
        touching = np.diff(self.depths) <= 2 * self.reach_mm * _WIDEST_GAP
        middle = (self.depths[1:] + self.depths[:-1]) / 2
        low[1:] = np.where(touching, middle, low[1:])
        high[:-1] = np.where(touching, middle, high[:-1])
        low_id[1:] = np.where(touching, high_id[:-1], low_id[1:])
        return low, high, low_id, high_id


def _length(points: Points) -> float:
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def _caps(
    to_pixels: "_PlaneMap",
    place: Points,
    rank: NDArray[np.int64],
    borders: tuple[Points, Points],
    ids: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> Points:
    """Give the outline along the borders of the slabs: what is inside on one side of a border only."""
    number = np.concatenate([ids[0][rank], ids[1][rank]])
    depth = np.concatenate([borders[0][rank], borders[1][rank]])
    places = np.concatenate([place, place])
    order = np.lexsort((places, number))
    places, depth = places[order], depth[order]
    long = places[1::2] - places[0::2] > 1e-6
    ends = [to_pixels(places[at::2][long], depth[at::2][long]) for at in (0, 1)]
    return np.stack(ends, axis=1)


class _PlaneMap:
    """From place along the line and depth across the contours to pixels of the plane.

    Parameters
    ----------
    plane : Plane
        That is cut.
    along : (3,) float64
        Direction of the line in which it meets the contours' planes.
    normal : (3,) float64
        Of the contours' planes.
    """

    def __init__(self, plane: Plane, along: Points, normal: Points) -> None:
        view, origin = plane.normal, plane.origin_lps_mm
        tilt = float(normal @ view)
        # One millimetre deeper on the plane.
        across = (normal - tilt * view) / (1 - tilt * tilt)
        self._axes = [
            (float(along @ axis) / mm, float(across @ axis) / mm)
            for axis, mm in zip((plane.right, plane.down), plane.spacing_mm, strict=True)
        ]
        self._start = float(origin @ along), float(origin @ normal)

    def __call__(self, place: Points, depth: Points) -> Points:
        s, z = place - self._start[0], depth - self._start[1]
        return np.stack([s * a + z * b for a, b in self._axes], axis=-1)
