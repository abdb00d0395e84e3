"""`sense export`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.slice_geometry import RAS_FROM_LPS
from imaging.index import StudyIndex

if TYPE_CHECKING:
    from imaging.export import Exported


@dataclass(frozen=True)
class ExportOptions:
    """What to write, and where.

    Parameters
    ----------
    series_uid : str
        SeriesInstanceUID.
    output : Path
        Its name chooses the format.
    part : str, optional
        Which volume of a series that holds several.
    native, dicomdir, derived, force : bool
        See `imaging.export.export_series`.
    """

    series_uid: str = field(
        metadata={"help": "SeriesInstanceUID", "positional": True, "metavar": "SERIES_UID"}
    )
    output: Path = field(
        metadata={
            "help": "NAME.nii.gz, .nrrd, .mha, .png, or a folder for DICOM files",
            "flag": "-o",
            "metavar": "OUT",
        }
    )
    part: str | None = field(
        default=None, metadata={"help": "which volume of a series that holds several", "metavar": "P"}
    )
    native: bool = field(
        default=False, metadata={"help": "write the stored slices with their sheared affine, not resampled"}
    )
    force: bool = field(default=False, metadata={"help": "replace an existing output"})
    dicomdir: bool = field(
        default=False, metadata={"help": "write the DICOM folder as media hold it, with a DICOMDIR"}
    )
    derived: bool = field(
        default=False, metadata={"help": "write what was derived from it (SEG, SR, RT) into the folder too"}
    )


@dataclass(frozen=True)
class ExportReport:
    """What `sense export` prints."""

    exported: "Exported"

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the terminal is told beside the result."""
        return self.exported.notes

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints; the affine is that of the written grid, to RAS."""
        exported, volume = self.exported, self.exported.volume
        written: dict[str, Any] = {}
        if volume is not None:
            known = volume.lps_known
            written = {
                "shape": list(volume.shape_ijk),
                "spacing_mm": volume.spacing_mm.tolist(),
                "affine": (RAS_FROM_LPS @ volume.lps_from_ijk).tolist() if known else None,
            }
        return {
            "series_uid": exported.series.series_uid,
            **({"part": exported.series.part} if exported.series.part else {}),
            "format": exported.format.value,
            "output": str(exported.files[0]),
            "files": [str(file) for file in exported.files],
            "resampled": exported.resampled,
            **written,
            "warnings": [str(note) for note in exported.notes],
        }

    def __str__(self) -> str:
        """Give the output."""
        files = self.exported.files
        return str(files[0]) if len(files) == 1 else f"{files[0]} … {files[-1].name}"


def export_command(context: Context, options: ExportOptions) -> ExportReport:
    """Export one series of the library and note it in the audit trail."""
    from imaging.export import export_series, format_of

    format_of(options.output)  # a wrong name is told before anything is looked for
    with StudyIndex.open(context.library) as index:
        series = find_volume(index, options.series_uid, options.part)
        exported = export_series(
            index,
            series,
            options.output.absolute(),
            native=options.native,
            dicomdir=options.dicomdir,
            derived=options.derived,
            force=options.force,
            progress=context.progress,
        )
    context.library.audit.append("care.export", (series.series_uid,))
    return ExportReport(exported)


def find_volume(index: StudyIndex, series_uid: str, part: str | None) -> Series:
    """Find the one volume that is meant.

    Raises
    ------
    BadInput
        When the library has no such series, or it has no such part.
    UsageError
        When the series holds several volumes and none is named.
    """
    parts = index.find_series(series_uid)
    if not parts:
        text = QT_TRANSLATE_NOOP("Message", "{uid}: the library holds no series with this UID.")
        hint = QT_TRANSLATE_NOOP("Message", "Import it first; sense import --json names the UIDs.")
        raise BadInput(message(text, uid=series_uid), message(hint))
    names = ", ".join(f'"{found.part}"' for found in parts if found.geometry is not None)
    chosen = [found for found in parts if found.part == part] if part is not None else _shown(parts)
    if len(chosen) == 1:
        return chosen[0]
    hint = message(QT_TRANSLATE_NOOP("Message", "Choose with --part: {names}."), names=names)
    if not chosen:
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{uid}: it has no such part."), uid=series_uid), hint
        )
    raise UsageError(
        message(QT_TRANSLATE_NOOP("Message", "{uid}: it holds several volumes."), uid=series_uid), hint
    )


def _shown(parts: list[Series]) -> list[Series]:
    shown = [found for found in parts if found.geometry is not None]
    return shown or parts[:1]
