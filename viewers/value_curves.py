"""Curves of values: along a line, and under a shape over the times of a series."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.annotation import Annotation, AnnotationKind
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.volume import Volume
from viewers.annotation_kinds import TRAITS
from viewers.annotation_shapes import moved, points_of
from viewers.annotation_values import MeasuredImages
from viewers.measuring_scale import MILLIMETRES
from viewers.values_under import line_values, point_value, region_values, sphere_values
from viewers.volume_sequence import same_grid

_K = AnnotationKind
_ALONG = message(QT_TRANSLATE_NOOP("Message", "Values along the line"))
_OVER_TIME = message(QT_TRANSLATE_NOOP("Message", "Mean over the volumes"))
_OVER_IMAGES = message(QT_TRANSLATE_NOOP("Message", "Mean over the images"))


@dataclass(frozen=True, eq=False)
class ValueCurve:
    """One curve to be plotted.

    Parameters
    ----------
    title : Message
        What it shows.
    places, values : (n,) float64
        In order of the places; NaN where there is no value.
    place_unit, value_unit : str
        "" for none.
    """

    title: Message
    places: NDArray[np.float64]
    values: NDArray[np.float64]
    place_unit: str = ""
    value_unit: str = ""


def has_curve(annotation: Annotation, volume: Volume, volumes: int) -> bool:
    """Whether there is a curve to show: of a line, or of a shape where the series has several times."""
    if annotation.kind is _K.PROFILE:
        return not volume.is_colour
    over_time = volumes > 1 or _is_film(volume)
    return over_time and not volume.is_colour and _has_values(annotation)


def _has_values(annotation: Annotation) -> bool:
    return TRAITS[annotation.kind].closed or annotation.kind in (_K.SPHERE, _K.PROBE)


def _is_film(volume: Volume) -> bool:
    """Whether the slices of a volume are images one after the other, with no place in the patient."""
    return not volume.lps_known and volume.shape_ijk[2] > 1


def value_curve(
    annotation: Annotation, images: MeasuredImages, volumes: Mapping[int, Volume]
) -> ValueCurve | None:
    """Make the curve of an annotation; None where it has none.

    Parameters
    ----------
    volumes : mapping of int to Volume
        The volumes of the sequence that are in memory, by their number from 0.
    """
    if not has_curve(annotation, images.volume, len(volumes)):
        return None
    unit = images.value_unit.meaning if images.value_unit.value != "1" else ""
    if annotation.kind is _K.PROFILE:
        return _profile(annotation, images, unit)
    if len(volumes) > 1:
        on = {number: one for number, one in volumes.items() if same_grid(one, images.volume)}
        told = {number + 1: _mean(annotation, one) for number, one in sorted(on.items())}
        return _curve(_OVER_TIME, told, images, unit)
    return _curve(_OVER_IMAGES, _over_images(annotation, images.volume), images, unit)


def _profile(annotation: Annotation, images: MeasuredImages, unit: str) -> ValueCurve:
    places, values = line_values(images.volume, annotation)
    scale = images.scale(annotation)
    first, last = scale.places(points_of(annotation))
    length = float(np.linalg.norm(last - first))
    share = places / places[-1] if len(places) and places[-1] > 0 else places
    told = values.astype(np.float64) * images.quantity.factor + images.quantity.offset
    in_mm = scale.unit == MILLIMETRES
    return ValueCurve(_ALONG, share * length, told, "mm" if in_mm else "px", unit)


def _curve(title: Message, told: Mapping[int, float], images: MeasuredImages, unit: str) -> ValueCurve:
    places = np.array(list(told), np.float64)
    values = np.array(list(told.values()), np.float64)
    return ValueCurve(title, places, values * images.quantity.factor + images.quantity.offset, "", unit)


def _over_images(annotation: Annotation, volume: Volume) -> dict[int, float]:
    """Give the mean under a shape on every image of a film."""
    step = volume.lps_from_ijk[:3, 2]
    here = float((volume.ijk_from_lps @ np.append(points_of(annotation).mean(axis=0), 1.0))[2])
    return {k + 1: _mean(moved(annotation, step * (k - here)), volume) for k in range(volume.shape_ijk[2])}


def _mean(annotation: Annotation, volume: Volume) -> float:
    if annotation.kind is _K.PROBE:
        value = point_value(volume, annotation)
        return np.nan if value is None else value
    if annotation.kind is _K.SPHERE:
        values = sphere_values(volume, annotation)
    else:
        values = region_values(volume, annotation)
    known = values[np.isfinite(values)]
    return float(known.mean(dtype=np.float64)) if len(known) else np.nan
