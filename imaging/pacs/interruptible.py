"""Calls that block on the network and cannot be interrupted, made so that a cancel need not wait for them."""

import threading
from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from typing import TypeVar

from core.progress import Progress

T = TypeVar("T")
_LOOK_S = 0.1
_AHEAD = 8


def interruptible(call: Callable[[], T], progress: Progress, *, unwanted: Callable[[T], object]) -> T:
    """Run `call` in a thread and give its result or raise its error.

    After a cancel the thread goes on alone, and `unwanted(result)` is called in it when it is done.
    """
    answer: Queue[tuple[T | None, BaseException | None]] = Queue()
    abandoned = threading.Event()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:  # handed over to the caller, whatever it is
            answer.put((None, error))
            return
        answer.put((result, None))
        if abandoned.is_set():
            unwanted(result)

    threading.Thread(target=run, name="pacs-call", daemon=True).start()
    try:
        while True:
            progress.check()
            try:
                result, error = answer.get(timeout=_LOOK_S)
            except Empty:
                continue
            if error is not None:
                raise error
            return result  # type: ignore[return-value]
    except BaseException:
        abandoned.set()
        raise


def interruptible_blocks(blocks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    """Give the blocks of a stream that a thread reads a little ahead; a cancel does not wait for the next."""
    queue: Queue[bytes | BaseException | None] = Queue(_AHEAD)
    abandoned = threading.Event()

    def put(item: bytes | BaseException | None) -> None:
        while not abandoned.is_set():
            try:
                queue.put(item, timeout=_LOOK_S)
                return
            except Full:
                continue

    def run() -> None:
        try:
            for block in blocks:
                put(block)
                if abandoned.is_set():
                    return
            put(None)
        except BaseException as error:  # handed over to the reader, whatever it is
            put(error)

    threading.Thread(target=run, name="pacs-stream", daemon=True).start()
    try:
        while True:
            progress.check()
            try:
                item = queue.get(timeout=_LOOK_S)
            except Empty:
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        abandoned.set()


class AbortOnCancel:
    """Calls `abort()` from a thread of its own as soon as the work is cancelled.

    Use it as a context around calls that block; afterwards `progress.check()` raises.
    """

    def __init__(self, progress: Progress, abort: Callable[[], object]) -> None:
        self._progress, self._abort = progress, abort
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pacs-cancel", daemon=True)

    def __enter__(self) -> "AbortOnCancel":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        from core.errors import Cancelled

        while not self._done.wait(_LOOK_S):
            try:
                self._progress.check()
            except Cancelled:
                self._abort()
                return
