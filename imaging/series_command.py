"""`sense series`."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.worker_process import WorkerProcess
from imaging.index import StudyIndex
from imaging.series_listing import describe
from imaging.suv import Suv, SuvKind, read_suv

_DERIVED = {"SEG", "RTSTRUCT", "RTDOSE", "RTPLAN", "SR", "KO", "PR", "DOC", "RWV", "ANN"}


@dataclass(frozen=True)
class SeriesOptions:
    """Which series to describe.

    Parameters
    ----------
    series_uid : str
        SeriesInstanceUID.
    """

    series_uid: str = field(
        metadata={"help": "SeriesInstanceUID", "positional": True, "metavar": "SERIES_UID"}
    )


@dataclass(frozen=True)
class SeriesReport:
    """What `sense series` prints."""

    parts: tuple[Series, ...]
    derived: tuple[Series, ...]
    objects: Mapping[str, Sequence[Mapping[str, Any]]]
    suv: Mapping[SuvKind, Suv | Message] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give the first part's fields, all parts, what was derived from it, and the SUV of PET."""
        own = self.parts[0].series_uid
        first = {series.series_uid: series for series in reversed(self.derived)}
        report: dict[str, Any] = {
            **self.parts[0].to_json(),
            "series": [part.to_json() for part in self.parts],
            "derived": [
                {
                    **series.to_json(),
                    # Once for each series, however many parts its frames make.
                    **({"objects": self.objects[series.series_uid]} if series in first.values() else {}),
                }
                for series in self.derived
            ],
            **({"objects": self.objects[own]} if own in self.objects else {}),
        }
        if self.suv:
            report["suv"] = {kind.value: _suv_json(found) for kind, found in self.suv.items()}
        return report

    def __str__(self) -> str:
        """Give one line for each part, then the derived objects."""
        lines = [describe(part) for part in self.parts]
        return "\n".join(lines + [f"derived: {describe(series)}" for series in self.derived])


def _suv_json(found: Suv | Message) -> dict[str, Any]:
    return {"refused": str(found)} if isinstance(found, Message) else asdict(found)


def series_command(context: Context, options: SeriesOptions) -> SeriesReport:
    """Describe a series; `BadInput` when the library has none with that UID."""
    with StudyIndex.open(context.library) as index:
        parts = index.find_series(options.series_uid)
        if not parts:
            text = QT_TRANSLATE_NOOP("Message", "{uid}: the library holds no series with this UID.")
            hint = QT_TRANSLATE_NOOP("Message", "Import it first; sense import --json names the UIDs.")
            raise BadInput(message(text, uid=options.series_uid), message(hint))
        derived = tuple(index.derived(options.series_uid))
        described = [*derived, *(part for part in parts[:1] if part.modality in _DERIVED)]
        objects = {series.series_uid: _objects(index, series.series_uid) for series in described}
        pet = next((part for part in parts if part.modality == "PT" and part.geometry is not None), None)
        first = index.instances(pet)[:1] if pet is not None else []
    return SeriesReport(tuple(parts), derived, objects, _suv(first[0].path) if first else {})


def _suv(path: str) -> Mapping[SuvKind, Suv | Message]:
    with closing(WorkerProcess()) as worker:
        return worker.call(read_suv, path)


def _objects(index: StudyIndex, series_uid: str) -> list[dict[str, Any]]:
    """Describe the objects of a derived series; one that cannot be read says why."""
    from imaging.derived_contents import contents_of

    found: list[dict[str, Any]] = []
    for instance in index.all_instances(series_uid):
        try:
            found.append(contents_of(Path(instance.path)))
        except BadInput as error:
            found.append({"kind": "unreadable", "reason": str(error)})
    return found
