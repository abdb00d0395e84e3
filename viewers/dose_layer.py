"""Dose over the slices: a colour wash, and isodose lines."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.dose import Dose
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from core.volume import Volume
from imaging.derived_contents import contents_of
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
# Percent of the reference; those above the largest dose are left out.
_LEVELS = (107, 105, 100, 95, 90, 80, 70, 50, 30, 10)
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
    dose = read_dose(derived.path, progress)
    return DoseLayer.of(dose, prescribed_gy(dose, target.beside))


def prescribed_gy(dose: Dose, beside: Iterable[DerivedObject]) -> float | None:
    """Give the largest dose that the dose's plan prescribes to a target; None where that is unknown.

    A dose of a beam or a fraction is a part of what the plan prescribes: it has none.
    """
    if dose.relative or dose.summation != "PLAN":
        return None
    named = {reference.sop_uid for reference in dose.references}
    plans = [one.path for one in beside if one.kind.id == "plan" and one.sop_uid in named]
    prescriptions = [item for path in plans for item in contents_of(path)["prescriptions"]]
    return max((item["dose_gy"] for item in prescriptions if item["dose_gy"]), default=None)


@dataclass(frozen=True, eq=False)
class DoseLayer:
    """A dose ready to be cut.

    Parameters
    ----------
    dose : Dose
        With its grid.
    hottest : (3,) float64
        Where it is largest, LPS millimetres.
    prescribed_gy : float, optional
        What 100 % is; the largest dose where it is unknown.
    """

    dose: Dose
    hottest: Points
    prescribed_gy: float | None = None

    @staticmethod
    def of(dose: Dose, prescribed_gy: float | None = None) -> "DoseLayer":
        """Make the layer of a dose."""
        k, j, i = np.unravel_index(int(dose.volume.voxels.argmax()), dose.volume.voxels.shape)
        hottest = (dose.volume.lps_from_ijk @ np.array([i, j, k, 1.0]))[:3]
        return DoseLayer(dose, hottest, prescribed_gy)

    @property
    def reference(self) -> float:
        """What 100 % is."""
        return self.prescribed_gy or self.dose.maximum

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """The wash, and one line for each level that the dose reaches."""
        wash = LayerItem(_WASH, message(QT_TRANSLATE_NOOP("Message", "Colour wash")))
        reached = [level for level in _LEVELS if self._level(level) < self.dose.maximum]
        lines = (LayerItem(str(level), self._title(level), self._colour(level)) for level in reached)
        return (wash, *lines)

    def _level(self, percent: int) -> float:
        return self.reference * percent / 100

    def _colour(self, percent: int) -> Colour:
        return at(DOSE, self._level(percent) / self.dose.maximum)

    def _title(self, percent: int) -> Message:
        if self.dose.relative:
            return message("{percent} %", percent=percent)
        return message("{percent} %  ·  {dose:.2f} Gy", percent=percent, dose=self._level(percent))

    @property
    def notes(self) -> tuple[Message, ...]:
        """What 100 % is, and what is odd about the grid."""
        if self.prescribed_gy is not None:
            text = QT_TRANSLATE_NOOP("Message", "100 % is the prescribed dose: {dose:.2f} Gy.")
            return (message(text, dose=self.prescribed_gy), *self.dose.warnings)
        return (message(QT_TRANSLATE_NOOP("Message", "100 % is the largest dose.")), *self.dose.warnings)

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
            pieces = iso_lines(values, self._level(int(item.key)))
            if len(pieces):
                marks.append(Mark(tuple(pieces * factor + offset), look.colour(item), width=_WIDTH))
        return tuple(marks)

    def at(self, point_lps_mm: Points, look: LayerLook) -> tuple[Pointed, ...]:
        """Tell the dose at a point."""
        dose = value_between(self.dose.volume, point_lps_mm)
        if not np.isfinite(dose) or self.dose.maximum <= 0:
            return ()
        percent = 100 * dose / self.reference
        if self.dose.relative:
            return (Pointed(message(QT_TRANSLATE_NOOP("Message", "Dose {percent:.1f} %"), percent=percent)),)
        text = QT_TRANSLATE_NOOP("Message", "Dose {dose:.2f} Gy ({percent:.1f} %)")
        return (Pointed(message(text, dose=dose, percent=percent)),)


def _coarse(part: Plane, volume: Volume) -> tuple[Plane, int]:
    """Give a plane with pixels no finer than the lines need, and how much larger they are."""
    factor = max(1, int(float(volume.spacing_mm.min()) * _LINE_SHARE / part.spacing_mm[0]))
    size = (-(-part.size[0] // factor), -(-part.size[1] // factor))
    spacing = (part.spacing_mm[0] * factor, part.spacing_mm[1] * factor)
    return replace(part, spacing_mm=spacing, size=size), factor
