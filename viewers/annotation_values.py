"""What annotations measure: lengths, angles, areas, and statistics of the values under them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.annotation import Annotation, AnnotationKind
from core.coded_concept import CodedConcept
from core.measurement import Measurement
from core.message import Message
from core.volume import Volume
from imaging.pixel_calibration import PixelCalibration
from imaging.ultrasound_regions import UltrasoundRegion
from viewers import measured_concepts as concepts
from viewers.annotation_kinds import TRAITS
from viewers.annotation_shapes import outline, points_of
from viewers.measuring_scale import MILLIMETRES, MeasuringScale, measuring_scale
from viewers.object_layer import Points
from viewers.orientation import Vector
from viewers.quantity import STORED, Quantity
from viewers.values_under import line_values, point_value, region_values, sphere_values

_K = AnnotationKind
_SUV_CONCEPTS = {"SUVbw": concepts.SUV_BW, "SUVlbm": concepts.SUV_LBM, "SUVbsa": concepts.SUV_BSA}
_UNIT_CONCEPTS = {"HU": concepts.ATTENUATION, "Gy": concepts.ABSORBED_DOSE}


@dataclass(frozen=True, eq=False)
class MeasuredImages:
    """What annotations are measured on.

    Parameters
    ----------
    volume : Volume
        The values; may still be filling.
    quantity : Quantity
        What they are told as.
    modality : str
        Of the series.
    regions : tuple of tuple of UltrasoundRegion
        Calibrated regions of every slice.
    calibration : PixelCalibration, optional
        Of a projection.
    quick : bool
        While the user drags, statistics of large bodies are those of some of their voxels.
    """

    volume: Volume
    quantity: Quantity = STORED
    modality: str = ""
    regions: tuple[tuple[UltrasoundRegion, ...], ...] = ()
    calibration: PixelCalibration | None = None
    quick: bool = False

    def scale(self, annotation: Annotation) -> MeasuringScale:
        """Give the scale that holds where an annotation is."""
        return measuring_scale(self.volume, points_of(annotation), self.regions, self.calibration)

    @property
    def value_concept(self) -> CodedConcept:
        """What a value is."""
        quantity = self.quantity
        if quantity.name:
            return _SUV_CONCEPTS.get(quantity.name) or CodedConcept("quantity", "99SENSE", quantity.name)
        plain = concepts.SIGNAL if self.modality == "MR" else concepts.PIXEL_VALUE
        return _UNIT_CONCEPTS.get(self.volume.unit, plain)

    @property
    def value_unit(self) -> CodedConcept:
        """Unit of a value."""
        return concepts.unit_concept(self.volume.unit if self.quantity is STORED else self.quantity.unit)


@dataclass(frozen=True)
class Readings:
    """What an annotation measures.

    Parameters
    ----------
    measurements : tuple of Measurement
        The most wanted first.
    source : Message
        Where its lengths are calibrated from: a sentence.
    is_patient : bool
        Whether there is nothing to be said about that.
    """

    measurements: tuple[Measurement, ...]
    source: Message
    is_patient: bool = True


def measure(annotation: Annotation, images: MeasuredImages) -> Readings:
    """Measure an annotation on images."""
    scale = images.scale(annotation)
    shape = _SHAPES.get(annotation.kind, _nothing)(annotation, _Drawn(annotation, scale))
    values = () if images.volume.is_colour else _values(annotation, images)
    return Readings((*values, *shape), scale.source, scale.is_patient)


# Lengths and angles.


@dataclass(frozen=True, eq=False)
class _Drawn:
    """An annotation with its places in the scale's unit."""

    annotation: Annotation
    scale: MeasuringScale
    points: Points = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", self.scale.places(points_of(self.annotation)))

    def length(self, name: CodedConcept, first: int = 0, last: int = 1) -> Measurement:
        value = float(np.linalg.norm(self.points[last] - self.points[first]))
        return self.in_length(name, value)

    def in_length(self, name: CodedConcept, value: float) -> Measurement:
        in_mm = self.scale.unit == MILLIMETRES
        return Measurement(name, value, concepts.MM if in_mm else concepts.PIXEL)


def _nothing(_annotation: Annotation, _drawn: _Drawn) -> tuple[Measurement, ...]:
    return ()


def _length(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    return (drawn.length(concepts.LENGTH),)


def _axes(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    first, second = (drawn.length(concepts.LENGTH, end, end + 1).value for end in (0, 2))
    names = (concepts.LONG_AXIS, concepts.SHORT_AXIS)
    one, other = names if first >= second else names[::-1]
    return drawn.in_length(one, first), drawn.in_length(other, second)


def angle_deg(one: Vector, other: Vector) -> float:
    """Give the angle between two directions, 0 to 180; 0 where one has no length."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), float(one @ other))))


def _angle(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    first, vertex, last = drawn.points
    return (Measurement(concepts.ANGLE, angle_deg(first - vertex, last - vertex), concepts.DEGREE),)


def _cobb(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    points = drawn.points
    between = angle_deg(points[1] - points[0], points[3] - points[2])
    return (Measurement(concepts.COBB_ANGLE, min(between, 180.0 - between), concepts.DEGREE),)


def _cardiothoracic(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    heart, chest = drawn.length(concepts.HEART_WIDTH), drawn.length(concepts.CHEST_WIDTH, 2, 3)
    if chest.value == 0:
        return heart, chest
    ratio = Measurement(concepts.CARDIOTHORACIC_RATIO, heart.value / chest.value, concepts.RATIO)
    return ratio, heart, chest


def _limb(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    hip, knee, ankle = drawn.points
    axis = ankle - hip
    length = float(np.linalg.norm(axis))
    off = float(np.linalg.norm(np.cross(knee - hip, axis))) / length if length else 0.0
    return (
        Measurement(concepts.HIP_KNEE_ANKLE_ANGLE, angle_deg(hip - knee, ankle - knee), concepts.DEGREE),
        drawn.in_length(concepts.AXIS_DEVIATION, off),
        drawn.length(concepts.THIGH_LENGTH),
        drawn.in_length(concepts.LEG_LENGTH, length),
    )


def _sphere(_annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    radius = float(np.linalg.norm(drawn.points[1] - drawn.points[0]))
    diameter = drawn.in_length(concepts.DIAMETER, 2 * radius)
    if drawn.scale.unit != MILLIMETRES:
        return (diameter,)
    return Measurement(concepts.VOLUME, 4 / 3 * np.pi * radius**3 / 1000.0, concepts.ML), diameter


def _area(annotation: Annotation, drawn: _Drawn) -> tuple[Measurement, ...]:
    ring = drawn.scale.places(outline(annotation).rings[0])
    if annotation.kind is _K.ELLIPSE:
        a, b = (float(np.linalg.norm(drawn.points[end + 1] - drawn.points[end])) / 2 for end in (0, 2))
        area, round_about = np.pi * a * b, _ellipse_perimeter(a, b)
    else:
        area = _ring_area(ring)
        round_about = float(np.linalg.norm(np.roll(ring, -1, axis=0) - ring, axis=1).sum())
    in_mm = drawn.scale.unit == MILLIMETRES
    unit = concepts.MM2 if in_mm else concepts.PIXEL
    return Measurement(concepts.AREA, area, unit), drawn.in_length(concepts.PERIMETER, round_about)


def _ring_area(ring: Points) -> float:
    """Give the area of a plane polygon in space."""
    around = ring - ring[0]
    return float(np.linalg.norm(np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0))) / 2


def _ellipse_perimeter(a: float, b: float) -> float:
    """Approximate it as Ramanujan (1914) does; the error is below 0.04 %."""
    if a + b == 0:
        return 0.0
    h = ((a - b) / (a + b)) ** 2
    return float(np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))


_SHAPES: dict[AnnotationKind, Callable[[Annotation, _Drawn], tuple[Measurement, ...]]] = {
    _K.LENGTH: _length,
    _K.LENGTH_3D: _length,
    _K.PROFILE: _length,
    _K.BIDIRECTIONAL: _axes,
    _K.ANGLE: _angle,
    _K.COBB: _cobb,
    _K.CARDIOTHORACIC: _cardiothoracic,
    _K.LIMB: _limb,
    _K.SPHERE: _sphere,
    **{kind: _area for kind, traits in TRAITS.items() if traits.closed},
}


# Values.


def _values(annotation: Annotation, images: MeasuredImages) -> tuple[Measurement, ...]:
    volume, kind = images.volume, annotation.kind
    if kind is _K.PROBE:
        value = point_value(volume, annotation)
        return () if value is None else (_told(images, value, None),)
    if TRAITS[kind].closed:
        return _statistics(images, region_values(volume, annotation))
    if kind is _K.SPHERE:
        return _statistics(images, sphere_values(volume, annotation, quick=images.quick))
    if kind is _K.PROFILE:
        return _statistics(images, line_values(volume, annotation)[1])
    return ()


def _told(images: MeasuredImages, value: float, derivation: CodedConcept | None) -> Measurement:
    return Measurement(images.value_concept, images.quantity.told(value), images.value_unit, derivation)


def _statistics(images: MeasuredImages, values: NDArray[np.float32]) -> tuple[Measurement, ...]:
    """Give mean, standard deviation (of all values, not of a sample), lowest and highest."""
    known = values[np.isfinite(values)].astype(np.float64)
    if not len(known):
        return ()
    deviation = float(known.std()) * abs(images.quantity.factor)
    low, high = sorted((float(known.min()), float(known.max())), key=images.quantity.told)
    return (
        _told(images, float(known.mean()), concepts.MEAN),
        Measurement(images.value_concept, deviation, images.value_unit, concepts.DEVIATION),
        _told(images, low, concepts.MINIMUM),
        _told(images, high, concepts.MAXIMUM),
    )
