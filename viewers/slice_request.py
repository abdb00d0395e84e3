"""One picture of a slice, made away from the main thread."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.plane import Plane
from core.volume import Volume
from imaging.reslice import ResliceOptions, StopFlag, grey_picture, reslice
from viewers.object_layer import LayerPicture, ShownLayer
from viewers.volume_sequence import same_grid
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
    layers : tuple of ShownLayer
        Derived objects over the slice, from below to above.
    series_uid : str
        Series that the volume belongs to; "" where that is unknown.
    """

    volume: Volume
    plane: Plane
    options: ResliceOptions
    window: Window
    inverted: bool
    revision: int
    layers: tuple[ShownLayer, ...] = ()
    series_uid: str = ""

    def is_alike(self, other: "SliceRequest | None") -> bool:
        """Tell whether a picture made for `other` may be shown until this one is ready.

        So it is with the same volume, or another time of the same series on the same grid; never with
        another patient's.
        """
        if other is None or other.volume is self.volume:
            return other is not None
        same_series = self.series_uid != "" and self.series_uid == other.series_uid
        return same_series and same_grid(self.volume, other.volume)

    @property
    def values_key(self) -> tuple[object, ...]:
        """What the resliced values depend on; equal keys mean equal values."""
        return (id(self.volume), self.revision, self.options, *self._place)

    @property
    def layers_key(self) -> tuple[object, ...]:
        """What the pictures of the layers depend on."""
        return (*self._place, *(shown.key for shown in self.layers))

    @property
    def key(self) -> tuple[object, ...]:
        """What the picture depends on; equal keys mean equal pictures."""
        return (*self.values_key, self.window, self.inverted, self.layers_key)

    @property
    def _place(self) -> tuple[object, ...]:
        plane = self.plane
        vectors = (plane.origin_lps_mm.tobytes(), plane.right.tobytes(), plane.down.tobytes())
        return (vectors, plane.spacing_mm, plane.size)

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
    layers : tuple of LayerPicture
        What the request's layers show on its plane.
    """

    request: SliceRequest
    values: NDArray[np.generic]
    pixels: NDArray[np.uint8]
    seconds: float
    layers: tuple[LayerPicture, ...] = ()


def make_picture(request: SliceRequest, earlier: SlicePicture | None, stop: StopFlag) -> SlicePicture:
    """Reslice and grey a picture with its layers; of `earlier` is used again what did not change.

    Raises
    ------
    Cancelled
        When `stop` was stopped.
    """
    start = time.perf_counter()
    kept = earlier if earlier is not None and earlier.request.values_key == request.values_key else None
    values = reslice(request.volume, request.plane, request.options, stop=stop) if not kept else kept.values
    drawn = earlier if earlier is not None and earlier.request.layers_key == request.layers_key else None
    layers = drawn.layers if drawn else _drawn(request, stop)
    seconds = 0.0 if kept and drawn else time.perf_counter() - start
    return SlicePicture(request, values, _pixels(request, values), seconds, layers)


def _drawn(request: SliceRequest, stop: StopFlag) -> tuple[LayerPicture, ...]:
    return tuple(shown.layer.draw(request.plane, shown.look, stop) for shown in request.layers)


def _pixels(request: SliceRequest, values: NDArray[Any]) -> NDArray[np.uint8]:
    if request.volume.is_colour:
        colours = np.array(values, np.uint8)
        if request.inverted:
            colours[..., :3] = 255 - colours[..., :3]
        return colours
    window = (request.window.centre, request.window.width)
    return grey_picture(values, window=window, inverted=request.inverted)
