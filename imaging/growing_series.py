"""The series that an import adds files to: when each is worked out again, and its latest files at hand."""

from collections.abc import Iterable, Sequence

from core.series import Series
from imaging.index import StudyIndex
from imaging.index_adding import Fate
from imaging.index_writing import refresh_series, stale_series
from imaging.instance import Instance

_GROWTH = 4
_QUIET = 4  # batches; the files of many series may come in turns
_MOST_FILES = 16384


class GrowingSeries:
    """Decides when series are worked out, so that each file is looked at a few times only, however they come.

    Parameters
    ----------
    index : StudyIndex
        Where files are added.
    """

    def __init__(self, index: StudyIndex) -> None:
        self._index = index
        self._recent = RecentFiles(index)
        self._new: dict[str, int] = {}  # files of each series
        self._known: dict[str, int] = {}  # files that it had when it was last worked out
        self._looked: dict[str, int] = {}  # files that were looked at for that, all times together
        self._latest: dict[str, int] = {}  # the batch with its latest file
        self._batches = 0

    def add(self, instances: Iterable[Instance], fates: Iterable[Fate]) -> None:
        """Take note of files and of what `add_instances` says about each."""
        self._batches += 1
        for instance, fate in zip(instances, fates, strict=True):
            uid = instance.series_uid
            self._latest[uid] = self._batches
            if fate is Fate.ADDED:
                self._recent.add(instance)
            else:  # what the index has differs from the file
                self._recent.forget(uid)
            if fate is not Fate.THERE:
                self._new[uid] = self._new.get(uid, 0) + 1
        self._recent.make_room()

    def work_out(self) -> list[Series]:
        """Work out the series that grew a lot, and those that seem to have ended."""
        found: list[Series] = []
        for uid in stale_series(self._index):
            ended = self._batches - self._latest.get(uid, -_QUIET) >= _QUIET
            if self._is_due(uid, ended=ended):
                found += self._refresh(uid)
                if ended:
                    self._recent.forget(uid)
        return found

    def work_out_all(self) -> list[Series]:
        """Work out all that is left."""
        return [series for uid in stale_series(self._index) for series in self._refresh(uid)]

    def grown(self) -> list[str]:
        """Give the UIDs of the series that got new files."""
        return list(self._new)

    def _is_due(self, uid: str, *, ended: bool) -> bool:
        size = self._new.get(uid, 0)
        return (ended and self._looked.get(uid, 0) <= size) or size >= _GROWTH * self._known.get(uid, 0)

    def _refresh(self, uid: str) -> list[Series]:
        size = self._new.get(uid, 0)
        self._known[uid] = size
        self._looked[uid] = self._looked.get(uid, 0) + size
        return refresh_series(self._index, uid, self._recent.all_of)


class RecentFiles:
    """Files that were added lately, kept so that they need not be read back from the index.

    Parameters
    ----------
    index : StudyIndex
        Where they were added.
    """

    def __init__(self, index: StudyIndex) -> None:
        self._index = index
        self._files: dict[str, list[Instance]] = {}
        self._count = 0
        self._version = self._data_version()

    def add(self, instance: Instance) -> None:
        """Keep a file."""
        self._files.setdefault(instance.series_uid, []).append(instance)
        self._count += 1

    def make_room(self) -> None:
        """Let files go where there are too many: those of the series that began longest ago."""
        while self._count > _MOST_FILES:
            self.forget(next(iter(self._files)))

    def forget(self, series_uid: str) -> None:
        """Let the files of a series go."""
        self._count -= len(self._files.pop(series_uid, ()))

    def all_of(self, series_uid: str) -> Sequence[Instance] | None:
        """Give the files of a series; None unless they are exactly those that the index has.

        Call it within a transaction.
        """
        version = self._data_version()
        if version != self._version:  # somebody else has written to the index
            self._files.clear()
            self._count, self._version = 0, version
        files = self._files.get(series_uid, ())
        query = "SELECT count(*) FROM instances WHERE series = (SELECT id FROM series WHERE uid = ?)"
        return files if files and self._index.rows(query, series_uid)[0][0] == len(files) else None

    def _data_version(self) -> int:
        return int(self._index.rows("PRAGMA data_version")[0][0])
