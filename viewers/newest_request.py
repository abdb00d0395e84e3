"""Work on the newest request only: what a view asks for while the user moves on."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

from core.errors import Cancelled
from imaging.reslice import StopFlag

_log = logging.getLogger(__name__)
Request = TypeVar("Request")
Result = TypeVar("Result")


class NewestRequest(Generic[Request, Result]):
    """Answers requests one after the other in a worker thread, leaving out those that were superseded.

    Parameters
    ----------
    pool : Executor
        Lends a thread while there is something to do.
    work : callable
        `work(request, stop)`, in the worker thread; may raise `Cancelled` once `stop` was stopped.
    deliver : callable
        `deliver(result)`, in the worker thread.
    """

    def __init__(
        self,
        pool: Executor,
        work: Callable[[Request, StopFlag], Result],
        deliver: Callable[[Result], None],
    ) -> None:
        self._pool = pool
        self._work = work
        self._deliver = deliver
        self._lock = threading.Lock()
        self._waiting: Request | None = None
        self._stop: StopFlag | None = None
        self._busy = False

    def ask(self, request: Request, *, stop_running: bool = False) -> None:
        """Work on `request` next, instead of any other that waits.

        Parameters
        ----------
        stop_running : bool
            Stop what is being worked on. Else it is finished first, so that pictures keep coming while
            requests arrive faster than they can be answered.
        """
        with self._lock:
            self._waiting = request
            if stop_running and self._stop is not None:
                self._stop.stop()
            if self._busy:
                return
            self._busy = True
        self._submit()

    def cancel(self) -> None:
        """Stop what is being worked on and forget what waits."""
        with self._lock:
            self._waiting = None
            if self._stop is not None:
                self._stop.stop()

    def _take(self) -> tuple[Request, StopFlag] | None:
        with self._lock:
            request, self._waiting = self._waiting, None
            if request is None:
                self._busy = False
                self._stop = None
                return None
            self._stop = StopFlag()
            return request, self._stop

    def _answer(self) -> None:
        taken = self._take()
        if taken is None:
            return
        try:
            self._deliver(self._work(*taken))
        except Cancelled:
            pass
        except Exception:
            # The boundary of the thread: the view keeps its last picture, and the log has the cause.
            _log.exception("a picture could not be made")
        # At the end of the queue again: views that share the threads take turns.
        self._submit()

    def _submit(self) -> None:
        try:
            self._pool.submit(self._answer)
        except RuntimeError:
            # The pool was shut down: the views are gone.
            self._busy = False
