"""Annotations as a report of measurements (PS3.16 TID 1500), and back.

What lies on a stored slice is written in its pixels (SCOORD), so that every other program finds it there; the
rest in the patient (SCOORD3D). The tool that drew it, the slab, and the normal of a plane that the points do
not tell are terms of our own.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.annotation import Annotation, AnnotationKind, Point
from core.coded_concept import CodedConcept, InstanceReference
from core.measurement import Measurement, MeasurementGroup, MeasurementReport, Region
from imaging.instance import Instance
from imaging.instance_decoding import derived_uid
from viewers import measured_concepts as concepts
from viewers.annotation_kinds import TRAITS
from viewers.annotation_shapes import canonical, points_of, spline_points
from viewers.annotation_values import Readings
from viewers.image_places import ImagePlaces
from viewers.object_layer import Points
from viewers.orientation import Vector
from viewers.view_state import point_of

_K = AnnotationKind
TITLE = CodedConcept("126000", "DCM", "Imaging Measurement Report")
_TOOL = CodedConcept("annotation-tool", "99SENSE", "Annotation tool")
_PROJECTION = CodedConcept("slab-projection", "99SENSE", "Slab projection")
_PROJECTIONS = {
    "mean": CodedConcept("mean", "99SENSE", "Mean"),
    "maximum": CodedConcept("113078", "DCM", "Maximum intensity projection"),
    "minimum": CodedConcept("113079", "DCM", "Minimum intensity projection"),
}
_SLAB = CodedConcept("slab-thickness", "99SENSE", "Slab thickness")
_NORMALS = tuple(CodedConcept(f"normal-{axis}", "99SENSE", f"Plane normal, {axis}") for axis in "xyz")
_OURS = (_SLAB, *_NORMALS)
_PAIRS = (_K.COBB, _K.BIDIRECTIONAL, _K.CARDIOTHORACIC)
_POLYGONS = (_K.RECTANGLE, _K.POLYGON, _K.FREEHAND, _K.SPLINE)
_SPLINE_STEP = 12
_PARALLEL = 1 - 1e-6
_ON_SLICE_MM = 1e-3


@dataclass(frozen=True, eq=False)
class AnnotatedImages:
    """The stored images that annotations were drawn on.

    Parameters
    ----------
    places : ImagePlaces
        Where their slices lie.
    instances : tuple of Instance
        Their files.
    frame_of_reference_uid : str
        Of the coordinates in the patient.
    lps_known : bool
        False where the coordinates are made up, and mean nothing outside of this program.
    """

    places: ImagePlaces
    instances: tuple[Instance, ...]
    frame_of_reference_uid: str
    lps_known: bool

    def slice_of(self, annotation: Annotation) -> int | None:
        """Give the stored slice that an annotation lies on, or None."""
        if TRAITS[annotation.kind].in_space:
            return None
        geometry = self.places.geometry
        points = points_of(annotation)
        if abs(float(geometry.normal @ np.array(annotation.normal_lps))) < _PARALLEL:
            return None
        depths = np.abs((geometry.positions_lps_mm - points.mean(axis=0)) @ geometry.normal)
        k = int(np.argmin(depths))
        reach = _ON_SLICE_MM if self.lps_known else self.places.reach_mm
        return k if depths[k] <= reach and self.places.reference(k) is not None else None

    def reference(self, k: int) -> InstanceReference:
        """Name a slice."""
        found = self.places.reference(k)
        assert found is not None
        instance = next(one for one in self.instances if one.sop_uid == found[0])
        frames = (found[1],) if instance.frames > 1 else ()
        return InstanceReference(instance.sop_class_uid, instance.sop_uid, instance.series_uid, frames)


# Writing.


def report_of(
    annotations: Iterable[Annotation],
    readings: Callable[[Annotation], Readings],
    images: AnnotatedImages,
) -> tuple[MeasurementReport, int]:
    """Make a report; give it, and how many annotations have no place outside of this program."""
    groups: list[MeasurementGroup] = []
    left_out = 0
    for annotation in annotations:
        k = images.slice_of(annotation)
        if k is None and not images.lps_known:
            left_out += 1
        else:
            name = annotation.text or f"{TRAITS[annotation.kind].title} {len(groups) + 1}"
            groups.append(_group(name, annotation, readings(annotation), images, k))
    return MeasurementReport(TITLE, tuple(groups)), left_out


def _group(
    name: str, annotation: Annotation, readings: Readings, images: AnnotatedImages, k: int | None
) -> MeasurementGroup:
    regions = (
        _regions_on_slice(annotation, images, k) if k is not None else _regions_in_space(annotation, images)
    )
    traits = TRAITS[annotation.kind]
    tool = CodedConcept(annotation.kind.value, "99SENSE", str(traits.title))
    more: list[Measurement] = []
    evaluations = [(_TOOL, tool)]
    if annotation.slab_mm > 0:
        more.append(Measurement(_SLAB, annotation.slab_mm, concepts.MM))
        evaluations.append((_PROJECTION, _PROJECTIONS[annotation.projection]))
    if k is None and (traits.in_space or _normal_of(points_of(annotation)) is None):
        numbers = zip(_NORMALS, annotation.normal_lps, strict=True)
        more += [Measurement(name, value, concepts.NO_UNIT) for name, value in numbers]
    return MeasurementGroup(
        name,
        annotation.uid,
        measurements=(*readings.measurements, *more),
        evaluations=tuple(evaluations),
        regions=regions,
        source_series_uid=images.instances[0].series_uid,
    )


def _drawn_lines(annotation: Annotation) -> list[tuple[str, Points]]:
    """Give the shapes of an annotation with their points, as SCOORD names them."""
    points, kind = points_of(annotation), annotation.kind
    if kind in _PAIRS:
        return [("POLYLINE", points[:2]), ("POLYLINE", points[2:])]
    if kind is _K.SPLINE:
        return [("POLYLINE", spline_points(points))]
    if kind in _POLYGONS:
        return [("POLYLINE", np.concatenate([points, points[:1]]))]
    if kind is _K.ELLIPSE:
        return [("ELLIPSE", points)]
    return [("POINT" if len(points) == 1 else "POLYLINE", points)]


def _regions_on_slice(annotation: Annotation, images: AnnotatedImages, k: int) -> tuple[Region, ...]:
    image = images.reference(k)
    return tuple(
        Region(shape, tuple((float(x), float(y)) for x, y in images.places.pixels(k, points)), image)
        for shape, points in _drawn_lines(annotation)
    )


def _regions_in_space(annotation: Annotation, images: AnnotatedImages) -> tuple[Region, ...]:
    frame = images.frame_of_reference_uid
    if annotation.kind is _K.SPHERE:
        ends = _ellipsoid(points_of(annotation))
        return (Region("ELLIPSOID", tuple(point_of(point) for point in ends), None, frame),)
    found: list[Region] = []
    for shape, points in _drawn_lines(annotation):
        closed = annotation.kind in _POLYGONS
        name = "POLYGON" if closed else shape
        found.append(Region(name, tuple(point_of(point) for point in points), None, frame))
    return tuple(found)


def _ellipsoid(points: Points) -> Points:
    """Give the ends of three axes of a sphere; the second point is that of its surface."""
    centre, radius = points[0], points[1] - points[0]
    length = float(np.linalg.norm(radius))
    other = np.cross(radius, np.eye(3)[int(np.argmin(np.abs(radius)))])
    other = other / float(np.linalg.norm(other)) * length
    third = np.cross(radius, other) / length
    return np.concatenate([[centre - axis, centre + axis] for axis in (radius, other, third)])


def _normal_of(points: Points) -> Vector | None:
    """Give the unit normal of the plane that points lie in; None where they lie on a line."""
    around = points - points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(around, full_matrices=True)
    if len(points) < 3 or sizes[1] < 1e-3 * max(float(sizes[0]), 1e-9):
        return None
    return np.asarray(axes[2], np.float64)


# Reading.


def annotations_of(report: MeasurementReport, images: AnnotatedImages) -> tuple[tuple[Annotation, ...], int]:
    """Give what a report marks on the images as annotations, and how much of it is none of ours to change."""
    found = [_annotation(number, group, images) for number, group in enumerate(report.groups)]
    kept = tuple(one for one in found if one is not None)
    return kept, len(found) - len(kept)


def _annotation(number: int, group: MeasurementGroup, images: AnnotatedImages) -> Annotation | None:
    shapes = [_placed(region, images) for region in group.regions]
    if not shapes or any(one is None for one in shapes):
        return None
    lines = [one for one in shapes if one is not None]
    kind = _kind(group)
    points = None if kind is None else _points(kind, lines)
    if kind is None or points is None:
        return None
    tool = _own_tool(group)
    numbers = {one.name: one.value for one in group.measurements if one.name in _OURS}
    uid = group.tracking_uid or derived_uid("annotation", f"{number} {group.tracking_id} {points}")
    meaning = group.finding.meaning if group.finding else ""
    unnamed = tool and re.fullmatch(rf"{re.escape(str(TRAITS[kind].title))} \d+", group.tracking_id)
    text = "" if unnamed else group.tracking_id or meaning
    return Annotation(
        uid,
        kind,
        points,
        _normal(group, np.array(points), numbers, images),
        numbers.get(_SLAB, 0.0),
        _projection(group),
        text,
    )


def _placed(region: Region, images: AnnotatedImages) -> Points | None:
    points = np.array(region.points, float)
    if not len(points) or not np.isfinite(points).all():
        return None
    if region.image is None:
        known = images.lps_known and region.frame_of_reference_uid == images.frame_of_reference_uid
        return points if known else None
    if region.shape == "CIRCLE" and len(points) == 2:
        radius = float(np.linalg.norm(points[1] - points[0]))
        points = points[0] + radius * np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]])
    slices = images.places.slices(region.image)
    return images.places.points(slices[0], points) if slices else None


def _own_tool(group: MeasurementGroup) -> str:
    return next((value.value for name, value in group.evaluations if name == _TOOL), "")


def _projection(group: MeasurementGroup) -> str:
    told = next((value for name, value in group.evaluations if name == _PROJECTION), None)
    return next((name for name, concept in _PROJECTIONS.items() if concept == told), "mean")


def _kind(group: MeasurementGroup) -> AnnotationKind | None:
    """Find the kind of an annotation: the tool that drew it, or what its shape comes nearest to."""
    tool = _own_tool(group)
    if tool:
        return AnnotationKind(tool) if tool in list(AnnotationKind) else None
    shapes = [region.shape for region in group.regions]
    counts = [len(region.points) for region in group.regions]
    names = {one.name.value for one in group.measurements}
    if counts == [2, 2] and concepts.SHORT_AXIS.value in names:
        return _K.BIDIRECTIONAL
    if len(shapes) != 1:
        return None
    (shape,), (count,) = shapes, counts
    closed = shape == "POLYGON" or group.regions[0].points[0] == group.regions[0].points[-1]
    if shape == "POLYLINE" and not closed:
        return {2: _K.LENGTH if names else _K.ARROW, 3: _K.ANGLE}.get(count)
    if shape in ("POLYLINE", "POLYGON"):
        return _K.POLYGON if count > 3 else None
    return {"POINT": _K.PROBE, "ELLIPSE": _K.ELLIPSE, "CIRCLE": _K.ELLIPSE, "ELLIPSOID": _K.SPHERE}.get(shape)


def _points(kind: AnnotationKind, lines: list[Points]) -> tuple[Point, ...] | None:
    points = np.concatenate(lines)
    if kind is _K.SPHERE:
        return None if len(points) != 6 else (point_of(points[:2].mean(axis=0)), point_of(points[1]))
    if kind in _POLYGONS and (points[0] == points[-1]).all():
        points = points[:-1]
    if kind is _K.SPLINE:
        points = points[::_SPLINE_STEP]
    try:
        Annotation("", kind, tuple(point_of(point) for point in points), (0.0, 0.0, 1.0))
    except ValueError:
        return None
    return tuple(point_of(point) for point in points)


def _normal(
    group: MeasurementGroup, points: Points, numbers: Mapping[CodedConcept, float], images: AnnotatedImages
) -> Point:
    if group.regions[0].image is not None:
        return canonical(images.places.geometry.normal)
    told = [numbers.get(name) for name in _NORMALS]
    if None not in told:
        return point_of(np.array(told, float))
    normal = _normal_of(points)
    return canonical(images.places.geometry.normal if normal is None else normal)
