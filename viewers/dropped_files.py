"""Importing what was dropped, as a job that tells of every series as soon as it can be opened."""

from collections.abc import Callable
from pathlib import Path

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series


def import_dropped(
    library: Library, paths: list[Path], on_series: Callable[[Series], None], *, progress: Progress = SILENT
) -> tuple[int, int]:
    """Index files, folders and archives where they are, or copied in where the user chose so.

    Returns
    -------
    tuple of int
        How many series were found and how many files were rejected.

    Raises
    ------
    BadInput
        When nothing could be used; the message has the first reason.
    """
    from imaging.importing import import_paths

    copy = library.settings.get("import.copy", False)
    result = import_paths(library, paths, copy=copy, progress=progress, on_series=on_series)
    if not result.series:
        if result.rejected:
            raise BadInput(result.rejected[0].reason)
        name = paths[0].name if paths else ""
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path}: no DICOM images found."), path=name))
    return len(result.series), len(result.rejected)
