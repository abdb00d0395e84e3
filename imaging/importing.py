"""Importing files, folders, archives and DICOMDIRs into the library."""

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, replace

from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from core.worker_process import WorkerDied, WorkerLimits, WorkerPool, WorkerTimedOut
from imaging.archive import USUAL_LIMITS, ArchiveLimits, Unpacker
from imaging.dicomdir import listed_files
from imaging.discovery import count_files, discover
from imaging.file_store import FileStore
from imaging.found_file import Found, Rejected, rejected
from imaging.header import DirectoryListing, Outcome, read_header, read_headers, read_plain
from imaging.index import StudyIndex
from imaging.index_writing import add_instances, known_series, refresh_series, stale_series
from imaging.instance import Instance
from imaging.sniffing import FileKind

OnSeries = Callable[[Series], None]
_BATCH = 64
_WORKERS = 2
_BATCH_LIMITS = WorkerLimits(seconds=60.0)
_FILE_LIMITS = WorkerLimits(seconds=20.0)
_MOST_AUDITED = 500
_GROWTH = 4  # a series that comes in pieces is announced again when it is so many times larger


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
        self._unpacker = Unpacker(self._store, limits, progress)
        self._rejected: list[Rejected] = []
        self._touched: dict[str, int] = {}  # series, and the number of files when it was last worked out
        self._new: dict[str, int] = {}
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
        for uid in stale_series(self._index):
            for series in refresh_series(self._index, uid):
                self._on_series(series)
        uids = [uid for uid, count in self._new.items() if count]
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
        batches = _Batches(self._odd(self._unknown(items)))
        # The pool draws from `calls` ahead of what it answers, in the same order.
        for future in pool.map(read_headers, batches.calls(), progress=self._progress):
            batch = batches.next_answered()
            self._take(batch, outcomes_of(future, batch, single, progress=self._progress))

    def _odd(self, files: Iterator[Found]) -> Iterator[Found]:
        """Take the plain images at once, and give the files that need the full parser."""
        while batch := list(itertools.islice(files, _BATCH)):
            outcomes = read_plain([found.path for found in batch])
            read = [(found, outcome) for found, outcome in zip(batch, outcomes, strict=True) if outcome]
            self._take([found for found, _ in read], [outcome for _, outcome in read])
            yield from (found for found, outcome in zip(batch, outcomes, strict=True) if outcome is None)

    def _unknown(self, items: Iterable[Found | Rejected]) -> Iterator[Found]:
        """Give the files that are not in the index yet."""
        for item in items:
            self._progress.check()
            if isinstance(item, Rejected):
                self._rejected.append(item)
                continue
            series_uid = known_series(self._index, item.path)
            if series_uid is None:
                yield item
            else:
                self._find_again(series_uid)
                self._pending.discard(item.path)
                self._done += 1

    def _find_again(self, series_uid: str) -> None:
        """Tell of a series that is in the index already, which is all that is new of it."""
        if series_uid not in self._touched:
            self._touched[series_uid] = 0
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
        added = add_instances(self._index, instances)
        self._pending.difference_update(sources)
        copies = [one.series_uid for one in instances if not added.get(one.series_uid)]
        for uid in dict.fromkeys(copies):  # the same files are in the index already
            self._find_again(uid)
        self._announce(added)
        self._done += len(batch)
        self._progress.report(
            min(0.99, self._done / self._total),
            message(QT_TRANSLATE_NOOP("Message", "Files read: {count}"), count=self._done),
        )

    def _announce(self, counts: dict[str, int]) -> None:
        """Work out the series that ended or grew a lot, so that each file is looked at a few times only."""
        for uid, count in counts.items():
            self._new[uid] = self._new.get(uid, 0) + count
            self._touched.setdefault(uid, 0)
        for uid in stale_series(self._index):
            size = self._new.get(uid, 0)
            if uid not in counts or size >= _GROWTH * self._touched.get(uid, 0):
                self._touched[uid] = size
                for series in refresh_series(self._index, uid):
                    self._on_series(series)

    def _copied(self, instance: Instance) -> Instance:
        path = self._store.copy(instance.path)
        return replace(instance, path=path, modified_ns=os.stat(path).st_mtime_ns)  # noqa: PTH116

    def _discard(self, found: Found) -> None:
        if found.stored:
            self._pending.discard(found.path)
            _remove(found.path)


class _Batches:
    """Cuts a stream of files into batches and remembers those that are on their way."""

    def __init__(self, files: Iterator[Found]) -> None:
        self._files = files
        self._under_way: list[list[Found]] = []

    def calls(self) -> Iterator[tuple[list[str]]]:
        """Give the arguments of one call after the other."""
        while batch := list(itertools.islice(self._files, _BATCH)):
            self._under_way.append(batch)
            yield ([found.path for found in batch],)

    def next_answered(self) -> list[Found]:
        """Give the oldest batch that is on its way."""
        return self._under_way.pop(0)


def outcomes_of(
    future: "Future[list[Outcome]]", batch: Sequence[Found], single: WorkerPool, *, progress: Progress
) -> list[Outcome]:
    """Give what became of a batch; where its reader died, of each of its files read alone."""
    try:
        return future.result()
    except (WorkerDied, WorkerTimedOut):
        # One of them is to blame; the others shall not suffer.
        alone = single.map(read_header, ((found.path,) for found in batch), progress=progress)
        return [_alone(one) for one in alone]


def _alone(future: "Future[Outcome]") -> Outcome:
    try:
        return future.result()
    except WorkerTimedOut:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: it takes too long.")
    except WorkerDied:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: the reader crashed on it.")
    return message(text, name="")


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108 - names may be in any encoding
    except FileNotFoundError:
        return
