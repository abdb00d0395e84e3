"""The stack on which the frames of a derived object lie; slices without a frame included."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.slice_geometry import GeometryKind, SliceGeometry
from imaging.stack import fit_grid, shear_deg, tolerance_mm

_SAME_MM = 1e-3
_MOST_SLICES = 16384


@dataclass(frozen=True, eq=False)
class FrameStack:
    """A stack, and the slice of every frame.

    Parameters
    ----------
    geometry : SliceGeometry
        Of all slices; irregular only where the positions are no multiples of one step.
    slice_of : (n,) int64
        Slice of every frame.
    """

    geometry: SliceGeometry
    slice_of: NDArray[np.int64]


def stack_frames(
    positions_lps_mm: NDArray[np.float64],
    axes: tuple[NDArray[np.float64], NDArray[np.float64]],
    spacing_ij_mm: tuple[float, float],
    size_ij: tuple[int, int],
    step_mm: float | None,
    *,
    spacing_known: bool = True,
) -> FrameStack:
    """Find the slices of frames, several of which may lie at one place (one for each segment).

    Parameters
    ----------
    positions_lps_mm : (n, 3) float64
        Centre of each frame's first voxel.
    axes : tuple of (3,) float64
        Row and column direction, unit vectors.
    step_mm : float, optional
        SpacingBetweenSlices (or a thickness): tells how many slices without a frame lie between two frames,
        and is the voxel size of a single slice.
    """
    row, column = axes
    normal = np.cross(row, column)
    places, place_of = _places(positions_lps_mm, normal)
    slots, kind, origin, step = _slots(places, normal, step_mm)
    regular = kind is not GeometryKind.IRREGULAR
    count = int(slots[-1]) + 1
    positions = origin + np.arange(count)[:, None] * step if regular else places
    positions[slots] = places
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = row * spacing_ij_mm[0], column * spacing_ij_mm[1]
    affine[:3, 2], affine[:3, 3] = step, origin
    geometry = SliceGeometry(
        kind,
        (*size_ij, count),
        (*spacing_ij_mm, abs(float(step @ normal))),
        row,
        column,
        positions,
        affine if regular else None,
        spacing_known=spacing_known,
    )
    return FrameStack(geometry, slots[place_of])


def _places(
    positions: NDArray[np.float64], normal: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the distinct places in order of depth, and the place of every frame."""
    depths = positions @ normal
    order = np.argsort(depths, kind="stable")
    new = np.diff(depths[order]) > _SAME_MM
    number = np.concatenate([[0], np.cumsum(new)])
    place_of = np.empty(len(positions), np.int64)
    place_of[order] = number
    first = np.concatenate([[True], new])
    return positions[order][first].copy(), place_of


def _slots(
    places: NDArray[np.float64], normal: NDArray[np.float64], step_mm: float | None
) -> tuple[NDArray[np.int64], GeometryKind, NDArray[np.float64], NDArray[np.float64]]:
    """Give the slot of every place, the kind of the stack, its origin and its step."""
    named = step_mm if step_mm is not None and 0 < step_mm < np.inf else None
    if len(places) == 1:
        return np.zeros(1, np.int64), GeometryKind.FLAT, places[0], normal * (named or 1.0)
    slots = None if named is None else _multiples(places @ normal, named)
    if slots is None:
        fit = fit_grid(places, normal)
        if not fit.fits or fit.missing > _MOST_SLICES:
            gap = float(np.median(np.diff(places @ normal)))
            return np.arange(len(places)), GeometryKind.IRREGULAR, places[0], normal * gap
        slots = fit.slots
    centred = slots - slots.mean()
    step = centred @ places / (centred @ centred)
    kind = GeometryKind.SHEARED if shear_deg(places, normal) > 0 else GeometryKind.UNIFORM
    return slots, kind, places.mean(axis=0) - slots.mean() * step, step


def _multiples(depths: NDArray[np.float64], step_mm: float) -> NDArray[np.int64] | None:
    """Give the depths as multiples of the step that the file names, or None where they are none."""
    steps = (depths - depths[0]) / step_mm
    if steps[-1] > _MOST_SLICES:
        return None
    slots = np.rint(steps).astype(np.int64)
    # The last slice may have drifted from a step that was rounded in the file.
    drift = np.abs(steps - slots).max() * step_mm
    fits = drift <= tolerance_mm(step_mm) and (np.diff(slots) > 0).all()
    return slots if fits else None
