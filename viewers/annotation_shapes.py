"""The points of annotations: from what the user clicks, under what the user drags, as lines to draw."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.annotation import Annotation, AnnotationKind, Point
from core.plane import Plane
from viewers.annotation_kinds import TRAITS
from viewers.drawn_shapes import Outline, outline_of
from viewers.object_layer import Points
from viewers.orientation import Vector
from viewers.view_state import point_of

_K = AnnotationKind
_PAIRS = (_K.COBB, _K.BIDIRECTIONAL, _K.CARDIOTHORACIC)
_POLYGONS = (_K.RECTANGLE, _K.POLYGON, _K.FREEHAND)
# The short axis of a new pair, until the user draws it out.
_SHORT_SHARE = 0.5
_TINY = 1e-9


def points_of(annotation: Annotation) -> Points:
    """Give its points, (n, 3) LPS millimetres."""
    return np.array(annotation.points_lps_mm, float)


def canonical(normal: Vector) -> Point:
    """Give a normal, of the two that a plane has, that points along its greatest part."""
    return point_of(normal if normal[int(np.argmax(np.abs(normal)))] > 0 else -normal)


def drawn_points(kind: AnnotationKind, clicks: Sequence[Vector], plane: Plane) -> tuple[Point, ...] | None:
    """Give the points of an annotation from clicks on a plane; None while some are missing."""
    wanted = TRAITS[kind].clicks
    if len(clicks) < (wanted or 3):
        return None
    if kind is _K.ELLIPSE:
        return _ellipse_in_box(clicks[0], clicks[1], plane)
    if kind is _K.RECTANGLE:
        return _corners(clicks[0], clicks[1], plane.right, plane.down)
    if kind is _K.BIDIRECTIONAL:
        return _with_short_axis(clicks[0], clicks[1], plane.normal)
    return tuple(point_of(click) for click in clicks)


def _corners(first: Vector, last: Vector, right: Vector, down: Vector) -> tuple[Point, ...]:
    across, along = right * float((last - first) @ right), down * float((last - first) @ down)
    return tuple(point_of(point) for point in (first, first + across, first + across + along, first + along))


def _ellipse_in_box(first: Vector, last: Vector, plane: Plane) -> tuple[Point, ...]:
    centre = (first + last) / 2
    across = plane.right * float((last - first) @ plane.right) / 2
    along = plane.down * float((last - first) @ plane.down) / 2
    return tuple(point_of(p) for p in (centre - across, centre + across, centre - along, centre + along))


def _with_short_axis(first: Vector, last: Vector, normal: Vector) -> tuple[Point, ...]:
    half = np.cross(normal, last - first) * (_SHORT_SHARE / 2)
    middle = (first + last) / 2
    return tuple(point_of(point) for point in (first, last, middle - half, middle + half))


def moved(annotation: Annotation, offset: Vector) -> Annotation:
    """Give it moved as a whole."""
    return _with_points(annotation, points_of(annotation) + offset)


def with_handle_at(annotation: Annotation, index: int, point: Vector) -> Annotation:
    """Give it with one of its points dragged elsewhere; what belongs together stays together.

    Of a rectangle the opposite corner stays, of an ellipse the opposite end and the other axis' length, of a
    pair of axes the right angle, of a sphere the centre moves it all.
    """
    points = points_of(annotation)
    kind = annotation.kind
    if kind is _K.RECTANGLE:
        return _with_corner_at(annotation, points, index, point)
    if kind is _K.ELLIPSE:
        return _with_points(annotation, _ellipse_with_end_at(points, index, point))
    if kind is _K.BIDIRECTIONAL:
        return _with_points(
            annotation, _axes_with_end_at(points, index, point, np.array(annotation.normal_lps))
        )
    if kind is _K.SPHERE and index == 0:
        return _with_points(annotation, points + (point - points[0]))
    points[index] = point
    return _with_points(annotation, points)


def _with_points(annotation: Annotation, points: Points) -> Annotation:
    return replace(annotation, points_lps_mm=tuple(point_of(point) for point in points))


def _with_corner_at(annotation: Annotation, points: Points, index: int, point: Vector) -> Annotation:
    opposite = points[(index + 2) % 4]
    side = points[1] - points[0]
    if np.linalg.norm(side) < _TINY:
        side = np.cross(points[3] - points[0], np.array(annotation.normal_lps))
    if np.linalg.norm(side) < _TINY:
        return annotation
    right = side / np.linalg.norm(side)
    down = np.cross(np.array(annotation.normal_lps), right)
    corners = np.array(_corners(opposite, point, right, down))
    # Corners keep their numbers and the direction round: the dragged one is two after the opposite one.
    order = np.roll(corners if index % 2 == 0 else corners[[0, 3, 2, 1]], (index + 2) % 4, axis=0)
    return _with_points(annotation, order)


def _ellipse_with_end_at(points: Points, index: int, point: Vector) -> Points:
    axis, other = index // 2 * 2, (2, 0)[index // 2]
    fixed = points[axis + 1 - index % 2]
    half = float(np.linalg.norm(points[other + 1] - points[other])) / 2
    across = _perpendicular(point - fixed, points[other + 1] - points[other])
    centre = (fixed + point) / 2
    changed = points.copy()
    changed[index] = point
    changed[other], changed[other + 1] = centre - across * half, centre + across * half
    return changed


def _perpendicular(axis: Vector, near: Vector) -> Vector:
    """Give the unit vector across `axis`, in the plane of both, that is nearest to `near`."""
    length = float(axis @ axis)
    across = near - axis * (float(near @ axis) / length) if length > _TINY else near
    size = float(np.linalg.norm(across))
    return across / size if size > _TINY else np.zeros(3)


def _axes_with_end_at(points: Points, index: int, point: Vector, normal: Vector) -> Points:
    changed = points.copy()
    if index < 2:
        changed[index] = point
        before, after = points[1] - points[0], changed[1] - changed[0]
        if np.linalg.norm(before) < _TINY or np.linalg.norm(after) < _TINY:
            return changed
        # The short axis stays where it crosses the long one, and keeps both of its halves.
        across_before, across = (np.cross(normal, axis / np.linalg.norm(axis)) for axis in (before, after))
        for end in (2, 3):
            offset = points[end] - points[0]
            share = float(offset @ before) / float(before @ before)
            changed[end] = changed[0] + after * share + across * float(offset @ across_before)
        return changed
    long = points[1] - points[0]
    length = float(long @ long)
    if length < _TINY:
        return changed
    changed[index] = point
    slid = long * (float((point - points[index]) @ long) / length)
    changed[5 - index] = points[5 - index] + slid
    return changed


def outline(annotation: Annotation) -> Outline:
    """Give its lines, LPS millimetres; those of a sphere are its radius."""
    points, kind = points_of(annotation), annotation.kind
    if kind in _PAIRS:
        return Outline((points[:2], points[2:]))
    if kind is _K.ELLIPSE:
        return outline_of("ELLIPSE", points)
    if kind is _K.SPLINE:
        return Outline((spline_points(points)[:-1],), closed=True)
    return Outline((points,), closed=kind in _POLYGONS)


def spline_points(points: Points) -> Points:
    """Give the smooth closed curve through points; every twelfth of its points is one of them."""
    return outline_of("INTERPOLATED", np.concatenate([points, points[:1]])).rings[0]


def draft_outline(kind: AnnotationKind, clicks: Sequence[Vector]) -> Outline:
    """Give the lines of what has not got all its points."""
    points = np.array(clicks, float)
    if kind in _PAIRS and kind is not _K.BIDIRECTIONAL:
        return Outline(tuple(points[start : start + 2] for start in range(0, len(points), 2)))
    return Outline((points,))


def simplified(points: Points, tolerance_mm: float) -> Points:
    """Leave out points of a line that lie nearer than a tolerance to it (Douglas and Peucker 1973)."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        distances = _distances(points[first + 1 : last], points[first], points[last])
        farthest = int(np.argmax(distances))
        if distances[farthest] > tolerance_mm:
            middle = first + 1 + farthest
            keep[middle] = True
            waiting += [(first, middle), (middle, last)]
    return points[keep]


def _distances(points: Points, first: Vector, last: Vector) -> Vector:
    """Give how far points are from a piece of a line."""
    along = last - first
    length = float(along @ along)
    shares = np.clip((points - first) @ along / length, 0.0, 1.0) if length > 0 else np.zeros(len(points))
    return np.asarray(np.linalg.norm(points - first - shares[:, None] * along, axis=1))
