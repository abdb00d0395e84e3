"""What is being drawn: the points that the user has given, and what they make."""

from dataclasses import dataclass, field

import numpy as np

from core.annotation import Annotation, AnnotationKind
from core.plane import Plane
from viewers.annotation_kinds import TRAITS, KindTraits
from viewers.annotation_shapes import canonical, drawn_points, simplified
from viewers.mpr_state import MprState
from viewers.orientation import Vector
from viewers.strokes import StrokeStart

# In units of the screen.
HANDLE_REACH = 7.0
_TOLERANCE = 0.4


def new_uid() -> str:
    """Make a UID for an annotation."""
    from pydicom.uid import generate_uid

    return str(generate_uid(prefix=None))


@dataclass(eq=False)
class Draft:
    """An annotation that has been begun.

    Parameters
    ----------
    kind : AnnotationKind
    plane : Plane
        Of the view that it was begun in.
    opening : int
        Which series was open.
    clicks : list of (3,) float64
        Points that the user has given, LPS millimetres.
    pointer : (3,) float64, optional
        Where the next one would be.
    """

    kind: AnnotationKind
    plane: Plane
    opening: int
    clicks: list[Vector] = field(default_factory=list[Vector])
    pointer: Vector | None = None

    @property
    def traits(self) -> KindTraits:
        """How its kind is drawn."""
        return TRAITS[self.kind]

    @property
    def places(self) -> list[Vector]:
        """The points with the one under the pointer."""
        return [*self.clicks, *([self.pointer] if self.pointer is not None else [])]

    @property
    def complete(self) -> bool:
        """Whether it has all the points that it needs; never so where it takes any number."""
        return self.traits.clicks > 0 and len(self.clicks) >= self.traits.clicks

    def goes_on(self, plane: Plane) -> bool:
        """Whether the next point may be given on a plane: on its own slice, or anywhere for one in space."""
        anywhere = self.traits.in_space and self.kind is not AnnotationKind.SPHERE
        return anywhere or same_slice(self.plane, plane)

    def closes(self, start: StrokeStart) -> bool:
        """Whether a press on the first point ends a polygon."""
        if self.traits.clicks or len(self.clicks) < 3:
            return False
        x, y = start.plane.pixel_from_lps(self.clicks[0])
        return bool(np.hypot(start.x - x, start.y - y) <= HANDLE_REACH * start.pixel_ratio)

    def made(self, clicks: list[Vector], state: MprState, uid: str) -> Annotation | None:
        """Make the annotation of these points, measured as the views show slices; None while some miss."""
        if self.traits.by_drag and len(clicks) > 2:
            tolerance = _TOLERANCE * self.plane.spacing_mm[0]
            clicks = list(simplified(np.array([*clicks, clicks[0]]), tolerance)[:-1])
        points = drawn_points(self.kind, clicks, self.plane)
        if points is None:
            return None
        projection = state.projection.value if state.slab_mm > 0 else "mean"
        normal = canonical(self.plane.normal)
        return Annotation(uid, self.kind, points, normal, state.slab_mm, projection)


def same_slice(one: Plane, other: Plane) -> bool:
    """Whether two planes lie in each other, however they are turned, zoomed and moved."""
    normal = one.normal
    parallel = abs(float(normal @ other.normal)) > 1 - 1e-6
    return parallel and abs(float((other.origin_lps_mm - one.origin_lps_mm) @ normal)) < 1e-3 + 1e-6 * float(
        np.linalg.norm(other.origin_lps_mm - one.origin_lps_mm)
    )


def extent(annotation: Annotation) -> float:
    """Give the size of an annotation; that of a single point counts as large."""
    points = np.array(annotation.points_lps_mm)
    return float(np.ptp(points, axis=0).max()) if len(points) > 1 else np.inf
