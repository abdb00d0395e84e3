"""What the library browser lists: the question, the answer, and how an old list becomes a new one."""

import json
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from core.series import Series
from core.study import Study
from imaging.name_search import name_order
from viewers.object_kinds import OBJECT_MODALITIES

SERIES_MIME_TYPE = "application/x-sense-series"
SeriesKey = tuple[str, str]


class StudyOrder(StrEnum):
    """Ways to sort the studies."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"


class StudySource(Protocol):
    """The part of the study index that listing needs."""

    def studies(self, search: str = "") -> list[Study]:
        """Give the studies that match `search`."""
        ...


@dataclass(frozen=True)
class LibraryQuery:
    """What the user wants to see.

    Parameters
    ----------
    search : str
        Words to look for; "" for everything.
    order : StudyOrder
        How to sort.
    modalities : frozenset of str
        Only studies that hold one of these; empty for all.
    """

    search: str = ""
    order: StudyOrder = StudyOrder.NEWEST
    modalities: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LibraryCounts:
    """How much there is."""

    patients: int = 0
    studies: int = 0
    series: int = 0
    images: int = 0


@dataclass(frozen=True)
class LibraryAnswer:
    """The studies to list, with what the filter row and the footer show.

    Parameters
    ----------
    query : LibraryQuery
        The question that this answers.
    studies : tuple of Study
        Sorted as asked for.
    modalities : tuple of str
        All that the library holds, most frequent first.
    shown, total : LibraryCounts
        Counts of the listed studies and of the whole library.
    """

    query: LibraryQuery
    studies: tuple[Study, ...]
    modalities: tuple[str, ...]
    shown: LibraryCounts
    total: LibraryCounts


def find_studies(source: StudySource, query: LibraryQuery) -> LibraryAnswer:
    """Ask the index and sort what it gives; runs in a worker thread."""
    everything = source.studies("")
    found = source.studies(query.search) if query.search.strip() else everything
    if query.modalities:
        found = [study for study in found if query.modalities.intersection(study.modalities)]
    studies = sort_studies(found, query.order)
    return LibraryAnswer(query, studies, _modalities(everything), count(studies), count(everything))


def sort_studies(studies: Iterable[Study], order: StudyOrder) -> tuple[Study, ...]:
    """Sort by date and time or by patient name, a Chinese one by its pinyin; what is missing comes last."""
    if order is StudyOrder.NAME:
        return tuple(sorted(studies, key=_name_key))
    dated = sorted(studies, key=_date_key, reverse=order is StudyOrder.NEWEST)
    return tuple([s for s in dated if s.date] + [s for s in dated if not s.date])


def _date_key(study: Study) -> tuple[str, str, str]:
    return study.date, study.time, study.study_uid


def _name_key(study: Study) -> tuple[bool, str, str, str]:
    name = study.patient_name
    return not name, name_order(name), name, study.date


def count(studies: Sequence[Study]) -> LibraryCounts:
    """Count patients (by ID and name), studies, series and images."""
    patients = {(study.patient_id, study.patient_name.casefold()) for study in studies}
    series, images = sum(s.series for s in studies), sum(s.instances for s in studies)
    return LibraryCounts(len(patients), len(studies), series, images)


def _modalities(studies: Iterable[Study]) -> tuple[str, ...]:
    counter = Counter(modality for study in studies for modality in study.modalities if modality)
    return tuple(sorted(counter, key=lambda modality: (-counter[modality], modality)))


@dataclass(frozen=True)
class RowStep:
    """Rows `first` to `last` (inclusive) to insert or to remove."""

    insert: bool
    first: int
    last: int


def row_steps(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[RowStep] | None:
    """Tell which rows to remove and then to insert, in order, so that `old` becomes `new`.

    A list that only grows or shrinks keeps its selection and its open branches that way.

    Returns
    -------
    list of RowStep or None
        None where common rows changed their order; the list must then be reset.
    """
    kept_new, kept_old = set(old), set(new)
    if [key for key in old if key in kept_old] != [key for key in new if key in kept_new]:
        return None
    removals = [RowStep(False, a, b) for a, b in _runs([i for i, k in enumerate(old) if k not in kept_old])]
    inserts = [RowStep(True, a, b) for a, b in _runs([i for i, k in enumerate(new) if k not in kept_new])]
    return removals[::-1] + inserts


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def listed_series(series: Iterable[Series], derived: Collection[str] = ()) -> list[Series]:
    """Give the rows of a study: a derived object has one, without a picture of its own.

    Its frames are no images to look at one by one, and its segments no volumes: it is seen on its images.

    Parameters
    ----------
    series : iterable of Series
        Of the study.
    derived : collection of str
        Series UIDs of what is derived though its modality is that of images.
    """
    rows: list[Series] = []
    seen: set[str] = set()
    for one in series:
        if one.modality not in OBJECT_MODALITIES and one.series_uid not in derived:
            rows.append(one)
        elif one.series_uid not in seen:
            seen.add(one.series_uid)
            rows.append(replace(one, part="", geometry=None, warnings=()))
    return rows


def series_key(series: Series) -> SeriesKey:
    """Give what tells one volume of the library from all others: series UID and part."""
    return series.series_uid, series.part


def encode_series(series: Sequence[Series]) -> bytes:
    """Pack series for a drag: a JSON list of (series UID, part)."""
    return json.dumps([series_key(one) for one in series]).encode()


def decode_series(data: bytes) -> list[SeriesKey]:
    """Read what `encode_series` packed; an empty list for anything else."""
    try:
        keys = json.loads(data)
        return [(str(uid), str(part)) for uid, part in keys]
    except (ValueError, TypeError):
        return []
