"""Calibrated regions of ultrasound pictures (PS3.3 C.8.5.5)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

Point = tuple[float, float]

_TWO_DIMENSIONAL = 1
_CENTIMETRES = 3
_SAME = 1e-4


@dataclass(frozen=True)
class UltrasoundRegion:
    """A rectangle of the picture and what its pixels measure.

    Parameters
    ----------
    first, last : tuple of int
        Upper left and lower right pixel (i, j), both within.
    spatial_format : int
        1 for a two-dimensional picture, 2 for M-mode, 3 for a spectrum, 4 for a wave form, 5 for graphics.
    units : tuple of int
        Of both axes: 3 centimetres, 4 seconds, 7 centimetres per second, ...
    deltas : tuple of float
        Physical length of a pixel along both axes; signed.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    spatial_format: int
    units: tuple[int, int]
    deltas: tuple[float, float]

    @property
    def spacing_ij_mm(self) -> tuple[float, float] | None:
        """Distance of columns and of rows; None where the axes are no lengths in tissue."""
        if self.spatial_format != _TWO_DIMENSIONAL or self.units != (_CENTIMETRES, _CENTIMETRES):
            return None
        lengths = 10.0 * abs(self.deltas[0]), 10.0 * abs(self.deltas[1])
        return lengths if all(0 < length < math.inf for length in lengths) else None

    def holds(self, point: Point) -> bool:
        """Tell whether a point (i, j) lies in the region."""
        return all(first <= at <= last for first, at, last in zip(self.first, point, self.last, strict=True))

    @property
    def pixels(self) -> int:
        """Area in pixels."""
        return (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1)


def read_regions(data: "Dataset") -> tuple[UltrasoundRegion, ...]:
    """Give the regions of a picture; those that are not complete are left out."""
    found = (_region(item) for item in data.get("SequenceOfUltrasoundRegions") or ())
    return tuple(region for region in found if region is not None)


def _region(item: Any) -> UltrasoundRegion | None:
    try:
        first = int(item.RegionLocationMinX0), int(item.RegionLocationMinY0)
        last = int(item.RegionLocationMaxX1), int(item.RegionLocationMaxY1)
        units = int(item.PhysicalUnitsXDirection), int(item.PhysicalUnitsYDirection)
        deltas = float(item.PhysicalDeltaX), float(item.PhysicalDeltaY)
        spatial_format = int(item.RegionSpatialFormat)
    except (AttributeError, TypeError, ValueError):
        return None
    return UltrasoundRegion(first, last, spatial_format, units, deltas)


def common_spacing_ij_mm(regions: Sequence[UltrasoundRegion]) -> tuple[float, float] | None:
    """Give the pixel spacing of a picture: that of its pictures of tissue, if they all have the same."""
    found = [spacing for region in regions if (spacing := region.spacing_ij_mm) is not None]
    same = all(math.isclose(item[axis], found[0][axis], rel_tol=_SAME) for item in found for axis in (0, 1))
    return found[0] if found and same else None


def distance_mm(regions: Sequence[UltrasoundRegion], start: Point, end: Point) -> float | None:
    """Measure between two points (i, j) of a picture.

    Returns
    -------
    float or None
        None unless both lie in one region whose axes are lengths; the smallest such region counts, for a
        region may lie in another one.
    """
    shared = [region for region in regions if region.holds(start) and region.holds(end)]
    if not shared:
        return None
    spacing = min(shared, key=lambda region: region.pixels).spacing_ij_mm
    if spacing is None:
        return None
    return math.hypot((end[0] - start[0]) * spacing[0], (end[1] - start[1]) * spacing[1])
