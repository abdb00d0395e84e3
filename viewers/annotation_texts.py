"""Measurements of annotations as they are written beside them and in the table."""

from collections.abc import Callable, Iterable

from core.annotation import Annotation, AnnotationKind
from core.coded_concept import CodedConcept
from core.measurement import Measurement
from core.message import Message
from viewers import measured_concepts as concepts
from viewers.annotation_kinds import TRAITS
from viewers.annotation_values import Readings
from viewers.unit_text import unit_text

Translate = Callable[[Message], str]

_MOST_LINES = 5
_SUPERSCRIPTS = {"mm2": "mm²", "cm2": "cm²"}
_SQUARE_CM = 100.0
_PLAIN = (AnnotationKind.LENGTH, AnnotationKind.ANGLE, AnnotationKind.COBB, AnnotationKind.LENGTH_3D)


def value_text(measurement: Measurement) -> str:
    """Give a value with its unit and as many digits as it deserves."""
    value, unit = measurement.value, measurement.unit
    if unit == concepts.DEGREE:
        return f"{value:.1f}°"
    if unit == concepts.RATIO:
        return f"{value:.2f}"
    if unit == concepts.MM2 and value >= _SQUARE_CM:
        return f"{value / _SQUARE_CM:.2f} cm²"
    if unit == concepts.PIXEL:
        return f"{value:.1f} px" + ("²" if measurement.name == concepts.AREA else "")
    if unit in (concepts.MM, concepts.MM2):
        digits = 1 if value >= 1 else 3
        return f"{value:.{digits}f} {_SUPERSCRIPTS.get(unit.value, unit.value)}"
    meaning = unit.meaning if unit in concepts.UNITS.values() and unit.value != "1" else unit_text(unit)
    return f"{number_text(value)} {meaning}".strip()


def number_text(value: float) -> str:
    """Give a value of an image."""
    if value == round(value) and abs(value) < 1e7:
        return f"{value:.0f}"
    return f"{value:.1f}" if 10 <= abs(value) < 1e5 else f"{value:.4g}"


def named_text(measurement: Measurement, translate: Translate) -> str:
    """Give a value with what it is."""
    told: CodedConcept = measurement.derivation or measurement.name
    return f"{translate(concepts.concept_title(told))} {value_text(measurement)}"


def measured_lines(annotation: Annotation, readings: Readings, translate: Translate) -> list[str]:
    """Give what is written beside an annotation, without the user's text."""
    found = readings.measurements[:_MOST_LINES]
    if annotation.kind in _PLAIN and found:
        return [value_text(found[0])]
    if annotation.kind is AnnotationKind.PROBE and found:
        return [f"{_quantity_name(found[0])}{value_text(found[0])}"]
    return [named_text(one, translate) for one in found]


def _quantity_name(measurement: Measurement) -> str:
    return f"{measurement.name.meaning} " if measurement.name.meaning.startswith("SUV") else ""


def label(annotation: Annotation, readings: Readings, translate: Translate) -> str:
    """Give all that is written beside an annotation, one line below the other."""
    own = annotation.text.splitlines()
    return "\n".join([*own, *measured_lines(annotation, readings, translate)])


def row_title(annotation: Annotation, translate: Translate) -> str:
    """Name an annotation in a table: by the user's text, or else by its kind."""
    lines = annotation.text.split("\n")
    return lines[0] or translate(TRAITS[annotation.kind].title)


def row_value(annotation: Annotation, readings: Readings) -> str:
    """Give the value that a table shows."""
    found = readings.measurements
    if annotation.kind is AnnotationKind.BIDIRECTIONAL and len(found) == 2:
        return " × ".join(value_text(one) for one in found)
    return value_text(found[0]) if found else ""


def as_table(rows: Iterable[tuple[Annotation, Readings]], translate: Translate) -> str:
    """Give annotations as lines of tab-separated text, to be pasted into a table."""
    lines: list[str] = []
    for annotation, readings in rows:
        values = [named_text(one, translate) for one in readings.measurements]
        title = " ".join(annotation.text.split()) or translate(TRAITS[annotation.kind].title)
        lines.append("\t".join([title, *values]))
    return "\n".join(lines)
