"""The volume of a series that is named by its UID, its folder, an archive or a file."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from core.volume import Volume
from imaging.export_command import find_volume
from imaging.geometry import split_series
from imaging.index import StudyIndex
from imaging.loaded_series import LoadedSeries
from imaging.loading import load_part, load_series
from imaging.reference_series import images_in


@dataclass(frozen=True, eq=False)
class SeriesVolume:
    """What was loaded.

    Parameters
    ----------
    volume : Volume
        All slices.
    series_uid, modality : str
        As stored.
    notes : tuple of Message
        What is odd about it.
    """

    volume: Volume
    series_uid: str
    modality: str
    notes: tuple[Message, ...] = ()


def series_volume(
    library: Library, given: str, part: str | None = None, progress: Progress = SILENT
) -> SeriesVolume:
    """Load a series of the library, or one that is not in it.

    Parameters
    ----------
    given : str
        SeriesInstanceUID, or a path.
    part : str, optional
        Which volume of a series that holds several. Of a path it is the largest by default.

    Raises
    ------
    BadInput
        When there is no such series, or nothing of it can be read.
    UsageError
        When several volumes are meant.
    """
    path = Path(given).expanduser()
    loaded = (
        load_outside(path, part, progress) if path.exists() else load_stored(library, given, part, progress)
    )
    series = loaded.series
    return SeriesVolume(loaded.volume, series.series_uid, series.modality, loaded.warnings)


def load_stored(library: Library, uid: str, part: str | None, progress: Progress) -> LoadedSeries:
    """Load a series of the library; see `series_volume`."""
    with StudyIndex.open(library) as index:
        series = find_volume(index, uid, part)
        return load_series(index, series, progress=progress)


def load_outside(path: Path, part: str | None, progress: Progress) -> LoadedSeries:
    """Load a series that is not in the library; see `series_volume`."""
    parts = [one for one in split_series(images_in(path)) if one.geometry is not None and one.frames]
    chosen = [one for one in parts if part is None or one.part == part]
    if not chosen:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no volume that can be shown.")
        raise BadInput(message(text, path=str(path)))
    largest = max(chosen, key=lambda one: len(one.frames))
    first = largest.frames[0].instance
    series = Series(
        first.series_uid,
        first.study_uid,
        largest.part,
        first.modality,
        first.series_description,
        first.series_number,
        len(largest.instances),
        largest.geometry,
    )
    return load_part(largest, series, progress=progress)
