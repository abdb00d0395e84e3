"""Importing files, folders, archives and DICOMDIRs into the library."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from core.worker_process import WorkerLimits, WorkerPool
from imaging.archive import USUAL_LIMITS, ArchiveLimits, Unpacker
from imaging.dicomdir import listed_files
from imaging.discovery import count_files, discover
from imaging.file_store import FileStore
from imaging.found_file import Found, Rejected, rejected
from imaging.growing_series import GrowingSeries
from imaging.header import DirectoryListing, Outcome, decode_plain, read_headers
from imaging.header_batches import OddBatches, batched, outcomes_of, scanned_ahead
from imaging.index import StudyIndex
from imaging.index_adding import Fate, add_instances, known_series
from imaging.instance import Instance
from imaging.plain_decoding import PlainDecoder
from imaging.sniffing import FileKind

OnSeries = Callable[[Series], None]
_WORKERS = 2
_BATCH_LIMITS = WorkerLimits(seconds=60.0)
_FILE_LIMITS = WorkerLimits(seconds=20.0)
_MOST_AUDITED = 500


@dataclass(frozen=True)
class ImportResult:
    """What became of an import.

    Parameters
    ----------
    series : tuple of Series
        All that the files belong to, also those that were there before.
    rejected : tuple of Rejected
        What could not be used, and why.
    """

    series: tuple[Series, ...]
    rejected: tuple[Rejected, ...]


def import_paths(
    library: Library,
    paths: Iterable[str | os.PathLike[str]],
    *,
    copy: bool = False,
    progress: Progress = SILENT,
    on_series: OnSeries | None = None,
    limits: ArchiveLimits = USUAL_LIMITS,
) -> ImportResult:
    """Index what lies at `paths`; what is there already changes nothing.

    Parameters
    ----------
    library : Library
        Receives the files.
    paths : iterable of path
        Files, folders, archives (zip, tar, tar.gz, ...) and DICOMDIRs.
    copy : bool
        Copy the files into the library instead of leaving them where they are; members of archives always
        are.
    progress : Progress
        A cancel keeps what was indexed so far, complete series by series.
    on_series : callable, optional
        Called in this thread with every series as soon as it can be opened, also one that is in the index
        already, and again when it has grown.
    limits : ArchiveLimits
        What is refused as a bomb.

    Returns
    -------
    ImportResult
        One item that fails never stops the others.
    """
    given = [os.fspath(path) for path in paths]
    with StudyIndex.open(library) as index:
        running = _Import(index, copy=copy, progress=progress, on_series=on_series, limits=limits)
        try:
            running.run(given)
        finally:
            running.settle()
        return running.result()


class _Import:
    """The state of one import."""

    def __init__(
        self,
        index: StudyIndex,
        *,
        copy: bool,
        progress: Progress,
        on_series: OnSeries | None,
        limits: ArchiveLimits,
    ) -> None:
        self._index = index
        self._copy = copy
        self._progress = progress
        self._on_series = on_series or (lambda series: None)
        self._store = FileStore(index.library.files_folder)
        self._decoder = PlainDecoder()
        self._unpacker = Unpacker(self._store, limits, progress)
        self._rejected: list[Rejected] = []
        self._growing = GrowingSeries(index)
        self._touched: dict[str, None] = {}  # all series of the files, in the order of their coming
        self._nested: list[tuple[Found, FileKind | DirectoryListing]] = []
        self._pending: set[str] = set()
        self._done = self._total = 0

    def run(self, paths: Sequence[str]) -> None:
        """Read everything: first what was named, then what lies in the archives among it, and so on."""
        with (
            closing(WorkerPool(_WORKERS, _BATCH_LIMITS)) as pool,
            closing(WorkerPool(1, _FILE_LIMITS)) as single,
        ):
            self._store.sweep()
            self._total = max(1, count_files(paths))
            self._read_all(discover(paths), pool, single)
            while self._nested:
                nested, self._nested = self._nested, []
                self._read_all(itertools.chain.from_iterable(map(self._open, nested)), pool, single)

    def settle(self) -> None:
        """Leave nothing half done, whatever happened."""
        for path in self._pending:
            _remove(path)
        for series in self._growing.work_out_all():
            self._on_series(series)
        uids = self._growing.grown()
        for start in range(0, len(uids), _MOST_AUDITED):
            self._index.library.audit.append("care.import", tuple(uids[start : start + _MOST_AUDITED]))

    def result(self) -> ImportResult:
        """Give what became of everything."""
        found = (self._index.find_series(uid) for uid in self._touched)
        return ImportResult(tuple(itertools.chain.from_iterable(found)), tuple(self._rejected))

    def _open(self, nested: tuple[Found, FileKind | DirectoryListing]) -> Iterator[Found | Rejected]:
        found, content = nested
        if isinstance(content, DirectoryListing):
            yield from listed_files(found, content)
            return
        for item in self._unpacker.members(found, content):
            if isinstance(item, Found):
                self._total += 1
                if item.stored:
                    self._pending.add(item.path)
            yield item
        self._discard(found)

    def _read_all(self, items: Iterable[Found | Rejected], pool: WorkerPool, single: WorkerPool) -> None:
        batches = OddBatches(self._odd(self._unknown(items)))
        # The pool draws from `calls` ahead of what it answers, in the same order.
        for future in pool.map(read_headers, batches.calls(), progress=self._progress):
            batch = batches.next_answered()
            self._take(batch, outcomes_of(future, batch, single, progress=self._progress))

    def _odd(self, batches: Iterator[list[Found]]) -> Iterator[Found]:
        """Take the plain images at once, and give the files that need the full parser."""
        with closing(scanned_ahead(batches)) as scanned:
            for batch, headers in scanned:
                outcomes = decode_plain(headers, self._decoder)
                read = [(found, outcome) for found, outcome in zip(batch, outcomes, strict=True) if outcome]
                self._take([found for found, _ in read], [outcome for _, outcome in read])
                yield from (found for found, outcome in zip(batch, outcomes, strict=True) if outcome is None)

    def _unknown(self, items: Iterable[Found | Rejected]) -> Iterator[list[Found]]:
        """Give the files that are not in the index yet."""
        for batch in batched(self._found(items)):
            series = known_series(self._index, [found.path for found in batch])
            for found, series_uid in zip(batch, series, strict=True):
                if series_uid is not None:
                    self._find_again(series_uid)
                    self._pending.discard(found.path)
                    self._done += 1
            if unknown := [found for found, uid in zip(batch, series, strict=True) if uid is None]:
                yield unknown

    def _found(self, items: Iterable[Found | Rejected]) -> Iterator[Found]:
        for item in items:
            self._progress.check()
            if isinstance(item, Rejected):
                self._rejected.append(item)
            else:
                yield item

    def _find_again(self, series_uid: str) -> None:
        """Tell of a series that is in the index already, which is all that is new of it."""
        if series_uid not in self._touched:
            self._touched[series_uid] = None
            for series in self._index.find_series(series_uid):
                self._on_series(series)

    def _take(self, batch: Sequence[Found], outcomes: Sequence[Outcome]) -> None:
        instances: list[Instance] = []
        sources: set[str] = set()
        for found, outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Instance):
                kept = self._copied(outcome) if self._copy and not found.depth else outcome
                sources.add(kept.path)
                instances.append(kept)
            elif isinstance(outcome, FileKind | DirectoryListing):
                self._nested.append((found, outcome))
            else:
                self._rejected.append(rejected(found, outcome))
                self._discard(found)
        fates = add_instances(self._index, instances)
        self._pending.difference_update(sources)
        self._growing.add(instances, fates)
        for instance, fate in zip(instances, fates, strict=True):
            if fate is Fate.THERE:
                self._find_again(instance.series_uid)
            else:
                self._touched.setdefault(instance.series_uid)
        for series in self._growing.work_out():
            self._on_series(series)
        self._done += len(batch)
        self._progress.report(
            min(0.99, self._done / self._total),
            message(QT_TRANSLATE_NOOP("Message", "Files read: {count}"), count=self._done),
        )

    def _copied(self, instance: Instance) -> Instance:
        path = self._store.copy(instance.path)
        return replace(instance, path=path, modified_ns=os.stat(path).st_mtime_ns)  # noqa: PTH116

    def _discard(self, found: Found) -> None:
        if found.stored:
            self._pending.discard(found.path)
            _remove(found.path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108 - names may be in any encoding
    except FileNotFoundError:
        return
