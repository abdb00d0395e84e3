"""What of the annotations the pointer takes hold of."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.annotation import Annotation
from viewers.annotation_draft import HANDLE_REACH
from viewers.annotation_marks import ViewPlane, annotation_marks
from viewers.object_layer import Points
from viewers.orientation import Vector
from viewers.strokes import StrokeStart

_LINE_REACH = 5.0


@dataclass(frozen=True, eq=False)
class AnnotationGrip:
    """What is under the pointer: an annotation, and which of its points, or None for its lines."""

    annotation: Annotation
    handle: int | None


def annotation_grip(
    view: ViewPlane, visible: Iterable[Annotation], selected: str, start: StrokeStart
) -> AnnotationGrip | None:
    """Give what is under the pointer: points before lines, the selected annotation before newer ones."""
    here = np.array([start.x, start.y])
    newest_first = list(reversed(list(visible)))
    found = sorted(newest_first, key=lambda one: one.uid != selected)
    for one in found:
        distances = np.linalg.norm(view.handles(one) - here, axis=1)
        if distances.min() <= HANDLE_REACH * start.pixel_ratio:
            return AnnotationGrip(one, int(np.argmin(distances)))
    reach = _LINE_REACH * start.pixel_ratio
    for one in found:
        for mark in annotation_marks(view, one, ""):
            if any(_distance(ring, here, closed=mark.closed) <= reach for ring in mark.rings):
                return AnnotationGrip(one, None)
    return None


def _distance(ring: Points, here: Vector, *, closed: bool) -> float:
    """Give how far a point is from a polyline, in pixels."""
    if len(ring) == 1:
        return float(np.linalg.norm(ring[0] - here))
    starts, ends = (ring, np.roll(ring, -1, axis=0)) if closed else (ring[:-1], ring[1:])
    along = ends - starts
    lengths = np.maximum((along**2).sum(axis=1), 1e-12)
    shares = np.clip(((here - starts) * along).sum(axis=1) / lengths, 0.0, 1.0)
    return float(np.linalg.norm(starts + shares[:, None] * along - here, axis=1).min())
