"""The regular grid on which a stack is shown: its own, one with empty slots, or one it is resampled to."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.slice_geometry import SliceGeometry
from imaging.stack import fit_grid, holes, typical_gap_mm

_CLOSE_MM = 0.1
_FINEST_SHARE = 0.3
_MOST_SLICES = 2048
_MOST_GROWTH = 12


class GridKind(StrEnum):
    """What was done to the stored slices to get the grid."""

    STORED = "stored"
    SLOTS = "slots"
    RESAMPLED = "resampled"


@dataclass(frozen=True, eq=False)
class DisplayGrid:
    """A regular, possibly sheared grid and what each of its slices is made of.

    Parameters
    ----------
    kind : GridKind
        STORED: the stored slices themselves. SLOTS: they too, with empty slices where some are missing.
        RESAMPLED: slices between the stored ones are interpolated.
    lps_from_ijk : (4, 4) float64
        Affine of the grid.
    shape_ijk : tuple of int
        Columns, rows, slices; columns and rows are those of the stored slices.
    below, above : (k,) int64
        Stored slices on both sides of every grid slice; -1 where the grid slice stays empty. Equal where one
        stored slice stands for it.
    weight : (k,) float64
        Share of `above`.
    """

    kind: GridKind
    lps_from_ijk: NDArray[np.float64]
    shape_ijk: tuple[int, int, int]
    below: NDArray[np.int64]
    above: NDArray[np.int64]
    weight: NDArray[np.float64]

    @cached_property
    def slot_of_stored(self) -> dict[int, int]:
        """Grid slice of every stored slice that stands there unchanged."""
        plain = np.flatnonzero((self.below == self.above) & (self.below >= 0))
        return {int(self.below[k]): int(k) for k in plain}


def display_grid(geometry: SliceGeometry) -> DisplayGrid:
    """Plan the grid on which a stack is shown.

    A stack with missing slices keeps its voxels and gets empty slices. Where the spacing changes, the grid
    follows the shear of the stack, so that nothing is interpolated within a slice, and is fine enough for
    every stored slice to stand unchanged within 0.1 mm of its place; slices between them are linear blends
    of their two neighbours. Nothing is blended across a hole.
    """
    if geometry.lps_from_ijk is not None:
        identity = np.arange(geometry.shape_ijk[2])
        affine = geometry.lps_from_ijk
        return DisplayGrid(
            GridKind.STORED, affine, geometry.shape_ijk, identity, identity, np.zeros(len(identity))
        )
    fit = fit_grid(geometry.positions_lps_mm, geometry.normal)
    if fit.fits:
        return _slots(geometry, fit.slots, fit.origin_mm, fit.step_mm)
    return _resampled(geometry)


def _affine(
    geometry: SliceGeometry, origin: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3, 0] = geometry.row_direction * geometry.spacing_mm[0]
    affine[:3, 1] = geometry.column_direction * geometry.spacing_mm[1]
    affine[:3, 2], affine[:3, 3] = step, origin
    return affine


def _slots(
    geometry: SliceGeometry,
    slots: NDArray[np.int64],
    origin: NDArray[np.float64],
    step: NDArray[np.float64],
) -> DisplayGrid:
    count = int(slots[-1]) + 1
    stored = np.full(count, -1, np.int64)
    stored[slots] = np.arange(len(slots))
    shape = (*geometry.shape_ijk[:2], count)
    return DisplayGrid(
        GridKind.SLOTS, _affine(geometry, origin, step), shape, stored, stored, np.zeros(count)
    )


def _resampled(geometry: SliceGeometry) -> DisplayGrid:
    positions, normal = geometry.positions_lps_mm, geometry.normal
    depths = positions @ normal
    spacing = _fine_spacing(depths)
    start = _best_start(depths, spacing)
    count = int(np.floor((depths[-1] - start) / spacing + 0.5)) + 1
    grid_depths = np.asarray(start + spacing * np.arange(count), np.float64)
    below, above, weight = _neighbours(depths, grid_depths, _hole_after(geometry))
    # The grid leans like the straight line through all positions, from a point on it at the first depth.
    centred = depths - depths.mean()
    lean = centred @ positions / (centred @ centred)
    origin = positions.mean(axis=0) + (start - depths.mean()) * lean
    shape = (*geometry.shape_ijk[:2], count)
    return DisplayGrid(
        GridKind.RESAMPLED, _affine(geometry, origin, lean * spacing), shape, below, above, weight
    )


def _hole_after(geometry: SliceGeometry) -> NDArray[np.bool_]:
    flags = np.zeros(len(geometry.positions_lps_mm), np.bool_)
    for index, _count in holes(geometry.positions_lps_mm, geometry.normal):
        flags[index] = True
    return flags


def _misfit(depths: NDArray[np.float64], spacing: float) -> float:
    """Half the spread of the slices around a grid of this spacing, whatever its start (0 to spacing / 2)."""
    phases = np.sort(np.mod(depths, spacing))
    widest_free = np.diff(np.append(phases, phases[0] + spacing)).max()
    return float(spacing - widest_free) / 2


def _best_start(depths: NDArray[np.float64], spacing: float) -> float:
    """Give the depth of the first grid slice such that the slices lie as near to the grid as they can."""
    phases = np.sort(np.mod(depths, spacing))
    gaps = np.diff(np.append(phases, phases[0] + spacing))
    widest = int(np.argmax(gaps))
    middle = phases[widest] + gaps[widest] + (spacing - gaps[widest]) / 2
    return float(depths[0] + np.mod(middle - depths[0] + spacing / 2, spacing) - spacing / 2)


def _fine_spacing(depths: NDArray[np.float64]) -> float:
    """Find the widest spacing, down to a third of the smallest gap, that meets every slice within 0.1 mm.

    Where there is none, or it would take too many slices, the typical gap has to do.
    """
    smallest = float(np.diff(depths).min())
    extent = float(depths[-1] - depths[0])
    limit = min(_MOST_SLICES, _MOST_GROWTH * len(depths))
    for share in np.linspace(1.0, _FINEST_SHARE, 201):
        spacing = smallest * float(share)
        if extent / spacing > limit:
            break
        if _misfit(depths, spacing) <= _CLOSE_MM:
            return spacing
    coarse = typical_gap_mm(depths)
    return max(min(coarse, 2 * smallest), extent / limit)


def _neighbours(
    depths: NDArray[np.float64], grid_depths: NDArray[np.float64], hole_after: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    last = len(depths) - 1
    below = np.clip(np.searchsorted(depths, grid_depths, side="right") - 1, 0, last - 1)
    above = below + 1
    weight = (grid_depths - depths[below]) / (depths[above] - depths[below])
    beyond = (weight <= 0.0) | (weight >= 1.0)
    nearest = np.where(weight < 0.5, below, above)
    distance = np.abs(grid_depths - depths[nearest])
    snapped = distance <= _CLOSE_MM
    # Within a hole a slice stands for itself only, half a typical gap to each side; the rest stays empty.
    in_hole = hole_after[below] & ~snapped & ~beyond
    near = in_hole & (distance <= typical_gap_mm(depths) / 2)
    alone = snapped | near | beyond
    below, above = np.where(alone, nearest, below), np.where(alone, nearest, above)
    empty = in_hole & ~near
    below, above = np.where(empty, -1, below), np.where(empty, -1, above)
    return below, above, np.where(alone | empty, 0.0, weight)
