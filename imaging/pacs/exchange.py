"""What the user does with a PACS: look, get, and leave a trace of it in the audit trail."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from core.errors import BadInput, Cancelled, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from imaging.found_file import Rejected
from imaging.importing import OnSeries
from imaging.index import StudyIndex
from imaging.pacs.client import PacsClient, client_of
from imaging.pacs.failures import AnswerFailed, PacsError
from imaging.pacs.incoming import Incoming
from imaging.pacs.peers import PeerAddress
from imaging.pacs.records import Query, RemoteInstance, RemoteSeries, RemoteStudy

_SETTLED_AT = 200  # objects that wait for the index at most


@dataclass(frozen=True)
class Retrieved:
    """What became of a retrieval.

    Parameters
    ----------
    series : tuple of Series
        Of the study, as the library has them now.
    received, present : int
        Objects that came, and that were there before.
    missing : int
        Objects that the server named and did not give.
    rejected : tuple of Rejected
        Received, but not to be used.
    """

    series: tuple[Series, ...]
    received: int
    present: int
    missing: int
    rejected: tuple[Rejected, ...]


@contextmanager
def audited(library: Library, action: str, peer: PeerAddress, uids: Sequence[str] = ()) -> Iterator[None]:
    """Write to the audit trail what was exchanged with whom, and whether it came about."""
    outcome = "done"
    try:
        yield
    except Cancelled:
        outcome = "cancelled"
        raise
    except SenseError as error:
        outcome = type(error).__name__
        raise
    finally:
        library.audit.append(action, (*uids, peer.name), outcome)


def echo(library: Library, peer: PeerAddress, *, token: str = "", progress: Progress = SILENT) -> None:
    """Return when a PACS answers; `PacsError` says why it does not."""
    with audited(library, "care.pacs.echo", peer):
        client_of(peer, token).echo(progress)


def find_studies(
    library: Library, peer: PeerAddress, query: Query, *, token: str = "", progress: Progress = SILENT
) -> list[RemoteStudy]:
    """Find studies on a PACS, the newest first."""
    with audited(library, "care.pacs.find", peer):
        found = client_of(peer, token).studies(query, progress)
    return sorted(found, key=lambda study: (study.study_date, study.study_time), reverse=True)


def find_series(
    library: Library, peer: PeerAddress, query: Query, *, token: str = "", progress: Progress = SILENT
) -> list[RemoteSeries]:
    """Find the series of all studies that match; of the modality alone where one is asked for."""
    studies = find_studies(library, peer, query, token=token, progress=progress)
    client = client_of(peer, token)
    found: list[RemoteSeries] = []
    for number, study in enumerate(studies):
        progress.report(number / len(studies))
        found += client.series(study.study_uid, progress)
    return [one for one in found if query.modality in ("", "*", one.modality)]


def retrieve_study(
    library: Library,
    peer: PeerAddress,
    study_uid: str,
    *,
    token: str = "",
    progress: Progress = SILENT,
    on_series: OnSeries | None = None,
) -> Retrieved:
    """Get the objects of a study that the library does not hold yet.

    Whatever ends it early, a cancel or the server, what came is in the library; the next call gets the rest.

    Parameters
    ----------
    on_series : callable, optional
        Called in this thread with every series as it grows.

    Raises
    ------
    BadInput
        When the server has no such study.
    PacsError
        When the server failed in the middle.
    """
    with audited(library, "care.pacs.get", peer, (study_uid,)):
        retrieval = _Retrieval(library, client_of(peer, token), progress, on_series)
        return retrieval.run(study_uid, peer.name)


class _Retrieval:
    """The state of one retrieval."""

    def __init__(
        self, library: Library, client: PacsClient, progress: Progress, on_series: OnSeries | None
    ) -> None:
        self._library, self._client, self._on_series = library, client, on_series
        self._progress = progress
        self._incoming = Incoming(library)
        self._expected = 0

    def run(self, study_uid: str, peer_name: str) -> Retrieved:
        self._incoming.settle(self._on_series)  # what a killed program left
        series = self._client.series(study_uid, self._progress)
        listed = self._listed(series)
        if not listed and any(one.instances is None or one.instances > 0 for one in series):
            return self._run_unlisted(study_uid, series)
        if not listed:
            text = QT_TRANSLATE_NOOP("Message", "{peer} has no images of the study {uid}.")
            raise BadInput(message(text, peer=peer_name, uid=study_uid))
        wanted = self._missing(listed)
        self._expected, before = len(wanted), self._incoming.received
        try:
            self._fetch(listed, wanted)
        except PacsError as error:
            self._incoming.settle(self._on_series)
            raise self._interrupted(error, listed) from error
        finally:
            self._incoming.settle(self._on_series)
        return Retrieved(
            series=self._series(study_uid),
            received=self._incoming.received - before,
            present=len(listed) - len(wanted),
            missing=len(self._missing(listed)),
            rejected=tuple(self._incoming.rejected),
        )

    def _listed(self, series: Sequence[RemoteSeries]) -> list[RemoteInstance]:
        """Give the objects of some series; none where the server cannot be asked for them (PS3.4 C.6.2)."""
        try:
            found = self._client.instances(series, self._progress)
        except AnswerFailed:
            return []
        return list({one.sop_uid: one for one in found if one.sop_uid}.values())

    def _run_unlisted(self, study_uid: str, series: Sequence[RemoteSeries]) -> Retrieved:
        """Get whole series from a server that tells of series alone; what is there twice is kept once."""
        self._expected = sum(one.instances or 0 for one in series)
        before, present = self._incoming.received, 0
        try:
            for one in series:
                held = self._held(one)
                if one.instances and held >= one.instances:
                    present += held
                    continue
                wanted = RemoteInstance(one.study_uid, one.series_uid, "", "")
                self._client.fetch([wanted], True, self._receive, self._progress)
                self._progress.check()
        finally:
            self._incoming.settle(self._on_series)
        return Retrieved(
            series=self._series(study_uid),
            received=self._incoming.received - before,
            present=present,
            missing=sum(max(0, (one.instances or 0) - self._held(one)) for one in series),
            rejected=tuple(self._incoming.rejected),
        )

    def _held(self, series: RemoteSeries) -> int:
        with StudyIndex.open(self._library) as index:
            uids = {one.sop_uid for one in index.all_instances(series.series_uid)}
            return sum(holds(index, uid) for uid in uids)

    def _fetch(self, listed: Sequence[RemoteInstance], wanted: Sequence[RemoteInstance]) -> None:
        in_series = {
            uid: len(list(group)) for uid, group in groupby(sorted(one.series_uid for one in listed))
        }
        by_series = sorted(wanted, key=lambda one: one.series_uid)
        for uid, group in groupby(by_series, key=lambda one: one.series_uid):
            part = list(group)
            self._client.fetch(part, len(part) == in_series[uid], self._receive, self._progress)
            self._progress.check()

    def _receive(self, blocks: Iterable[bytes]) -> None:
        self._incoming.keep(blocks)
        count = self._incoming.received
        text = QT_TRANSLATE_NOOP("Message", "Images received: {count} of {total}")
        try:
            self._progress.report(
                min(0.99, count / max(1, self._expected)), message(text, count=count, total=self._expected)
            )
        except Cancelled:
            return  # the object is safe; who waits for the server sees the cancel
        if count % _SETTLED_AT == 0:
            self._incoming.settle(self._on_series)

    def _missing(self, listed: Sequence[RemoteInstance]) -> list[RemoteInstance]:
        with StudyIndex.open(self._library) as index:
            return [one for one in listed if not holds(index, one.sop_uid)]

    def _interrupted(self, error: PacsError, listed: Sequence[RemoteInstance]) -> PacsError:
        here = len(listed) - len(self._missing(listed))
        text = QT_TRANSLATE_NOOP("Message", "{error} {count} of {total} images are here.")
        hint = QT_TRANSLATE_NOOP("Message", "Get the study again to receive the rest.")
        return PacsError(
            message(text, error=error.message, count=here, total=len(listed)), error.hint or message(hint)
        )

    def _series(self, study_uid: str) -> tuple[Series, ...]:
        with StudyIndex.open(self._library) as index:
            return tuple(index.series_of(study_uid))


def holds(index: StudyIndex, sop_uid: str) -> bool:
    """Tell whether the library has an object, and its file."""
    rows = index.rows("SELECT path FROM instances WHERE sop_uid = ?", sop_uid)
    return any(Path(index.paths.decode(row["path"])).exists() for row in rows)
