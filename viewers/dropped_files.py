"""Importing what was dropped, as a job that tells of every series as soon as it can be opened."""

from collections.abc import Callable
from pathlib import Path

from core.errors import BadInput, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.importing import ImportResult, import_paths

_MOST_SENTENCES = 3


def import_dropped(
    library: Library, paths: list[Path], on_series: Callable[[Series], None], *, progress: Progress = SILENT
) -> ImportResult:
    """Index files, folders and archives where they are, or copied in where the user chose so.

    Returns
    -------
    ImportResult
        The series that were found and the files that were rejected.

    Raises
    ------
    BadInput
        When the one file that there was cannot be used, or there was none.
    """
    copy = library.settings.get("import.copy", False)
    result = import_paths(library, paths, copy=copy, progress=progress, on_series=on_series)
    if not result.series and len(result.rejected) == 1:
        raise BadInput(result.rejected[0].reason)
    if not result.series and not result.rejected:
        name = paths[0].name if paths else ""
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path}: no DICOM images found."), path=name))
    return result


def rejection_notices(result: ImportResult) -> list[SenseError]:
    """Give what to tell of the rejected files: a sentence for each where they are few, else one for all."""
    reasons = [rejected.reason for rejected in result.rejected]
    if len(reasons) <= _MOST_SENTENCES:
        return [BadInput(reason) for reason in reasons]
    text = QT_TRANSLATE_NOOP("Message", "Files that were not imported: {count}.")
    hint = QT_TRANSLATE_NOOP("Message", "The jobs panel (Ctrl+J) says why for each of them.")
    return [BadInput(message(text, count=len(reasons)), message(hint))]
