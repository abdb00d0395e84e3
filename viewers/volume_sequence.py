"""The volumes of one series that lie on the same grid: times, phases, b-values. They play like a film."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.library import Library
from core.message import Message
from core.progress import SILENT, Progress
from core.series import Series
from core.slice_geometry import SliceGeometry
from core.volume import Volume
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.loading import load_part

# Decimal strings of one place may differ by their rounding.
_SAME_MM = 1e-2
_SAME_DIRECTION = 1e-4
_MEMORY_SHARE = 0.4
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class SequenceVolume:
    """One loaded volume of a sequence.

    Parameters
    ----------
    volume : Volume
        Complete.
    series : Series
        Its part of the series, with the range of its values.
    warnings : tuple of Message
        Of the series and of its loading.
    """

    volume: Volume
    series: Series
    warnings: tuple[Message, ...]


@dataclass(frozen=True, eq=False)
class SeriesParts:
    """What a series holds.

    Parameters
    ----------
    shown : tuple of Series
        All parts that can be shown, in the order of the library.
    sequence : tuple of Series
        Those on the grid of the open one, itself among them; in the same order.
    files : dict of str to SeriesPart
        Files of each of the sequence's parts.
    """

    shown: tuple[Series, ...] = ()
    sequence: tuple[Series, ...] = ()
    files: dict[str, SeriesPart] | None = None

    @property
    def contents(self) -> list[tuple[str, str, int]]:
        """What tells whether another listing of the sequence lists the same files."""
        return [(one.series_uid, one.part, one.instances) for one in self.sequence]

    def index_of(self, series: Series | None) -> int:
        """Give the place of a part in the sequence; -1 where it is not in it."""
        keys = [(one.series_uid, one.part) for one in self.sequence]
        key = None if series is None else (series.series_uid, series.part)
        return keys.index(key) if key in keys else -1


def find_parts(library: Library, series: Series) -> SeriesParts:
    """List the parts of a series, and find the files of those that play together."""
    with StudyIndex.open(library) as index:
        shown = tuple(one for one in index.find_series(series.series_uid) if one.geometry is not None)
        sequence = on_one_grid(series, shown)
        if len(sequence) < _FEWEST:
            return SeriesParts(shown)
        wanted = {one.part for one in sequence}
        files = split_series(index.all_instances(series.series_uid))
        return SeriesParts(shown, sequence, {part.part: part for part in files if part.part in wanted})


def on_one_grid(series: Series, parts: Iterable[Series]) -> tuple[Series, ...]:
    """Give the parts whose slices lie where those of `series` lie; () where the images have no place."""
    geometry = series.geometry
    if geometry is None or not geometry.lps_known:
        return ()
    return tuple(part for part in parts if part.geometry is not None and _same(part.geometry, geometry))


def played_together(listed: Iterable[Series]) -> list[tuple[Series, ...]]:
    """Gather the parts of each series that play together, in the order of their first ones."""
    groups: dict[str, list[list[Series]]] = {}
    for series in listed:
        of_series = groups.setdefault(series.series_uid, [])
        group = next((group for group in of_series if on_one_grid(group[0], (series,))), None)
        if group is None:
            of_series.append([series])
        else:
            group.append(series)
    return [tuple(group) for of_series in groups.values() for group in of_series]


def _same(one: SliceGeometry, other: SliceGeometry) -> bool:
    if (one.kind, one.shape_ijk, one.lps_known) != (other.kind, other.shape_ijk, other.lps_known):
        return False
    turned = max(
        np.abs(one.row_direction - other.row_direction).max(),
        np.abs(one.column_direction - other.column_direction).max(),
    )
    moved = np.abs(one.positions_lps_mm - other.positions_lps_mm).max()
    return bool(
        turned < _SAME_DIRECTION and moved < _SAME_MM and np.allclose(one.spacing_mm, other.spacing_mm, 1e-4)
    )


def same_grid(one: Volume | None, other: Volume | None) -> bool:
    """Tell whether two volumes lie on the same grid, so that one may take the other's place in a view."""
    if one is None or other is None:
        return False
    same = one.shape_ijk == other.shape_ijk and one.is_colour == other.is_colour
    return same and bool(np.allclose(one.lps_from_ijk, other.lps_from_ijk, rtol=1e-4, atol=_SAME_MM))


def load_volume(
    library: Library, parts: SeriesParts, series: Series, *, progress: Progress = SILENT
) -> SequenceVolume:
    """Load a part of a sequence, quietly.

    Raises
    ------
    BadInput
        When none of its slices can be read.
    Cancelled
        Within 200 ms of the cancel.
    """
    assert parts.files is not None
    loaded = load_part(parts.files[series.part], series, progress=progress)
    if loaded.value_range is not None:
        with StudyIndex.open(library) as index:
            index.set_value_range(series, *loaded.value_range)
    return SequenceVolume(loaded.volume, loaded.listed, loaded.warnings)


def volumes_in_memory(volume_bytes: int) -> int:
    """Give how many volumes of a sequence may be held at once: 40 % of the memory that is free."""
    import psutil

    return max(_FEWEST, int(_MEMORY_SHARE * psutil.virtual_memory().available / max(volume_bytes, 1)))


def wanted_volumes(current: int, count: int, most: int, direction: int = 1) -> list[int]:
    """Give the volumes to hold, the most wanted first: the current one, then those that a film shows next."""
    return [(current + direction * step) % count for step in range(min(count, most))]
