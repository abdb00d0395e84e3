"""Small questions answered away from the GUI thread, the newest first."""

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, message

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Call:
    key: Hashable
    work: Callable[[], Any]
    done: Callable[[Any], None]
    dropped: Callable[[], None]


class _Relay(QObject):
    finished = Signal(object, object)


class BackgroundCalls:
    """One worker thread that answers the newest call first; a call supersedes an older one of the same key.

    The thread lives only while there is something to do. Results come on the thread that made this object
    (the GUI thread); none comes after `close`.

    Parameters
    ----------
    on_error : callable
        Given the `SenseError` of a call that failed.
    limit : int, optional
        Waiting calls above this number are dropped, oldest first; None for no limit.
    """

    def __init__(self, on_error: Callable[[SenseError], None], limit: int | None = None) -> None:
        self._on_error = on_error
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, _Call] = {}
        self._newest: dict[Hashable, _Call] = {}
        self._thread: threading.Thread | None = None
        self._closed = False
        self._relay = _Relay()
        self._relay.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def call(
        self,
        key: Hashable,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        dropped: Callable[[], None] = lambda: None,
    ) -> None:
        """Run `work()` in the thread and `done(result)` here, unless a newer call of `key` comes first.

        `dropped()` is called instead, also here, where too many newer calls of other keys came first.
        """
        call, oldest = _Call(key, work, done, dropped), None
        with self._lock:
            if self._closed:
                return
            self._waiting.pop(key, None)
            self._waiting[key] = self._newest[key] = call
            if self._limit is not None and len(self._waiting) > self._limit:
                oldest = self._waiting.pop(next(iter(self._waiting)))
                del self._newest[oldest.key]
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="background-calls", daemon=True)
                self._thread.start()
        if oldest is not None:
            oldest.dropped()

    def pending(self, key: Hashable) -> bool:
        """Tell whether a call of `key` has not been delivered yet."""
        with self._lock:
            return key in self._newest

    def close(self) -> None:
        """Drop what waits, and wait for the call that runs."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
            self._newest.clear()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
                _, call = self._waiting.popitem()
            self._relay.finished.emit(call, _outcome(call))

    def _deliver(self, call: _Call, outcome: Any) -> None:
        with self._lock:
            if self._closed or self._newest.get(call.key) is not call:
                return
            del self._newest[call.key]
        if isinstance(outcome, SenseError):
            self._on_error(outcome)
        elif not isinstance(outcome, BaseException):
            call.done(outcome)


def _outcome(call: _Call) -> Any:
    """Run the call; what went wrong is handed over, not raised into the thread's nowhere."""
    try:
        return call.work()
    except (SenseError, Cancelled) as error:
        return error
    except Exception as error:
        _log.exception("background call failed")
        text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
        return SenseError(message(text, kind=type(error).__name__))
