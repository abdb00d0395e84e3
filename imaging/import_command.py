"""`sense import`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import ExitStatus
from core.progress import PartProgress, Progress
from core.series import Series
from imaging.found_file import Rejected
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.series_listing import describe
from imaging.value_range import ValueRanges


@dataclass(frozen=True)
class ImportOptions:
    """What to import, and how.

    Parameters
    ----------
    paths : tuple of Path
        Files, folders, archives and DICOMDIRs.
    copy : bool
        Copy the files into the library.
    """

    paths: tuple[Path, ...] = field(
        metadata={"help": "files, folders, archives and DICOMDIRs", "positional": True, "metavar": "PATH"}
    )
    copy: bool = field(
        default=False, metadata={"help": "copy the files into the library instead of referring to them"}
    )


@dataclass(frozen=True)
class ImportReport:
    """What `sense import` prints."""

    series: tuple[Series, ...]
    rejected: tuple[Rejected, ...]

    @property
    def exit_status(self) -> ExitStatus:
        """Bad input when nothing at all could be used."""
        return ExitStatus.DONE if self.series or not self.rejected else ExitStatus.BAD_INPUT

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "series": [series.to_json() for series in self.series],
            "rejected": [item.to_json() for item in self.rejected],
        }

    def __str__(self) -> str:
        """Give one line for each series."""
        return "\n".join(describe(series) for series in self.series)


def import_command(context: Context, options: ImportOptions) -> ImportReport:
    """Import what the options name into the library of the context, and measure the range of the values."""
    library, progress = context.library, context.progress
    result = import_paths(
        library, options.paths, copy=options.copy, progress=PartProgress(progress, 0.0, 0.5)
    )
    with StudyIndex.open(library) as index:
        ranges = ValueRanges(index)
        series = [
            ranges.measured(found, progress=_share(progress, number, len(result.series)))
            for number, found in enumerate(result.series)
        ]
    return ImportReport(tuple(series), result.rejected)


def _share(progress: Progress, number: int, count: int) -> PartProgress:
    return PartProgress(progress, 0.5 + 0.5 * number / count, 0.5 + 0.5 * (number + 1) / count)
