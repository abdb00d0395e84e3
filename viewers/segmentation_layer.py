"""Segmentations over the slices: coloured areas, fractions as opacity."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.message import Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from core.segmentation import Segment, Segmentation
from core.volume import Volume
from imaging.reslice import StopFlag, reslice
from imaging.segmentation_reading import read_segmentation
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.label_raster import colour_labels, cropped, labels_on, patch_of, premultiplied
from viewers.object_layer import (
    PALETTE,
    Colour,
    LayerItem,
    LayerLook,
    LayerPicture,
    Legend,
    Pointed,
    Points,
    Raster,
    over,
    plain,
)
from viewers.slice_grid import grid_volume, voxel_value


def read_segmentation_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "SegmentationLayer":
    """Read a segmentation object to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read, or nothing tells where on the images it lies.
    Cancelled
        On the way.
    """
    return SegmentationLayer.of(read_segmentation(derived.path, progress), target)


@dataclass(frozen=True, eq=False)
class SegmentationLayer:
    """Label maps, or fractions, ready to be cut.

    Parameters
    ----------
    segments : tuple of Segment
        Without a described background.
    label_maps : tuple of Volume
        Cut down to what is labelled; a later one lies above.
    fractions : dict of int to Volume
        By segment number; such a segment is drawn from them.
    places : dict of int to (3,) float64
        A point in every segment that has a voxel, LPS millimetres.
    """

    segments: tuple[Segment, ...]
    label_maps: tuple[Volume, ...]
    fractions: dict[int, Volume]
    places: dict[int, Points]
    notes: tuple[Message, ...] = ()

    @staticmethod
    def of(segmentation: Segmentation, target: LayerTarget) -> "SegmentationLayer":
        """Make the layer of a segmentation."""

        def placed(values: NDArray[Any]) -> Volume:
            return grid_volume(segmentation.geometry, values, target)

        maps = [placed(_without(layer, segmentation.unlabelled)) for layer in segmentation.layers]
        places: dict[int, Points] = {}
        for number, volume in enumerate(maps):
            own = [one.number for one in segmentation.structures if _layer(segmentation, one) == number]
            places.update(_places(volume, own))
        fractions = {number: cropped(placed(values)) for number, values in segmentation.fractions.items()}
        kept = () if fractions else tuple(part for volume in maps if (part := cropped(volume)) is not None)
        return SegmentationLayer(
            segmentation.structures,
            kept,
            {number: volume for number, volume in fractions.items() if volume is not None},
            places,
        )

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """One for each segment."""
        return tuple(
            LayerItem(str(one.number), plain(one.label), one.colour or PALETTE[index % len(PALETTE)])
            for index, one in enumerate(self.segments)
        )

    @property
    def legend(self) -> Legend | None:
        """None: every segment has its colour in the panel."""
        return None

    def centre(self, key: str) -> Points | None:
        """Give a point in the segment, on the slice where most of it lies."""
        return self.places.get(int(key))

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Colour the visible segments on a plane."""
        colours = {int(item.key): look.colour(item) for item in self.items if look.shows(item)}
        raster: Raster | None = None
        for volume in self.label_maps:
            raster = _draw_labels(raster, plane, volume, colours, look.opacity, stop)
        for number, volume in self.fractions.items():
            if number in colours:
                raster = _draw_fraction(raster, plane, volume, colours[number], look.opacity, stop)
        return LayerPicture(raster)

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Name the visible segments at a point, with their fraction where they have one."""
        shown = {int(item.key): item for item in self.items if look.shows(item)}
        labels = [int(np.nan_to_num(voxel_value(volume, point_lps_mm))) for volume in self.label_maps]
        found = [Pointed(shown[n].title, look.colour(shown[n])) for n in labels if n in shown]
        for number, volume in self.fractions.items():
            fraction = voxel_value(volume, point_lps_mm)
            if number in shown and fraction > 0:
                item = shown[number]
                text = message("{title}  {percent:.0f} %", title=item.title, percent=100 * fraction)
                found.append(Pointed(text, look.colour(item)))
        return tuple(found)


def _layer(segmentation: Segmentation, segment: Segment) -> int:
    return segmentation.layer_of.get(segment.number, 0)


def _without(layer: NDArray[Any], unlabelled: int) -> NDArray[Any]:
    return layer if unlabelled == 0 else np.where(layer == unlabelled, layer.dtype.type(0), layer)


def _places(volume: Volume, numbers: list[int]) -> dict[int, Points]:
    """Give for every label the voxel nearest to its middle on the slice that holds most of it."""
    last = max([*numbers, 0])
    counts = np.array([np.bincount(plane.ravel(), minlength=last + 1)[: last + 1] for plane in volume.voxels])
    found: dict[int, Points] = {}
    for number in numbers:
        k = int(counts[:, number].argmax())
        pixels = np.argwhere(volume.voxels[k] == number)
        if len(pixels):
            j, i = pixels[((pixels - pixels.mean(axis=0)) ** 2).sum(axis=1).argmin()]
            found[number] = (volume.lps_from_ijk @ np.array([i, j, k, 1.0]))[:3]
    return found


def _draw_labels(
    raster: Raster | None,
    plane: Plane,
    volume: Volume,
    colours: dict[int, Colour],
    opacity: float,
    stop: StopFlag | None,
) -> Raster | None:
    patch = patch_of(plane, volume)
    if patch is None:
        return raster
    part, place = patch
    return _pasted(raster, plane, place, colour_labels(labels_on(part, volume, stop), colours, opacity))


def _draw_fraction(
    raster: Raster | None,
    plane: Plane,
    volume: Volume,
    colour: Colour,
    opacity: float,
    stop: StopFlag | None,
) -> Raster | None:
    """Colour by the fraction: what is certain in the opacity of the layer, what is not fainter."""
    patch = patch_of(plane, volume)
    if patch is None:
        return raster
    part, place = patch
    values = np.clip(np.nan_to_num(reslice(volume, part, stop=stop)), 0.0, 1.0)
    table = np.array([premultiplied(colour, opacity * step / 255) for step in range(256)], np.uint8)
    words = table.view(np.uint32)[:, 0][(values * 255).astype(np.uint8)]
    return _pasted(raster, plane, place, words.view(np.uint8).reshape(*values.shape, 4))


def _pasted(raster: Raster | None, plane: Plane, place: tuple[slice, slice], patch: Raster) -> Raster:
    width, height = plane.size
    if raster is None:
        raster = np.zeros((height, width, 4), np.uint8)
        raster[place] = patch
    else:
        raster[place] = over(patch, np.ascontiguousarray(raster[place]))
    return raster
