"""`sense report`: the measurements of a series as a DICOM object, a table or JSON."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import PartProgress

if TYPE_CHECKING:
    from core.series import Series
    from imaging.index import StudyIndex


@dataclass(frozen=True)
class ReportOptions:
    """What to write, and where.

    Parameters
    ----------
    series_uid : str
        A series of the library.
    output : Path
        `.dcm`, `.json` or `.tsv`.
    part : str, optional
        Which volume of a series that holds several.
    state : bool
        Write a presentation state (GSPS) instead of a report (SR) to a `.dcm` file.
    force : bool
        Replace an existing file.
    """

    series_uid: str = field(metadata={"help": "UID of a series", "positional": True, "metavar": "SERIES_UID"})
    output: Path = field(
        metadata={
            "help": ".dcm (structured report), .json or .tsv",
            "flag": "-o",
            "metavar": "OUT",
            "written": True,
        }
    )
    part: str | None = field(
        default=None, metadata={"help": "which volume of a series that holds several", "metavar": "P"}
    )
    state: bool = field(
        default=False, metadata={"help": "write a presentation state instead of a report to a .dcm file"}
    )
    force: bool = field(default=False, metadata={"help": "replace an existing file"})


@dataclass(frozen=True)
class ReportWritten:
    """What `sense report` prints."""

    output: Path
    measurements: tuple[dict[str, Any], ...]
    warnings: tuple[Message, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "output": str(self.output),
            "measurements": list(self.measurements),
            "warnings": [str(warning) for warning in self.warnings],
        }

    def __str__(self) -> str:
        """Give one line for each measurement."""
        lines: list[str] = []
        for one in self.measurements:
            shown = ", ".join(value["shown"] for value in one["values"][:1])
            lines.append(f"{one['text'] or one['kind']}  {shown}".rstrip())
        return "\n".join([*lines, *(str(warning) for warning in self.warnings)])


def report_command(context: Context, options: ReportOptions) -> ReportWritten:
    """Write what was measured on a series in the window."""
    from imaging.export_command import find_volume
    from imaging.index import StudyIndex
    from imaging.loading import load_series
    from viewers.annotation_files import (
        STATE,
        AnnotatedSeries,
        annotated_images,
        annotation_json,
        form_of,
        write_annotations,
    )
    from viewers.annotation_store import AnnotationStore
    from viewers.annotation_values import MeasuredImages
    from viewers.quantity import STORED
    from viewers.series_facts import find_facts, has_facts

    output = options.output.expanduser().absolute()
    form = STATE if options.state else form_of(output)
    store = AnnotationStore(context.library)
    with StudyIndex.open(context.library) as index:
        series = _annotated(store, index, find_volume, options)
        loaded = load_series(index, series, progress=PartProgress(context.progress, 0.0, 0.9))
    volume = loaded.volume
    part = None if volume.lps_known else series.part
    facts = find_facts(context.library, series) if has_facts(series) else None
    usable = [one for one in (facts.quantities if facts else ()) if one.refusal is None]
    measured = MeasuredImages(
        volume,
        usable[0] if usable else STORED,
        series.modality,
        facts.regions if facts else (),
        store.load_calibration(series.series_uid) or (facts.calibration if facts else None),
    )
    images = annotated_images(context.library, series, volume)
    source = AnnotatedSeries(images, store.load(series.series_uid, part), measured)
    warnings = write_annotations(output, source, form, force=options.force)
    listed = tuple(annotation_json(one, source.readings(one)) for one in source.annotations)
    return ReportWritten(output, listed, warnings)


def _annotated(store: Any, index: "StudyIndex", find_volume: Any, options: ReportOptions) -> "Series":
    series: Series = find_volume(index, options.series_uid, options.part)
    if series.series_uid not in store.counts():
        text = QT_TRANSLATE_NOOP("Message", "{uid}: nothing has been measured on this series.")
        raise BadInput(message(text, uid=series.series_uid))
    return series
