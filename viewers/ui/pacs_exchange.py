"""Exchange with PACS as jobs; what comes of them is told on the main thread."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import Progress
from core.series import Series
from core.services import Services
from imaging.pacs.peers import PeerAddress
from imaging.pacs.records import Query
from viewers.ui.background_calls import BackgroundCalls

PACS_GROUP = "pacs"
_RETRY_MS = 30_000


class PacsExchange(QObject):
    """Runs the exchange; a newer call of a kind supersedes the older one.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    echoed = Signal(object)
    found = Signal(object)
    retrieved = Signal(object)
    sent = Signal(object)
    waiting = Signal(int)
    failed = Signal(object)
    ended = Signal()
    series_known = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._calls = BackgroundCalls(services.report_error)
        self._sending: int | None = None
        self._answered.connect(lambda signal, result: signal.emit(result), Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self, interval=_RETRY_MS)
        self._timer.timeout.connect(self.look_at_queue)
        self._timer.start()

    def close(self) -> None:
        """End the work in the background."""
        self._timer.stop()
        self._calls.close()

    def echo(self, peer: PeerAddress) -> None:
        """Ask whether a server answers; `echoed(peer)`."""
        from imaging.pacs.exchange import echo

        def work(progress: Progress) -> PeerAddress:
            echo(self._services.library, peer, token=_token(peer), progress=progress)
            return peer

        title = message(QT_TRANSLATE_NOOP("Message", "Test {peer}"), peer=peer.name)
        self._submit("echo", title, work, self.echoed)

    def search(self, peer: PeerAddress, query: Query) -> None:
        """Find studies; `found(list of RemoteStudy)`."""
        from imaging.pacs.exchange import find_studies

        def work(progress: Progress) -> object:
            return find_studies(self._services.library, peer, query, token=_token(peer), progress=progress)

        title = message(QT_TRANSLATE_NOOP("Message", "Search {peer}"), peer=peer.name)
        self._submit("search", title, work, self.found)

    def retrieve(self, peer: PeerAddress, study_uid: str) -> None:
        """Get a study; `series_known(series)` as they grow, `retrieved(Retrieved)` in the end."""
        from imaging.pacs.exchange import retrieve_study

        def tell(series: Series) -> None:
            self._answered.emit(self.series_known, series)

        def work(progress: Progress) -> object:
            return retrieve_study(
                self._services.library,
                peer,
                study_uid,
                token=_token(peer),
                progress=progress,
                on_series=tell,
            )

        title = message(QT_TRANSLATE_NOOP("Message", "Get study from {peer}"), peer=peer.name)
        self._submit("get", title, work, self.retrieved)

    def send(self, peer: PeerAddress, series_uids: Sequence[str]) -> None:
        """Send series; `sent(Sent)`. What cannot be sent now is tried again later."""
        from imaging.pacs.sending import send_series

        def work(progress: Progress) -> object:
            return send_series(
                self._services.library, peer, series_uids, token=_token(peer), progress=progress
            )

        title = message(QT_TRANSLATE_NOOP("Message", "Send series to {peer}"), peer=peer.name)
        self._submit("send", title, work, self.sent)

    def send_waiting(self, *, now: bool = True) -> None:
        """Send what waits in the queue, or what is due of it; `sent(Sent)`."""
        from imaging.pacs.sending import send_due

        def work(progress: Progress) -> object:
            return send_due(self._services.library, now=now, progress=progress)

        self._sending = self._submit(
            "queue", message(QT_TRANSLATE_NOOP("Message", "Send what waits")), work, self.sent
        )

    def look_at_queue(self) -> None:
        """Tell how much waits in the queue (`waiting(number)`), and send what is due."""
        library = self._services.library

        def look() -> tuple[int, bool]:
            from imaging.pacs.send_queue import SendQueue

            if not (library.folder / "pacs.sqlite").exists():
                return 0, False
            with SendQueue(library) as queue:
                return len(queue.entries()), bool(queue.peers_due())

        self._calls.call("queue", look, self._queue_seen)

    def _queue_seen(self, seen: tuple[int, bool]) -> None:
        count, due = seen
        self.waiting.emit(count)
        if due and not any(job.id == self._sending for job in self._services.runner.active()):
            self.send_waiting(now=False)

    def _submit(self, kind: str, title: Message, work: Callable[[Progress], Any], signal: Any) -> int:
        return self._services.runner.submit(title, self._run, work, signal, group=f"{PACS_GROUP}:{kind}").id

    def _run(self, work: Callable[[Progress], Any], signal: Any, *, progress: Progress) -> None:
        # In a working thread.
        try:
            self._answered.emit(signal, work(progress))
        except SenseError as error:
            self._answered.emit(self.failed, error)
            raise
        finally:
            self._answered.emit(_Ended(self.ended), None)


class _Ended:
    """A signal without a value, emitted like one that has one."""

    def __init__(self, signal: Any) -> None:
        self._signal = signal

    def emit(self, _result: object) -> None:
        self._signal.emit()


def _token(peer: PeerAddress) -> str:
    from imaging.pacs.peers import read_token

    return read_token(peer)
