"""Annotations as files, and from files: structured reports, presentation states, tables."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.annotation import Annotation
from core.atomic_write import refuse_existing, write_bytes
from core.errors import BadInput, UsageError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.volume import Volume
from imaging.index import StudyIndex
from imaging.measurement_report_reading import read_measurement_report
from imaging.reference_series import source_header
from viewers.annotation_report import AnnotatedImages, annotations_of, report_of
from viewers.annotation_state import state_of
from viewers.annotation_texts import as_table, value_text
from viewers.annotation_values import MeasuredImages, Readings, measure
from viewers.derived_objects import LayerTarget
from viewers.image_places import ImagePlaces

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from core.coded_concept import InstanceReference

REPORT, STATE, TABLE, JSON = "report", "state", "table", "json"
_NO_FILES = message(
    QT_TRANSLATE_NOOP("Message", "The images of this series cannot be referred to by DICOM objects.")
)


@dataclass(frozen=True, eq=False)
class AnnotatedSeries:
    """A series with its annotations, ready to be written.

    Parameters
    ----------
    images : AnnotatedImages, optional
        The stored files; None where there are none that DICOM objects could name.
    annotations : tuple of Annotation
    measured : MeasuredImages
        What they are measured on.
    window : (float, float), optional
        Centre and width that a presentation state shows the images with; None leaves it to them.
    inverted : bool
    """

    images: AnnotatedImages | None
    annotations: tuple[Annotation, ...]
    measured: MeasuredImages
    window: tuple[float, float] | None = None
    inverted: bool = False

    def readings(self, annotation: Annotation) -> Readings:
        """Measure an annotation."""
        return measure(annotation, self.measured)


def _headers(images: AnnotatedImages, references: "tuple[InstanceReference, ...]") -> list["Dataset"]:
    """Read the headers of the named files, each once; of the first one where none is named."""
    wanted = dict.fromkeys(one.sop_uid for one in references)
    paths = {one.sop_uid: one.path for one in images.instances}
    names = list(wanted) or [images.instances[0].sop_uid]
    return [source_header(Path(paths[name])) for name in names]


def annotated_images(library: Library, series: Series, volume: Volume) -> AnnotatedImages:
    """Find the stored images of a series.

    Raises
    ------
    BadInput
        When its files have no place that could be named.
    """
    with StudyIndex.open(library) as index:
        instances = tuple(index.instances(series))
    places = ImagePlaces.of(LayerTarget(series, volume, instances)) if instances else None
    if places is None:
        raise BadInput(_NO_FILES)
    frame = str(source_header(Path(instances[0].path)).FrameOfReferenceUID)
    return AnnotatedImages(places, instances, frame, volume.lps_known)


def write_annotations(
    path: Path,
    source: AnnotatedSeries,
    form: str,
    translate: Callable[[Message], str] = str,
    *,
    force: bool = False,
) -> tuple[Message, ...]:
    """Write annotations as a report, a presentation state, a table or JSON; give what could not be written.

    Raises
    ------
    BadInput
        When there is nothing to write, or the file exists and may not be replaced.
    """
    if not source.annotations:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "There are no measurements on this series.")))
    if form in (REPORT, STATE):
        if source.images is None:
            raise BadInput(_NO_FILES)
        if form == REPORT:
            return _left_out(_write_report(path, source, source.images, force=force))
        return _left_out(_write_state(path, source, source.images, translate, force=force))
    refuse_existing(path, force=force)
    rows = [(one, source.readings(one)) for one in source.annotations]
    if form == TABLE:
        write_bytes(path, (as_table(rows, translate) + "\n").encode("utf-8-sig"))
    else:
        listed = [annotation_json(one, readings) for one, readings in rows]
        write_bytes(path, json.dumps({"measurements": listed}, indent=1, ensure_ascii=False).encode())
    return ()


def _left_out(count: int) -> tuple[Message, ...]:
    text = QT_TRANSLATE_NOOP("Message", "Measurements that lie on no stored image and are left out: {count}")
    return (message(text, count=count),) if count else ()


def _write_report(path: Path, source: AnnotatedSeries, images: AnnotatedImages, *, force: bool) -> int:
    from imaging.measurement_report_writing import write_measurement_report

    report, left_out = report_of(source.annotations, source.readings, images)
    used = tuple(region.image for group in report.groups for region in group.regions if region.image)
    write_measurement_report(path, report, _headers(images, used), force=force)
    return left_out


def _write_state(
    path: Path,
    source: AnnotatedSeries,
    images: AnnotatedImages,
    translate: Callable[[Message], str],
    *,
    force: bool,
) -> int:
    from imaging.presentation_state_writing import write_presentation_state

    if source.measured.volume.is_colour:
        text = QT_TRANSLATE_NOOP("Message", "Colour images have no greyscale presentation state.")
        raise BadInput(message(text))
    state, left_out = state_of(
        source.annotations,
        source.readings,
        images,
        translate,
        window=source.window,
        inverted=source.inverted,
    )
    if not state.images:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "No measurement lies on a stored image.")))
    write_presentation_state(path, state, _headers(images, state.images), force=force)
    return left_out


def read_annotations(path: Path, images: AnnotatedImages) -> tuple[tuple[Annotation, ...], int]:
    """Read what a report marks on the images; give it, and how many of its groups mark nothing of the kind.

    Raises
    ------
    BadInput
        When it is no report, or marks nothing on these images.
    """
    found, others = annotations_of(read_measurement_report(path), images)
    if not found:
        text = QT_TRANSLATE_NOOP(
            "Message", "The report holds no measurement on these images that can be changed."
        )
        raise BadInput(message(text))
    return found, others


def form_of(path: Path) -> str:
    """Give the form of a file by its suffix.

    Raises
    ------
    UsageError
        For any other.
    """
    forms = {".dcm": REPORT, ".json": JSON, ".csv": TABLE, ".tsv": TABLE}
    form = forms.get(path.suffix.lower())
    if form is None:
        text = QT_TRANSLATE_NOOP("Message", "{path}: measurements are written as .dcm, .json or .tsv.")
        raise UsageError(message(text, path=str(path)))
    return form


def annotation_json(annotation: Annotation, readings: Readings) -> dict[str, Any]:
    """Give an annotation with what it measures as a plain dictionary; points in RAS millimetres, too."""
    ras = [[-x, -y, z] for x, y, z in annotation.points_lps_mm]
    return {
        "uid": annotation.uid,
        "kind": annotation.kind.value,
        "text": annotation.text,
        "points_ras_mm": ras,
        "values": [one.to_json() | {"shown": value_text(one)} for one in readings.measurements],
        "calibration": str(readings.source),
    }
