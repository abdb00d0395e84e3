"""Where the pixels of the open images lie, by the file that a derived object names."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import InstanceReference
from core.plane import Plane
from core.series import Series
from core.slice_geometry import SliceGeometry
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.stack_coordinates import lps_from_ijk
from viewers.derived_objects import LayerTarget

Points = NDArray[np.float64]

_PARALLEL = 1 - 1e-6
_SERIES_OF = """
    SELECT DISTINCT series.uid FROM instances JOIN series ON series.id = instances.series
    WHERE instances.sop_uid = ?
"""


@dataclass(frozen=True, eq=False)
class ImagePlaces:
    """The slices of the open images.

    Parameters
    ----------
    geometry : SliceGeometry
        Of the stored slices.
    slices_of : dict of str to dict of int to int
        By SOP instance UID the slice of every frame, by its number from 1.
    """

    geometry: SliceGeometry
    slices_of: dict[str, dict[int, int]]

    @staticmethod
    def of(target: LayerTarget) -> "ImagePlaces | None":
        """Find the slices of the images that a layer is shown on; None where they have no pixels."""
        parts = [part for part in split_series(target.instances) if part.geometry is not None]
        part = next((part for part in parts if part.part == target.series.part), None)
        part = part or max(parts, key=lambda one: len(one.frames), default=None)
        return None if part is None else ImagePlaces.of_part(part)

    @staticmethod
    def of_part(part: SeriesPart) -> "ImagePlaces":
        """Find the slices of a part that has a geometry."""
        assert part.geometry is not None
        slices_of: dict[str, dict[int, int]] = {}
        for index, frame in enumerate(part.frames):
            # The tiles of a slide share the slice of the whole picture.
            k = part.tiles[index].slice if part.tiles else index
            slices_of.setdefault(frame.instance.sop_uid, {}).setdefault(frame.number + 1, k)
        return ImagePlaces(part.geometry, slices_of)

    @property
    def size_ij(self) -> tuple[int, int]:
        """Columns and rows of every image."""
        return self.geometry.shape_ijk[0], self.geometry.shape_ijk[1]

    @property
    def reach_mm(self) -> float:
        """How far from a slice a plane may lie to show it: half of the way to the next one."""
        return self.geometry.spacing_mm[2] * 0.505

    def slices(self, reference: InstanceReference) -> list[int]:
        """Give the slices that a reference names, in order; [] where none of them is open."""
        numbered = self.slices_of.get(reference.sop_uid, {})
        wanted = reference.frames or tuple(numbered)
        return sorted({numbered[number] for number in wanted if number in numbered})

    def slice_on(self, plane: Plane) -> int | None:
        """Give the slice that a plane shows; None where it is turned, or lies between the slices."""
        if abs(float(plane.normal @ self.geometry.normal)) < _PARALLEL:
            return None
        depths = np.abs((self.geometry.positions_lps_mm - plane.origin_lps_mm) @ self.geometry.normal)
        nearest = int(np.argmin(depths))
        return nearest if depths[nearest] <= self.reach_mm else None

    def points(self, k: int, pixels: Points) -> Points:
        """Give LPS millimetres of (n, 2) points (column, row); the first pixel's centre is (0.5, 0.5)."""
        depths = np.full((len(pixels), 1), float(k))
        return lps_from_ijk(self.geometry, np.hstack([pixels - 0.5, depths]))

    def pixels(self, k: int, points_lps_mm: Points) -> Points:
        """Give (n, 2) points (column, row) of slice k from LPS millimetres, along its normal."""
        offsets = points_lps_mm - self.points(k, np.array([[0.5, 0.5]]))[0]
        geometry = self.geometry
        across = offsets @ geometry.row_direction / geometry.spacing_mm[0]
        down = offsets @ geometry.column_direction / geometry.spacing_mm[1]
        return np.stack([across, down], axis=1) + 0.5

    def reference(self, k: int) -> tuple[str, int] | None:
        """Give the SOP instance UID and frame number of a slice; None for one that is in no file."""
        for sop_uid, numbered in self.slices_of.items():
            for number, slice_number in numbered.items():
                if slice_number == k:
                    return sop_uid, number
        return None

    def centre(self, k: int) -> Points:
        """Give the middle of a slice."""
        return self.points(k, np.array([self.size_ij], float) / 2)[0]


def find_image(index: StudyIndex, reference: InstanceReference) -> tuple[Series, Points] | None:
    """Find an image of the library: its series, and the middle of its (first named) slice."""
    for row in index.rows(_SERIES_OF, reference.sop_uid):
        for part in split_series(index.all_instances(row["uid"])):
            places = None if part.geometry is None else ImagePlaces.of_part(part)
            slices = [] if places is None else places.slices(reference)
            listed = index.find_series(row["uid"], part.part) if slices else []
            if places is not None and listed:
                return listed[0], places.centre(slices[0])
    return None
