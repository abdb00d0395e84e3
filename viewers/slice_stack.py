"""The slices along a view's normal: how many, how far apart, which one the cursor is on."""

from dataclasses import dataclass

import numpy as np

from core.volume import Volume
from viewers.orientation import Vector

# Grid axes this close to the best one compete for the smallest step (ratio of the cosines).
_SIMILAR_COSINE = 0.9


@dataclass(frozen=True, eq=False)
class SliceStack:
    """Evenly spaced slice positions along a direction.

    Parameters
    ----------
    forward : (3,) float64
        Direction of growing slice numbers, unit vector in LPS.
    first_mm : float
        Position of slice 0 along `forward`.
    step_mm : float
        Distance between slices, positive.
    count : int
        How many slices the volume has in this direction.
    """

    forward: Vector
    first_mm: float
    step_mm: float
    count: int

    @staticmethod
    def of(volume: Volume, forward: Vector) -> "SliceStack":
        """Give the slices of `volume` along `forward`, one a voxel, through the voxel centres if aligned."""
        steps = volume.lps_from_ijk[:3, :3].T @ forward
        cosines = np.abs(steps) / volume.spacing_mm
        step = float(np.abs(steps[cosines >= _SIMILAR_COSINE * cosines.max()]).min())
        last = np.array(volume.shape_ijk, float) - 1.0
        base = float(volume.lps_from_ijk[:3, 3] @ forward)
        first = base + float(np.minimum(steps * last, 0.0).sum())
        length = float(np.abs(steps * last).sum())
        return SliceStack(forward, first, step, int(np.floor(length / step + 1e-3)) + 1)

    def index_at(self, point_lps_mm: Vector) -> float:
        """Give the slice number (not rounded) that passes through a point."""
        return (float(point_lps_mm @ self.forward) - self.first_mm) / self.step_mm

    def nearest_index(self, point_lps_mm: Vector) -> int:
        """Give the slice nearest to a point, within the stack."""
        return int(np.clip(round(self.index_at(point_lps_mm)), 0, self.count - 1))

    def moved_to(self, point_lps_mm: Vector, index: int) -> Vector:
        """Move a point along the normal onto slice `index`, kept within the stack."""
        index = int(np.clip(index, 0, self.count - 1))
        distance = self.first_mm + index * self.step_mm - float(point_lps_mm @ self.forward)
        return point_lps_mm + self.forward * distance

    def stepped(self, point_lps_mm: Vector, steps: int) -> Vector:
        """Move a point by whole slices from the nearest one."""
        return self.moved_to(point_lps_mm, self.nearest_index(point_lps_mm) + steps)


def snapped_to_voxel(volume: Volume, point_lps_mm: Vector) -> Vector:
    """Give the centre of the nearest voxel, within the volume."""
    ijk = volume.ijk_from_lps @ np.append(point_lps_mm, 1.0)
    nearest = np.clip(np.round(ijk[:3]), 0, np.array(volume.shape_ijk) - 1)
    return (volume.lps_from_ijk @ np.append(nearest, 1.0))[:3]


def towards_within_volume(volume: Volume, start_lps_mm: Vector, target_lps_mm: Vector) -> Vector:
    """Go from a point straight towards another, no farther than the outermost voxel centres.

    A start outside the volume is no hindrance: the target is then taken to the nearest grid position.
    """
    last = np.array(volume.shape_ijk, float) - 1.0
    inverse = volume.ijk_from_lps
    start = (inverse @ np.append(start_lps_mm, 1.0))[:3]
    target = (inverse @ np.append(target_lps_mm, 1.0))[:3]
    if np.all((start > -1e-6) & (start < last + 1e-6)):
        step = target - start
        room = np.where(step > 0, last - start, start)
        # An axis that does not change (or by less than rounding) never stops the way.
        ratios = np.where(np.abs(step) > 1e-9, room / np.maximum(np.abs(step), 1e-9), 1.0)
        share = float(np.clip(ratios.min(), 0.0, 1.0))
        return start_lps_mm + (target_lps_mm - start_lps_mm) * share
    return (volume.lps_from_ijk @ np.append(np.clip(target, 0, last), 1.0))[:3]


def follows_patient_axes(volume: Volume) -> bool:
    """Whether every grid axis runs along a patient axis, so that voxel centres lie on straight rows."""
    directions = volume.lps_from_ijk[:3, :3] / volume.spacing_mm
    # Within 0.003 degrees, which is 0.02 mm over half a metre: less than a file's rounding of its directions.
    return bool(np.all(np.abs(directions).max(axis=0) > 1 - 1e-9))


def voxel_at(volume: Volume, point_lps_mm: Vector) -> tuple[int, int, int] | None:
    """Give the index (i, j, k) of the voxel that holds a point; None outside the volume."""
    ijk = np.round((volume.ijk_from_lps @ np.append(point_lps_mm, 1.0))[:3]).astype(int)
    if np.any(ijk < 0) or np.any(ijk >= np.array(volume.shape_ijk)):
        return None
    return int(ijk[0]), int(ijk[1]), int(ijk[2])
