"""`sense series`."""

from dataclasses import dataclass, field
from typing import Any

from core.context import Context
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.series import Series
from imaging.index import StudyIndex
from imaging.series_listing import describe


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

    def to_json(self) -> dict[str, Any]:
        """Give the first part's fields, all parts under "series", and the derived objects."""
        return {
            **self.parts[0].to_json(),
            "series": [part.to_json() for part in self.parts],
            "derived": [series.to_json() for series in self.derived],
        }

    def __str__(self) -> str:
        """Give one line for each part, then the derived objects."""
        lines = [describe(part) for part in self.parts]
        return "\n".join(lines + [f"derived: {describe(series)}" for series in self.derived])


def series_command(context: Context, options: SeriesOptions) -> SeriesReport:
    """Describe a series; `BadInput` when the library has none with that UID."""
    with StudyIndex.open(context.library) as index:
        parts = index.find_series(options.series_uid)
        if not parts:
            text = QT_TRANSLATE_NOOP("Message", "{uid}: the library holds no series with this UID.")
            hint = QT_TRANSLATE_NOOP("Message", "Import it first; sense import --json names the UIDs.")
            raise BadInput(message(text, uid=options.series_uid), message(hint))
        return SeriesReport(tuple(parts), tuple(index.derived(options.series_uid)))
