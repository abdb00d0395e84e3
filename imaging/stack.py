"""What the positions of parallel slices say about their stack: regular, sheared, with holes, irregular."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.float64]

_MINIMUM_SHEAR_DEG = 0.05
_MINIMUM_SHIFT_MM = 0.1
_HOLE_RATIO = 1.75


def tolerance_mm(spacing_mm: float) -> float:
    """How far a slice may be from its place on a regular grid and still count as being on it.

    Positions are decimal strings that are often cut to two digits, hence the floor of 0.01 mm; 5 % of the
    spacing, at most 0.05 mm, stays invisible in any view.
    """
    return min(max(0.01, min(0.05, 0.05 * spacing_mm)), 0.25 * spacing_mm)


@dataclass(frozen=True, eq=False)
class GridFit:
    """The regular grid of slots that comes nearest to the positions, by least squares.

    Parameters
    ----------
    slots : (n,) int64
        Slot number of every slice, from 0; a number left out is a missing slice.
    origin_mm, step_mm : (3,) float64
        Position of slot 0, and from one slot to the next.
    residual_mm : float
        Largest distance of a slice from its slot.
    """

    slots: NDArray[np.int64]
    origin_mm: Positions
    step_mm: Positions
    residual_mm: float

    @property
    def missing(self) -> int:
        """Number of slots without a slice."""
        return int(self.slots[-1]) + 1 - len(self.slots)

    @property
    def fits(self) -> bool:
        """Whether the slices lie on a grid, with few enough holes to call them holes.

        Where more than a quarter of the gaps are wide, the spacing changes; nothing is missing.
        """
        wide = int((np.diff(self.slots) > 1).sum())
        few = wide <= max(1, (len(self.slots) - 1) // 4)
        return few and self.residual_mm <= tolerance_mm(float(np.linalg.norm(self.step_mm)))


def typical_gap_mm(depths_mm: NDArray[np.float64]) -> float:
    """Give the (lower) median of the gaps between ascending `depths_mm`, shape (n,), n > 1."""
    gaps = np.sort(np.diff(depths_mm))
    return float(gaps[(len(gaps) - 1) // 2])


def fit_grid(positions_mm: Positions, normal: Positions) -> GridFit:
    """Fit a grid to slices in order of depth.

    Parameters
    ----------
    positions_mm : (n, 3) float64
        n > 1, ascending along `normal`, no two at the same depth.
    normal : (3,) float64
        Unit normal of the slices.
    """
    depths = positions_mm @ normal
    slots = np.zeros(len(depths), np.int64)
    steps = np.maximum(np.rint(np.diff(depths) / typical_gap_mm(depths)), 1).astype(np.int64)
    slots[1:] = np.cumsum(steps)
    centred = slots - slots.mean()
    step = centred @ positions_mm / (centred @ centred)
    origin = positions_mm.mean(axis=0) - slots.mean() * step
    residuals = positions_mm - (origin + slots[:, None] * step)
    return GridFit(slots, origin, step, float(np.linalg.norm(residuals, axis=1).max()))


def shear_deg(positions_mm: Positions, normal: Positions) -> float:
    """Angle between the direction in which the slices are stacked and their normal; 0 where that is noise."""
    depths = positions_mm @ normal
    centred = depths - depths.mean()
    drift = centred @ positions_mm / (centred @ centred)
    sideways = drift - normal
    angle = float(np.degrees(np.arctan(np.linalg.norm(sideways))))
    shift = float(np.linalg.norm(sideways)) * float(depths[-1] - depths[0])
    return angle if angle > _MINIMUM_SHEAR_DEG and shift > _MINIMUM_SHIFT_MM else 0.0


def holes(positions_mm: Positions, normal: Positions) -> list[tuple[int, int]]:
    """Find the missing slices as (index of the slice before, number missing after it).

    On a regular grid every slot left out counts. In an irregular stack a hole is a gap that is much wider
    than both of its neighbours: a change of spacing is none.
    """
    fit = fit_grid(positions_mm, normal)
    if fit.fits:
        steps = np.diff(fit.slots)
        return [(int(index), int(steps[index]) - 1) for index in np.flatnonzero(steps > 1)]
    gaps = np.diff(positions_mm @ normal)
    if len(gaps) < 3:
        return []
    padded = np.concatenate([gaps[1:2], gaps, gaps[-2:-1]])
    beside = np.maximum(padded[:-2], padded[2:])
    wide = np.flatnonzero(gaps > _HOLE_RATIO * beside)
    return [(int(index), max(1, round(float(gaps[index] / beside[index])) - 1)) for index in wide]
