"""Sending series: into the queue first, then as much of the queue as the servers take now."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.errors import BadInput
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from imaging.found_file import Rejected
from imaging.index import StudyIndex
from imaging.instance import Instance
from imaging.pacs.client import Fate, SendOutcome, client_of
from imaging.pacs.exchange import audited
from imaging.pacs.failures import PacsError
from imaging.pacs.peers import PeerAddress, read_token
from imaging.pacs.send_queue import QueuedSend, SendQueue

_AT_ONCE = 100


@dataclass
class Sent:
    """What became of what was to be sent.

    Parameters
    ----------
    sent, waiting : int
        Objects that arrived, and those that are tried again later.
    rejected : list of Rejected
        Objects that will not arrive, by their SOP instance UIDs.
    error : PacsError, optional
        Why a server took nothing more.
    """

    sent: int = 0
    waiting: int = 0
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    error: PacsError | None = None


def queue_series(library: Library, peer: PeerAddress, series_uids: Sequence[str]) -> int:
    """Put every object of some series into the queue for a server; give their number.

    Raises
    ------
    BadInput
        When the library has no series of one of the UIDs; nothing is queued then.
    """
    with StudyIndex.open(library) as index:
        found = {uid: _sop_uids(index, uid) for uid in series_uids}
    for uid, sop_uids in found.items():
        if not sop_uids:
            text = QT_TRANSLATE_NOOP("Message", "{uid}: the library holds no series with this UID.")
            raise BadInput(message(text, uid=uid))
    with SendQueue(library) as queue:
        for uid, sop_uids in found.items():
            queue.add(peer, uid, sop_uids)
    return sum(map(len, found.values()))


def _sop_uids(index: StudyIndex, series_uid: str) -> list[str]:
    return list(dict.fromkeys(one.sop_uid for one in index.all_instances(series_uid)))


def send_series(
    library: Library,
    peer: PeerAddress,
    series_uids: Sequence[str],
    *,
    token: str = "",
    progress: Progress = SILENT,
) -> Sent:
    """Send series now; what a server that is away does not take stays in the queue."""
    total = queue_series(library, peer, series_uids)
    sent = Sent()
    _send_to(library, peer, sent, total, token=token, progress=progress, now=True)
    return sent


def send_due(library: Library, *, token: str = "", now: bool = False, progress: Progress = SILENT) -> Sent:
    """Try again what is due in the queue; everything that has not failed for good where `now` is set."""
    sent = Sent()
    with SendQueue(library) as queue:
        peers, total = queue.peers_due(now=now), len(queue.entries())
    for peer in peers:
        _send_to(library, peer, sent, total, token=token, progress=progress, now=now)
    return sent


def _send_to(
    library: Library, peer: PeerAddress, sent: Sent, total: int, *, token: str, progress: Progress, now: bool
) -> None:
    client = client_of(peer, read_token(peer, token))
    with SendQueue(library) as queue, StudyIndex.open(library) as index:
        last = 0
        while entries := queue.take(peer, _AT_ONCE, now=now, after=last):
            last = entries[-1].id
            uids = sorted({entry.series_uid for entry in entries})
            batch = _Batch(queue, sent, {entry.sop_uid: entry for entry in entries})
            try:
                instances = batch.readable(index)
                with audited(library, "care.pacs.send", peer, uids):
                    for outcome in client.store(instances, progress):
                        batch.settle(outcome)
                        text = QT_TRANSLATE_NOOP("Message", "Images sent: {count} of {total}")
                        share = min(0.99, sent.sent / max(1, total))
                        progress.report(share, message(text, count=sent.sent, total=total))
            except PacsError as error:
                sent.error = error
                batch.postpone(error.message)
                return
            finally:
                batch.give_back()


class _Batch:
    """Some objects that were taken from the queue and are being sent."""

    def __init__(self, queue: SendQueue, sent: Sent, entries: dict[str, QueuedSend]) -> None:
        self._queue, self._sent, self._open = queue, sent, entries

    def readable(self, index: StudyIndex) -> list[Instance]:
        """Give what the library still has; the rest is settled."""
        found: list[Instance] = []
        for entry in list(self._open.values()):
            files = index.files_of(entry.sop_uid)
            if files:
                found.append(files[0])
            else:
                gone = message(QT_TRANSLATE_NOOP("Message", "it is no longer in the library"))
                self._reject(self._open.pop(entry.sop_uid), gone)
        return found

    def settle(self, outcome: SendOutcome) -> None:
        """Write down what became of one object."""
        entry = self._open.pop(outcome.instance.sop_uid)
        if outcome.fate is Fate.STORED:
            self._queue.done(entry)
            self._sent.sent += 1
        elif outcome.fate is Fate.LATER and outcome.reason is not None:
            self._queue.later(entry, outcome.reason)
            self._sent.waiting += 1
        else:
            self._reject(entry, outcome.reason)

    def postpone(self, reason: Message) -> None:
        """Try the rest of it later, for the server went away."""
        for entry in self._open.values():
            self._queue.later(entry, reason)
        self._sent.waiting += len(self._open)
        self._open.clear()

    def give_back(self) -> None:
        """Leave what was not tried as it was, after a cancel."""
        for entry in self._open.values():
            self._queue.give_back(entry)

    def _reject(self, entry: QueuedSend, reason: Message | None) -> None:
        reason = reason or message(QT_TRANSLATE_NOOP("Message", "the server refused it"))
        self._queue.fail(entry, reason)
        self._sent.rejected.append(Rejected(entry.sop_uid, reason))
