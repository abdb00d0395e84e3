"""Annotations as lines and texts on the plane of a view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.annotation import Annotation, AnnotationKind
from core.plane import Plane
from core.volume import Volume
from viewers.annotation_kinds import TRAITS
from viewers.annotation_shapes import draft_outline, outline, points_of
from viewers.object_layer import Colour, Mark, Points, pixels_of
from viewers.orientation import Vector
from viewers.slice_stack import SliceStack

_K = AnnotationKind
COLOUR: Colour = (255, 214, 64)
SELECTED: Colour = (120, 230, 255)
# Drawn in a plane that is turned less than this against that of the view (0.1 degrees).
_PARALLEL = float(np.cos(np.radians(0.1)))
_BARB = 12.0
_ARC = 22.0
_TEXT_GAP = 8.0
_STEPS = 72
# Size of a text on the screen, near enough to keep texts apart.
_LINE, _CHARACTER = 16.0, 6.5


@dataclass(frozen=True, eq=False)
class ViewPlane:
    """The plane of a view, and how far from it something may lie to be seen on it.

    Parameters
    ----------
    plane : Plane
        Of the view.
    reach_mm : float
        Half of the way to the next slice, or of the slab.
    ratio : float
        Device pixels for each unit of the screen.
    """

    plane: Plane
    reach_mm: float
    ratio: float = 1.0

    @staticmethod
    def of(volume: Volume, plane: Plane, slab_mm: float, ratio: float = 1.0) -> "ViewPlane":
        """Give the plane of a view of a volume."""
        step = SliceStack.of(volume, plane.normal).step_mm
        return ViewPlane(plane, max(0.505 * step, slab_mm / 2), ratio)

    def depths(self, points: Points) -> Vector:
        """How far points (n, 3) lie beyond the plane."""
        return np.asarray((points - self.plane.origin_lps_mm) @ self.plane.normal)

    def shows(self, annotation: Annotation) -> bool:
        """Whether an annotation, or a part of it, is seen on the plane."""
        points = points_of(annotation)
        depths = self.depths(points)
        if annotation.kind is _K.SPHERE:
            return bool(abs(depths[0]) < np.linalg.norm(points[1] - points[0]))
        if annotation.kind is _K.LENGTH_3D:
            return bool(depths.min() <= self.reach_mm and depths.max() >= -self.reach_mm)
        if len(points) > 1 and abs(float(self.plane.normal @ np.array(annotation.normal_lps))) < _PARALLEL:
            return False
        return bool(np.abs(depths).max() <= self.reach_mm)

    def handles(self, annotation: Annotation) -> Points:
        """Give the pixels (n, 2) that the user can take hold of; as many as it has points."""
        points = points_of(annotation)
        if annotation.kind is _K.SPHERE:
            ring = self.sphere_ring(annotation)
            if ring is not None:
                return np.stack([pixels_of(self.plane, points[:1])[0], ring[0]])
        return pixels_of(self.plane, points)

    def sphere_ring(self, annotation: Annotation) -> Points | None:
        """Give the pixels of the circle in which the plane cuts a sphere; None where it does not."""
        centre, rim = points_of(annotation)
        depth = float(self.depths(centre[None])[0])
        squared = float(np.sum((rim - centre) ** 2)) - depth**2
        if squared <= 0:
            return None
        angles = np.linspace(0.0, 2 * np.pi, _STEPS, endpoint=False)[:, None]
        radius = np.sqrt(squared) / self.plane.spacing_mm[0]
        middle = pixels_of(self.plane, centre[None])[0]
        return middle + radius * np.hstack([np.cos(angles), np.sin(angles)])


def annotation_marks(
    view: ViewPlane, annotation: Annotation, text: str, *, selected: bool = False
) -> tuple[Mark, ...]:
    """Give what is drawn of an annotation that the plane shows, with a text beside it."""
    colour = annotation.colour or (SELECTED if selected else COLOUR)
    width = 2.0 if selected else 1.5
    rings, closed, dashed = _rings(view, annotation)
    beside = _text_place(rings, view.ratio) if rings and text else None
    main = Mark(rings, colour, closed=closed, width=width, dashed=dashed, text=text, text_at=beside)
    return (main, *_extras(view, annotation, colour, width))


def _rings(view: ViewPlane, annotation: Annotation) -> tuple[tuple[Points, ...], bool, bool]:
    kind = annotation.kind
    if kind is _K.SPHERE:
        ring = view.sphere_ring(annotation)
        return (() if ring is None else (ring,)), True, False
    lines = outline(annotation)
    rings = tuple(pixels_of(view.plane, ring) for ring in lines.rings)
    across = kind is _K.LENGTH_3D and bool((np.abs(view.depths(lines.rings[0])) > view.reach_mm).any())
    return rings, lines.closed, across


def _extras(view: ViewPlane, annotation: Annotation, colour: Colour, width: float) -> tuple[Mark, ...]:
    """Give the tip of an arrow, the arc of an angle, what joins two lines."""
    points = pixels_of(view.plane, points_of(annotation))
    kind = annotation.kind
    if kind is _K.ARROW:
        return (Mark((_barbs(points[0], points[1], _BARB * view.ratio),), colour, width=width),)
    if kind is _K.ANGLE:
        arc = _arc(points, _ARC * view.ratio)
        return () if arc is None else (Mark((arc,), colour, width=1.0),)
    if kind is _K.COBB:
        middles = np.stack([points[:2].mean(axis=0), points[2:].mean(axis=0)])
        return (Mark((middles,), colour, width=1.0, dashed=True),)
    if kind is _K.LIMB:
        return (Mark((points[[0, 2]],), colour, width=1.0, dashed=True),)
    if kind is _K.LENGTH_3D:
        depths = np.abs(view.depths(points_of(annotation)))
        here = tuple(points[end : end + 1] for end in (0, 1) if depths[end] <= view.reach_mm)
        return (Mark(here, colour, width=width),)
    return ()


def draft_marks(
    view: ViewPlane, kind: AnnotationKind, clicks: Sequence[Vector], text: str = ""
) -> tuple[Mark, ...]:
    """Give what is drawn while points of an annotation are still missing."""
    lines = draft_outline(kind, clicks)
    rings = tuple(pixels_of(view.plane, ring) for ring in lines.rings)
    return (Mark(rings, SELECTED, dashed=TRAITS[kind].clicks == 0, text=text),)


def _barbs(tail: Points, tip: Points, size: float) -> Points:
    along = tail - tip
    length = float(np.linalg.norm(along))
    if length < 1e-6:
        return tip[None]
    unit = along / length * size
    across = np.array([-unit[1], unit[0]])
    return np.stack([tip + unit + 0.4 * across, tip, tip + unit - 0.4 * across])


def _arc(points: Points, radius: float) -> Points | None:
    vertex = points[1]
    first, last = points[0] - vertex, points[2] - vertex
    room = min(float(np.linalg.norm(first)), float(np.linalg.norm(last)))
    if room < 2.0:
        return None
    start = float(np.arctan2(first[1], first[0]))
    turn = (float(np.arctan2(last[1], last[0])) - start + np.pi) % (2 * np.pi) - np.pi
    angles = start + turn * np.linspace(0.0, 1.0, 24)
    return vertex + min(radius, room / 2) * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def _text_place(rings: tuple[Points, ...], ratio: float) -> tuple[float, float]:
    """Give where a text begins: right of the rightmost point."""
    points = np.concatenate(rings)
    x, y = points[int(np.argmax(points[:, 0]))].tolist()
    return x + _TEXT_GAP * ratio, y


def apart(marks: Iterable[Mark], ratio: float) -> tuple[Mark, ...]:
    """Move texts down or up, whichever is nearer, until none lies on one before it."""
    taken: list[tuple[float, float, float, float]] = []
    found: list[Mark] = []
    for mark in marks:
        if mark.text and mark.text_at is not None:
            x, y = mark.text_at
            lines = mark.text.split("\n")
            width = ratio * max(_text_width(line) for line in lines)
            height = ratio * _LINE * len(lines)
            tops = _free_tops(taken, x, width, height, y - height / 2)
            top = min(tops, key=lambda one: abs(one - (y - height / 2)))
            taken.append((x, top, x + width, top + height))
            mark = replace(mark, text_at=(x, top + height / 2))
        found.append(mark)
    return tuple(found)


def _free_tops(
    taken: list[tuple[float, float, float, float]], x: float, width: float, height: float, wanted: float
) -> list[float]:
    """Give the tops at which a text lies on no other one: where it is wanted, or just above or below one."""
    beside = [one for one in taken if one[0] < x + width and one[2] > x]
    places = [wanted, *(one[3] for one in beside), *(one[1] - height for one in beside)]
    return [top for top in places if all(top >= one[3] or top + height <= one[1] for one in beside)]


def _text_width(line: str) -> float:
    """Estimate the width of a text on the screen; Chinese characters are twice as wide as Latin ones."""
    return sum(_CHARACTER * (2 if ord(one) > 0x2E80 else 1) for one in line)
