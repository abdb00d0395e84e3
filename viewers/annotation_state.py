"""Annotations as a presentation state: lines and texts on the stored images, for every other program."""

from collections.abc import Callable, Iterable

import numpy as np

from core.annotation import Annotation, AnnotationKind
from core.coded_concept import InstanceReference
from core.message import Message
from core.presentation_state import Drawing, Note, PresentationState
from viewers.annotation_report import AnnotatedImages
from viewers.annotation_shapes import points_of
from viewers.annotation_texts import label
from viewers.annotation_values import Readings
from viewers.object_layer import Points

_K = AnnotationKind
_PAIRS = (_K.COBB, _K.BIDIRECTIONAL, _K.CARDIOTHORACIC)
_POLYGONS = (_K.RECTANGLE, _K.POLYGON, _K.FREEHAND)
_BARB_SHARE = 0.15


def state_of(
    annotations: Iterable[Annotation],
    readings: Callable[[Annotation], Readings],
    images: AnnotatedImages,
    translate: Callable[[Message], str] = str,
    *,
    window: tuple[float, float] | None = None,
    inverted: bool = False,
) -> tuple[PresentationState, int]:
    """Make a presentation state; give it, and how many annotations lie on none of the stored images."""
    drawings: list[Drawing] = []
    notes: list[Note] = []
    used: dict[InstanceReference, None] = {}
    left_out = 0
    for annotation in annotations:
        k = images.slice_of(annotation)
        pixels = None if k is None else images.places.pixels(k, points_of(annotation))
        if k is None or pixels is None or not _within(pixels, images.places.size_ij):
            left_out += 1
            continue
        image = images.reference(k)
        used[image] = None
        drawings += [
            Drawing(shape, _tuple(points), images=(image,)) for shape, points in _shapes(annotation, pixels)
        ]
        text = label(annotation, readings(annotation), translate)
        if text:
            x, y = pixels[int(np.argmax(pixels[:, 0]))].tolist()
            notes.append(Note(text, anchor=(x, y), images=(image,)))
    state = PresentationState(
        "MEASUREMENTS", tuple(used), window, inverted, drawings=tuple(drawings), notes=tuple(notes)
    )
    return state, left_out


def _shapes(annotation: Annotation, pixels: Points) -> list[tuple[str, Points]]:
    kind = annotation.kind
    if kind is _K.TEXT:
        return []
    if kind is _K.ELLIPSE:
        return [("ELLIPSE", pixels)]
    if kind in _PAIRS:
        return [("POLYLINE", pixels[:2]), ("POLYLINE", pixels[2:])]
    if kind is _K.SPLINE:
        return [("INTERPOLATED", np.concatenate([pixels, pixels[:1]]))]
    if kind in _POLYGONS:
        return [("POLYLINE", np.concatenate([pixels, pixels[:1]]))]
    if kind is _K.ARROW:
        return [("POLYLINE", pixels), ("POLYLINE", _barbs(pixels))]
    return [("POINT" if len(pixels) == 1 else "POLYLINE", pixels)]


def _barbs(pixels: Points) -> Points:
    along = (pixels[0] - pixels[1]) * _BARB_SHARE
    across = np.array([-along[1], along[0]]) * 0.5
    return np.stack([pixels[1] + along + across, pixels[1], pixels[1] + along - across])


def _within(pixels: Points, size_ij: tuple[int, int]) -> bool:
    return bool((pixels >= 0).all() and (pixels <= np.array(size_ij)).all())


def _tuple(points: Points) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in points)
