"""Very many marks of one kind on an image, such as the nuclei of a slide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept, InstanceReference


@dataclass(frozen=True, eq=False)
class AnnotationMeasurement:
    """What was measured on the marks of a group.

    Parameters
    ----------
    name, unit : CodedConcept
        The unit in UCUM.
    values : (m,) float32
        One for each mark; NaN where it was not measured.
    """

    name: CodedConcept
    unit: CodedConcept
    values: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AnnotationGroup:
    """Marks of one kind (PS3.3 C.37.1.2).

    Parameters
    ----------
    number : int
    label : str
    type : CodedConcept
        What the marks are: (84640000, SCT, "Nucleus").
    shape : str
        GraphicType: "POINT", "POLYLINE", "POLYGON", "ELLIPSE" (ends of the major, then of the minor axis) or
        "RECTANGLE" (four corners).
    points : (n, 2) or (n, 3) float64
        (column, row) with the centre of the first pixel at (0.5, 0.5), or (x, y, z) in the millimetres of
        the slide.
    starts : (m + 1,) int64
        First point of each mark, and the number of points at the end.
    colour : tuple of int, optional
        Recommended sRGB colour, 0 to 255.
    measurements : tuple of AnnotationMeasurement
    """

    number: int
    label: str
    type: CodedConcept
    shape: str
    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    colour: tuple[int, int, int] | None = None
    measurements: tuple[AnnotationMeasurement, ...] = ()

    def __post_init__(self) -> None:
        """Check that every mark has its points."""
        if self.points.ndim != 2 or self.points.shape[1] not in (2, 3):
            raise ValueError("points have two or three coordinates")
        if len(self.starts) == 0 or self.starts[0] != 0 or self.starts[-1] != len(self.points):
            raise ValueError("the marks do not hold all points")
        if (np.diff(self.starts) <= 0).any():
            raise ValueError("a mark without points")

    @property
    def count(self) -> int:
        """How many marks there are."""
        return len(self.starts) - 1

    def mark(self, index: int) -> NDArray[np.float64]:
        """Give the points of one mark."""
        return self.points[self.starts[index] : self.starts[index + 1]]


@dataclass(frozen=True, eq=False)
class Annotations:
    """An object with bulk annotations.

    Parameters
    ----------
    label : str
    groups : tuple of AnnotationGroup
    images : tuple of InstanceReference
        What they were made on.
    frame_of_reference_uid : str
        Of points with three coordinates.
    on_matrix : bool
        Points with two coordinates are those of the whole slide, not of one of its frames.
    """

    label: str
    groups: tuple[AnnotationGroup, ...]
    images: tuple[InstanceReference, ...] = ()
    frame_of_reference_uid: str = ""
    on_matrix: bool = True
