"""What the annotations of the open series measure, computed once for each."""

from collections.abc import Callable
from dataclasses import replace

from core.annotation import Annotation
from core.message import QT_TRANSLATE_NOOP, message
from viewers.annotation_values import MeasuredImages, Readings, measure

_MOST_KEPT = 1000
_NOTHING = Readings((), message(QT_TRANSLATE_NOOP("Message", "Nothing is open.")))


class AnnotationReadings:
    """Measures annotations on what is open, and remembers it until that changes. Main thread only.

    Parameters
    ----------
    images : callable
        Gives what is open, or None.
    key : callable
        Gives what the values depend on besides the annotation.

    Attributes
    ----------
    quick : bool
        Set while the user drags; statistics of large bodies are then those of some of their voxels.
    """

    def __init__(self, images: Callable[[], MeasuredImages | None], key: Callable[[], object]) -> None:
        self._images = images
        self._key = key
        self._known_for: object = None
        self.quick = False
        self._known: dict[Annotation, Readings] = {}

    def __call__(self, annotation: Annotation) -> Readings:
        """Measure an annotation."""
        key = (self._key(), self.quick)
        if key != self._known_for or len(self._known) > _MOST_KEPT:
            self._known_for = key
            self._known = {}
        found = self._known.get(annotation)
        if found is None:
            images = self._images()
            found = _NOTHING if images is None else measure(annotation, replace(images, quick=self.quick))
            self._known[annotation] = found
        return found
