"""Measurements of a structured report, drawn on the slices where they were made."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.measurement import Measurement, MeasurementGroup, Region
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from imaging.measurement_report_reading import read_measurement_report
from imaging.reference_series import source_header
from imaging.reslice import StopFlag
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.drawn_shapes import Outline, ellipsoid_section, outline_of
from viewers.image_places import ImagePlaces
from viewers.object_layer import PALETTE, LayerItem, LayerLook, LayerPicture, Legend, Mark, pixels_of, plain
from viewers.unit_text import unit_text

Points = NDArray[np.float64]

_MOST_NUMBERS = 4


def read_report_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "ReportLayer":
    """Read the measurements of a report to be shown on `target`.

    Raises
    ------
    BadInput
        When it cannot be read.
    """
    report = read_measurement_report(derived.path)
    places = ImagePlaces.of(target)
    frame = frame_of_reference(target)
    shown = [_findings(number, group, places, frame) for number, group in enumerate(report.groups)]
    strange = any(found is None for found in shown)
    notes = (_OTHER_FRAME,) if strange else () if any(shown) else (_NOTHING,)
    return ReportLayer(tuple(found for found in shown if found), places, notes)


_NOTHING = message(QT_TRANSLATE_NOOP("Message", "The report marks no place on these images."))
_OTHER_FRAME = message(
    QT_TRANSLATE_NOOP("Message", "What is marked in another frame of reference is not drawn.")
)


def frame_of_reference(target: LayerTarget) -> str:
    """Give FrameOfReferenceUID of the open images, or the one that objects made from them have."""
    if not target.instances:
        return ""
    return str(source_header(Path(target.instances[0].path)).FrameOfReferenceUID)


@dataclass(frozen=True, eq=False)
class DrawnRegion:
    """One region in space.

    Parameters
    ----------
    outline : Outline
        In LPS millimetres.
    k : int, optional
        Slice that it is drawn on; None for one in space.
    is_ellipsoid : bool
        Its points are the ends of three axes, and it is seen where a plane cuts it.
    """

    outline: Outline
    k: int | None = None
    is_ellipsoid: bool = False

    @property
    def centre(self) -> Points:
        """The middle of its points."""
        return np.concatenate(self.outline.rings).mean(axis=0)


@dataclass(frozen=True, eq=False)
class DrawnFinding:
    """One group of measurements.

    Parameters
    ----------
    item : LayerItem
        Its row.
    text : str
        What is written beside it.
    regions : tuple of DrawnRegion
    place : (3,) float64, optional
        Where to look for it, LPS millimetres.
    """

    item: LayerItem
    text: str
    regions: tuple[DrawnRegion, ...]
    place: Points | None


@dataclass(frozen=True, eq=False)
class ReportLayer:
    """The measurements of a report that have a place on the open images."""

    findings: tuple[DrawnFinding, ...]
    places: ImagePlaces | None
    notes: tuple[Message, ...] = ()

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """One for each group of measurements."""
        return tuple(finding.item for finding in self.findings)

    @property
    def legend(self) -> Legend | None:
        """None: each group has its colour in the panel."""
        return None

    def centre(self, key: str) -> Points | None:
        """Give the middle of a group's first region."""
        return next((finding.place for finding in self.findings if finding.item.key == key), None)

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Draw the regions that lie on a plane, each group's numbers beside its first one."""
        k = None if self.places is None else self.places.slice_on(plane)
        reach = 0.5 if self.places is None else self.places.reach_mm
        marks: list[Mark] = []
        for finding in self.findings:
            if not look.shows(finding.item):
                continue
            text, colour = finding.text, look.colour(finding.item)
            for region in finding.regions:
                rings = _rings_on(region, plane, k, reach)
                if rings:
                    marks.append(Mark(rings, colour, closed=region.outline.closed, text=text))
                    text = ""
        return LayerPicture(None, tuple(marks))


def _rings_on(region: DrawnRegion, plane: Plane, k: int | None, reach_mm: float) -> tuple[Points, ...]:
    """Give what of a region is seen on a plane, in its pixels: all of it, or where it passes through."""
    if region.k is not None:
        return tuple(pixels_of(plane, ring) for ring in region.outline.rings) if region.k == k else ()
    if region.is_ellipsoid:
        section = ellipsoid_section(region.outline.rings[0], plane.origin_lps_mm, plane.normal)
        return () if section is None else (pixels_of(plane, section),)
    found: list[Points] = []
    for ring in region.outline.rings:
        depths = (ring - plane.origin_lps_mm) @ plane.normal
        if (np.abs(depths) <= reach_mm).all():
            found.append(pixels_of(plane, ring))
        else:
            found += [
                pixels_of(plane, point[None])
                for point in _crossings(ring, depths, closed=region.outline.closed)
            ]
    return tuple(found)


def _crossings(ring: Points, depths: NDArray[np.float64], *, closed: bool) -> list[Points]:
    """Give the points where a polyline passes through depth 0."""
    after, depths_after = np.roll(ring, -1, axis=0), np.roll(depths, -1)
    crosses = np.sign(depths) * np.sign(depths_after) < 0
    if not closed:
        crosses[-1] = False
    return [
        ring[index] + (after[index] - ring[index]) * (depths[index] / (depths[index] - depths_after[index]))
        for index in np.flatnonzero(crosses)
    ]


def _findings(
    number: int, group: MeasurementGroup, places: ImagePlaces | None, frame: str
) -> DrawnFinding | None:
    """Place a group; None where it is drawn in a frame of reference that is not that of the images."""
    if any(
        region.frame_of_reference_uid not in ("", frame) for region in group.regions if region.image is None
    ):
        return None
    regions = tuple(drawn for region in group.regions for drawn in _placed(region, places))
    place = regions[0].centre if regions else None
    if place is None and places is not None:
        slices = [k for image in group.images for k in places.slices(image)]
        place = places.centre(slices[len(slices) // 2]) if slices else None
    title, numbers = _title(number, group), _numbers(group.measurements)
    item = LayerItem(str(number), plain(", ".join([title, *numbers])), PALETTE[number % len(PALETTE)])
    return DrawnFinding(item, "\n".join([title, *numbers]), regions, place)


def _placed(region: Region, places: ImagePlaces | None) -> list[DrawnRegion]:
    points = np.array(region.points, float)
    if len(points) == 0 or not np.isfinite(points).all():
        return []
    if region.image is None and region.shape == "ELLIPSOID" and len(points) == 6:
        return [DrawnRegion(Outline((points,), closed=True), is_ellipsoid=True)]
    outline = outline_of(region.shape, points)
    if region.image is None:
        return [DrawnRegion(outline)]
    if places is None:
        return []
    return [
        DrawnRegion(Outline(tuple(places.points(k, ring) for ring in outline.rings), outline.closed), k)
        for k in places.slices(region.image)
    ]


def _title(number: int, group: MeasurementGroup) -> str:
    finding = group.finding.meaning if group.finding else ""
    return group.tracking_id or finding or str(number + 1)


def _numbers(measurements: tuple[Measurement, ...]) -> list[str]:
    found = [measured_text(one) for one in measurements[:_MOST_NUMBERS]]
    return [*found, "…"] if len(measurements) > _MOST_NUMBERS else found


def measured_text(measurement: Measurement) -> str:
    """Give a measurement as it is written beside its region: "Length 12.5 mm"."""
    what = measurement.derivation.meaning if measurement.derivation else ""
    name = f"{measurement.name.meaning} ({what})" if what else measurement.name.meaning
    return f"{name} {measurement.value:.4g} {unit_text(measurement.unit)}".strip()
