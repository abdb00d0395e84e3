"""Dose over the slices: a colour wash, and isodose lines."""

from dataclasses import dataclass, replace

import numpy as np

from core.dose import Dose
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from core.volume import Volume
from imaging.dose_reading import read_dose
from imaging.reslice import StopFlag, reslice
from viewers.colour_scale import DOSE, at, colour_values
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.iso_lines import iso_lines
from viewers.label_raster import patch_of
from viewers.object_layer import (
    Colour,
    LayerItem,
    LayerLook,
    LayerPicture,
    Legend,
    Mark,
    Pointed,
    Points,
    Raster,
)
from viewers.slice_grid import value_between

_WASH = "wash"
_WIDTH = 1.6
# Percent of the largest dose.
_LEVELS = (95, 90, 80, 70, 50, 30, 10)
_LEAST_SHOWN = 0.05
# Lines are found on pixels of this share of the dose's own: finer ones would not change them.
_LINE_SHARE = 0.5


def read_dose_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "DoseLayer":
    """Read a dose to be shown over images of its frame of reference.

    Raises
    ------
    BadInput
        When it cannot be read.
    Cancelled
        On the way.
    """
    return DoseLayer.of(read_dose(derived.path, progress))


@dataclass(frozen=True, eq=False)
class DoseLayer:
    """A dose ready to be cut.

    Parameters
    ----------
    dose : Dose
        With its grid.
    hottest : (3,) float64
        Where it is largest, LPS millimetres.
    """

    dose: Dose
    hottest: Points

    @staticmethod
    def of(dose: Dose) -> "DoseLayer":
        """Make the layer of a dose."""
        k, j, i = np.unravel_index(int(dose.volume.voxels.argmax()), dose.volume.voxels.shape)
        return DoseLayer(dose, (dose.volume.lps_from_ijk @ np.array([i, j, k, 1.0]))[:3])

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """The wash, and one line for each level."""
        wash = LayerItem(_WASH, message(QT_TRANSLATE_NOOP("Message", "Colour wash")))
        lines = (LayerItem(str(level), self._title(level), _colour(level)) for level in _LEVELS)
        return (wash, *lines)

    def _title(self, percent: int) -> Message:
        if self.dose.relative:
            return message("{percent} %", percent=percent)
        return message(
            "{percent} %  ·  {dose:.2f} Gy", percent=percent, dose=self.dose.maximum * percent / 100
        )

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is odd about the grid."""
        return self.dose.warnings

    @property
    def legend(self) -> Legend | None:
        """What the wash means."""
        title = message(QT_TRANSLATE_NOOP("Message", "Dose"))
        if self.dose.relative:
            return Legend(title, "%", 0.0, 100.0, DOSE)
        return Legend(title, "Gy", 0.0, self.dose.maximum, DOSE)

    def centre(self, key: str) -> Points | None:
        """Give where the dose is largest."""
        return self.hottest

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Give wash and lines on a plane."""
        patch = patch_of(plane, self.dose.volume)
        if patch is None or self.dose.maximum <= 0:
            return LayerPicture()
        part, place = patch
        shown = {item.key: item for item in self.items if look.shows(item)}
        raster = self._wash(plane, part, place, look.opacity, stop) if _WASH in shown else None
        lines = [item for key, item in shown.items() if key != _WASH]
        marks = self._lines(plane, part, lines, look, stop) if lines else ()
        return LayerPicture(raster, marks)

    def _wash(
        self,
        plane: Plane,
        part: Plane,
        place: tuple[slice, slice],
        opacity: float,
        stop: StopFlag | None,
    ) -> Raster:
        raster = np.zeros((plane.size[1], plane.size[0], 4), np.uint8)
        values = reslice(self.dose.volume, part, stop=stop)
        maximum = self.dose.maximum
        raster[place] = colour_values(
            values, (0.0, maximum), DOSE, opacity, clear_below=maximum * _LEAST_SHOWN
        )
        return raster

    def _lines(
        self, plane: Plane, part: Plane, items: list[LayerItem], look: LayerLook, stop: StopFlag | None
    ) -> tuple[Mark, ...]:
        coarse, factor = _coarse(part, self.dose.volume)
        values = reslice(self.dose.volume, coarse, stop=stop)
        offset = np.array(plane.pixel_from_lps(coarse.origin_lps_mm))
        marks: list[Mark] = []
        for item in items:
            pieces = iso_lines(values, self.dose.maximum * int(item.key) / 100)
            if len(pieces):
                marks.append(Mark(tuple(pieces * factor + offset), look.colour(item), width=_WIDTH))
        return tuple(marks)

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Tell the dose at a point."""
        dose = value_between(self.dose.volume, point_lps_mm)
        if not np.isfinite(dose) or self.dose.maximum <= 0:
            return ()
        percent = 100 * dose / self.dose.maximum
        if self.dose.relative:
            return (Pointed(message(QT_TRANSLATE_NOOP("Message", "Dose {percent:.1f} %"), percent=percent)),)
        text = QT_TRANSLATE_NOOP("Message", "Dose {dose:.2f} Gy ({percent:.1f} %)")
        return (Pointed(message(text, dose=dose, percent=percent)),)


def _colour(percent: int) -> Colour:
    return at(DOSE, percent / 100)


def _coarse(part: Plane, volume: Volume) -> tuple[Plane, int]:
    """Give a plane with pixels no finer than the lines need, and how much larger they are."""
    factor = max(1, int(float(volume.spacing_mm.min()) * _LINE_SHARE / part.spacing_mm[0]))
    size = (-(-part.size[0] // factor), -(-part.size[1] // factor))
    spacing = (part.spacing_mm[0] * factor, part.spacing_mm[1] * factor)
    return replace(part, spacing_mm=spacing, size=size), factor
