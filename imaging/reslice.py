"""Oblique slices and slabs of a volume, and the greys that show them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.plane import Plane
from core.volume import Volume
from native import _core


class Interpolation(StrEnum):
    """How a value between voxel centres is found."""

    NEAREST = "nearest"
    LINEAR = "linear"


class Projection(StrEnum):
    """How the samples through a slab become one value."""

    MEAN = "mean"
    MAXIMUM = "maximum"
    MINIMUM = "minimum"


@dataclass(frozen=True)
class ResliceOptions:
    """How a slice is cut.

    Parameters
    ----------
    interpolation : Interpolation
        Trilinear or nearest neighbour; colour volumes are always shown by the nearest neighbour.
    slab_mm : float
        Thickness of the slab, centred on the plane; 0 for a thin slice.
    projection : Projection
        What becomes of the samples through the slab.
    """

    interpolation: Interpolation = Interpolation.LINEAR
    slab_mm: float = 0.0
    projection: Projection = Projection.MEAN

    def __post_init__(self) -> None:
        """Check the thickness."""
        if not 0 <= self.slab_mm < float("inf"):
            raise ValueError(f"slab_mm: {self.slab_mm}")


class StopFlag:
    """Ends a running kernel from any thread; it then raises `Cancelled` within milliseconds."""

    def __init__(self) -> None:
        self.native = _core.StopFlag()

    def stop(self) -> None:
        """End every kernel that was given this flag, for good."""
        self.native.stop()

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self.native.stopped


_THIN = ResliceOptions()
_INTERPOLATION = {
    Interpolation.NEAREST: _core.Interpolation.NEAREST,
    Interpolation.LINEAR: _core.Interpolation.LINEAR,
}
_PROJECTION = {
    Projection.MEAN: _core.Projection.MEAN,
    Projection.MAXIMUM: _core.Projection.MAXIMUM,
    Projection.MINIMUM: _core.Projection.MINIMUM,
}


def reslice(
    volume: Volume,
    plane: Plane,
    options: ResliceOptions = _THIN,
    *,
    stop: StopFlag | None = None,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Sample a volume on a plane, or project a slab around it.

    A sample counts where it lies within the outer voxel borders, index -0.5 to n - 0.5 along each axis;
    beyond the outermost voxel centres the edge value goes on (as in ITK's resampler). Through a slab samples
    lie so close that no voxel index changes by more than one from one to the next, and each stands for an
    equal part of the thickness; samples outside the volume are left out.

    Parameters
    ----------
    volume : Volume
        Any grid, sheared ones too.
    plane : Plane
        Where the pixels lie; the slab extends along `plane.normal`, half its thickness to either side.
    options : ResliceOptions
        Interpolation and slab.
    stop : StopFlag, optional
        Ends the work early.
    out : (height, width) float32 or (height, width, 4) uint8, optional
        C-contiguous array to fill and return, so that a view needs no new one for every frame.

    Returns
    -------
    (height, width) float32
        Values, NaN outside the volume. For a colour volume (height, width, 4) uint8 RGBA, 0 outside.

    Raises
    ------
    Cancelled
        When stopped; `out` then holds anything.
    ValueError
        When `out` does not fit, or the plane is not finite.
    """
    width, height = plane.size
    shape = (height, width, 4) if volume.is_colour else (height, width)
    dtype = np.dtype(np.uint8 if volume.is_colour else np.float32)
    if out is None:
        out = np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype or not out.flags.c_contiguous:
        raise ValueError(f"out must be {dtype} {shape}")
    samples, step_mm = slab_samples(volume, plane, options.slab_mm)
    ijk_from_xys = _ijk_from_pixel(volume, plane, samples, step_mm=step_mm)
    flag = None if stop is None else stop.native
    if volume.is_colour:
        complete = _core.reslice_colour(volume.voxels, ijk_from_xys, out, flag)
    else:
        interpolation, projection = _INTERPOLATION[options.interpolation], _PROJECTION[options.projection]
        complete = _core.reslice(volume.voxels, ijk_from_xys, samples, interpolation, projection, out, flag)
    if not complete:
        raise Cancelled
    return out


def slab_samples(volume: Volume, plane: Plane, slab_mm: float) -> tuple[int, float]:
    """Give how many samples a slab takes, and the distance between them in mm.

    The distance is at most the one over which the fastest of the voxel indices changes by one along the
    plane's normal: the slice spacing where the plane is parallel to the slices.
    """
    if slab_mm <= 0 or volume.is_colour:
        return 1, 0.0
    indices_per_mm = np.abs(volume.ijk_from_lps[:3, :3] @ plane.normal).max()
    samples = max(1, int(np.ceil(slab_mm * indices_per_mm - 1e-3)))
    return samples, slab_mm / samples


def _ijk_from_pixel(volume: Volume, plane: Plane, samples: int, *, step_mm: float) -> NDArray[np.float64]:
    """Give voxel index per pixel step x, per pixel step y, per sample, and at the first sample; (4, 3)."""
    normal = plane.normal
    first = plane.origin_lps_mm - normal * (step_mm * (samples - 1) / 2)
    directions = [plane.right * plane.spacing_mm[0], plane.down * plane.spacing_mm[1], normal * step_mm]
    ijk_from_lps = volume.ijk_from_lps
    columns = np.array([*directions, first]) @ ijk_from_lps[:3, :3].T
    columns[3] += ijk_from_lps[:3, 3]
    return columns


def grey_picture(
    values: NDArray[np.float32],
    window: tuple[float, float],
    *,
    inverted: bool = False,
    nan_grey: int = 0,
) -> NDArray[np.uint8]:
    """Map values to greys through a window (DICOM PS3.3 C.11.2.1.2.1, function LINEAR).

    Parameters
    ----------
    values : (height, width) float32
        C-contiguous, as `reslice` gives them.
    window : tuple of float
        Centre and width. A width below 1, which LINEAR does not define, is taken as in LINEAR_EXACT
        (C.11.2.1.3.2).
    inverted : bool
        Low values bright.
    nan_grey : int
        Grey of NaN, 0 to 255, not inverted.

    Returns
    -------
    (height, width) uint8

    Raises
    ------
    ValueError
        When the width is not positive.
    """
    centre, width = window
    if not 0 < width < float("inf"):
        raise ValueError(f"window width: {width}")
    if width >= 1:
        centre, width = centre - 0.5, width - 1
    out = np.empty(values.shape, np.uint8)
    _core.grey_picture(values, centre - width / 2, centre + width / 2, inverted, nan_grey, out)
    return out
