"""One picture of a slice, made away from the main thread."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane
from core.volume import Volume
from imaging.reslice import ResliceOptions, StopFlag, grey_picture, reslice
from viewers.window_level import Window


@dataclass(frozen=True, eq=False)
class SliceRequest:
    """What a view wants to show.

    Parameters
    ----------
    volume : Volume
        May still be filling; `revision` then tells how far.
    plane : Plane
        One pixel for every pixel of the screen, or fewer while the user moves.
    options : ResliceOptions
        Interpolation and slab.
    window : Window
        Shown between black and white.
    inverted : bool
        White for low values.
    revision : int
        Grows when the voxels change.
    """

    volume: Volume
    plane: Plane
    options: ResliceOptions
    window: Window
    inverted: bool
    revision: int

    @property
    def values_key(self) -> tuple[object, ...]:
        """What the resliced values depend on; equal keys mean equal values."""
        plane = self.plane
        place = (plane.origin_lps_mm.tobytes(), plane.right.tobytes(), plane.down.tobytes())
        return (id(self.volume), self.revision, place, plane.spacing_mm, plane.size, self.options)

    @property
    def key(self) -> tuple[object, ...]:
        """What the picture depends on; equal keys mean equal pictures."""
        return (*self.values_key, self.window, self.inverted)

    def coarser(self, factor: int) -> "SliceRequest":
        """Give the same picture with pixels `factor` times larger."""
        if factor == 1:
            return self
        plane = self.plane
        size = (-(-plane.size[0] // factor), -(-plane.size[1] // factor))
        spacing = (plane.spacing_mm[0] * factor, plane.spacing_mm[1] * factor)
        origin = plane.lps_from_pixel((factor - 1) / 2, (factor - 1) / 2)
        return replace(self, plane=Plane(origin, plane.right, plane.down, spacing, size))


@dataclass(frozen=True, eq=False)
class SlicePicture:
    """A finished picture.

    Parameters
    ----------
    request : SliceRequest
        What was asked for.
    values : (height, width) float32 or (height, width, 4) uint8
        Resliced values, NaN outside the volume; RGBA for a colour volume.
    pixels : (height, width) uint8 or (height, width, 4) uint8
        Grey levels, or RGBA, C-contiguous.
    seconds : float
        How long the reslicing took; 0 where the values of an earlier picture served.
    """

    request: SliceRequest
    values: NDArray[np.generic]
    pixels: NDArray[np.uint8]
    seconds: float


def make_picture(request: SliceRequest, earlier: SlicePicture | None, stop: StopFlag) -> SlicePicture:
    """Reslice and grey a picture; the values of `earlier` are used again where only the window changed.

    Raises
    ------
    Cancelled
        When `stop` was stopped.
    """
    if earlier is not None and earlier.request.values_key == request.values_key:
        return SlicePicture(request, earlier.values, _pixels(request, earlier.values), 0.0)
    start = time.perf_counter()
    values = reslice(request.volume, request.plane, request.options, stop=stop)
    seconds = time.perf_counter() - start
    return SlicePicture(request, values, _pixels(request, values), seconds)


def _pixels(request: SliceRequest, values: NDArray[Any]) -> NDArray[np.uint8]:
    if request.volume.is_colour:
        colours = np.array(values, np.uint8)
        if request.inverted:
            colours[..., :3] = 255 - colours[..., :3]
        return colours
    window = (request.window.centre, request.window.width)
    return grey_picture(values, window=window, inverted=request.inverted)
