"""What the user draws on images to measure or to point something out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Point = tuple[float, float, float]


class AnnotationKind(StrEnum):
    """What was drawn, and so what its points are.

    A closed shape's last point joins its first one; a drawn plane holds all points but those of `LENGTH_3D`
    and `SPHERE`.
    """

    LENGTH = "length"
    """Two ends."""
    ANGLE = "angle"
    """An end, the vertex, the other end."""
    COBB = "cobb"
    """Both ends of one line, then of the other."""
    BIDIRECTIONAL = "bidirectional"
    """Both ends of the long axis, then of the short one across it."""
    ELLIPSE = "ellipse"
    """Both ends of one axis, then of the other one across it."""
    RECTANGLE = "rectangle"
    """Four corners, one after the other."""
    POLYGON = "polygon"
    """Corners of a closed line."""
    FREEHAND = "freehand"
    """Points of a closed line."""
    SPLINE = "spline"
    """Points that a smooth closed line runs through."""
    LENGTH_3D = "length-3d"
    """Two ends, anywhere in the patient."""
    SPHERE = "sphere"
    """The centre, and a point of the surface."""
    PROBE = "probe"
    """One point."""
    ARROW = "arrow"
    """Where it begins, and the tip."""
    TEXT = "text"
    """One point, beside which the text stands."""
    CARDIOTHORACIC = "cardiothoracic"
    """Both ends of the heart's width, then of the chest's."""
    LIMB = "limb"
    """Centres of hip, knee and ankle."""
    PROFILE = "profile"
    """Both ends of the line along which values are told."""


# How many points every kind has; None for three or more.
POINT_COUNTS: dict[AnnotationKind, int | None] = {
    AnnotationKind.LENGTH: 2,
    AnnotationKind.ANGLE: 3,
    AnnotationKind.COBB: 4,
    AnnotationKind.BIDIRECTIONAL: 4,
    AnnotationKind.ELLIPSE: 4,
    AnnotationKind.RECTANGLE: 4,
    AnnotationKind.POLYGON: None,
    AnnotationKind.FREEHAND: None,
    AnnotationKind.SPLINE: None,
    AnnotationKind.LENGTH_3D: 2,
    AnnotationKind.SPHERE: 2,
    AnnotationKind.PROBE: 1,
    AnnotationKind.ARROW: 2,
    AnnotationKind.TEXT: 1,
    AnnotationKind.CARDIOTHORACIC: 4,
    AnnotationKind.LIMB: 3,
    AnnotationKind.PROFILE: 2,
}


@dataclass(frozen=True)
class Annotation:
    """One thing drawn, in the patient and not in pixels.

    Parameters
    ----------
    uid : str
        DICOM UID that identifies it over all objects that it is written into.
    kind : AnnotationKind
        What it is.
    points_lps_mm : tuple of (x, y, z)
        As the kind says, LPS millimetres; in the made-up coordinates of the series where the images carry no
        position.
    normal_lps : (x, y, z)
        Unit normal of the plane that it was drawn in.
    slab_mm : float
        Thickness that the picture showed, 0 for a thin slice.
    projection : str
        What had become of the values through the slab: "mean", "maximum" or "minimum".
    text : str
        Of the user; "" for none.
    colour : tuple of int, optional
        sRGB, 0 to 255; None for the usual one.
    """

    uid: str
    kind: AnnotationKind
    points_lps_mm: tuple[Point, ...]
    normal_lps: Point
    slab_mm: float = 0.0
    projection: str = "mean"
    text: str = ""
    colour: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        """Check the number of points."""
        wanted = POINT_COUNTS[self.kind]
        if len(self.points_lps_mm) != wanted if wanted else len(self.points_lps_mm) < 3:
            raise ValueError(f"{self.kind.value} with {len(self.points_lps_mm)} points")

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary."""
        return {
            "uid": self.uid,
            "kind": self.kind.value,
            "points_lps_mm": [list(point) for point in self.points_lps_mm],
            "normal_lps": list(self.normal_lps),
            "slab_mm": self.slab_mm,
            "projection": self.projection,
            "text": self.text,
            "colour": None if self.colour is None else list(self.colour),
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> "Annotation":
        """Read what `to_json` gave.

        Raises
        ------
        KeyError, TypeError, ValueError
            For anything else.
        """
        colour = data["colour"]
        return Annotation(
            str(data["uid"]),
            AnnotationKind(data["kind"]),
            tuple(_point(point) for point in data["points_lps_mm"]),
            _point(data["normal_lps"]),
            float(data["slab_mm"]),
            str(data["projection"]),
            str(data["text"]),
            None if colour is None else (int(colour[0]), int(colour[1]), int(colour[2])),
        )


def _point(values: Any) -> Point:
    x, y, z = values
    return float(x), float(y), float(z)
