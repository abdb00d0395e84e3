"""Reads a stream in a thread of its own, so that a cancel never waits for the network."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

from core.progress import Progress

_BLOCK_BYTES = 2**18
_CHECK_INTERVAL_S = 0.1
_WAITING_BLOCKS = 8


class Stream(Protocol):
    """Something with bytes to read."""

    def read1(self, n: int = -1, /) -> bytes:
        """Give what is there, at most `n` bytes; b"" at the end."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


S = TypeVar("S", bound=Stream)


class BlockReader(Generic[S]):
    """Opens a stream and reads it; leaving the context abandons a read that still waits.

    Parameters
    ----------
    open_stream : callable
        Connects and gives the stream.
    """

    def __init__(self, open_stream: Callable[[], S]) -> None:
        self._open = open_stream
        self._items: queue.Queue[S | bytes | BaseException] = queue.Queue(_WAITING_BLOCKS)
        self._left = threading.Event()

    def __enter__(self) -> "BlockReader[S]":
        """Start."""
        threading.Thread(target=self._work, name="download", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop: the thread ends after what it waits for, and nobody waits for it."""
        self._left.set()

    def opened(self, progress: Progress) -> S:
        """Wait for the stream; raise what opening it raised, or `Cancelled`."""
        item = self._next(progress)
        assert not isinstance(item, bytes)
        return item

    def blocks(self, progress: Progress) -> Iterator[bytes]:
        """Give the bytes as they come; raise what reading raised, or `Cancelled`."""
        while block := self._next(progress):
            assert isinstance(block, bytes)
            yield block

    def _next(self, progress: Progress) -> S | bytes:
        while True:
            progress.check()
            with contextlib.suppress(queue.Empty):
                item = self._items.get(timeout=_CHECK_INTERVAL_S)
                if isinstance(item, BaseException):
                    raise item
                return item

    def _work(self) -> None:
        try:
            stream = self._open()
            try:
                self._give(stream)
                block = b"first"
                while block and not self._left.is_set():
                    block = stream.read1(_BLOCK_BYTES)
                    self._give(block)
            finally:
                stream.close()
        except BaseException as error:  # raised again where the blocks are taken
            self._give(error)

    def _give(self, item: S | bytes | BaseException) -> None:
        while not self._left.is_set():
            with contextlib.suppress(queue.Full):
                self._items.put(item, timeout=_CHECK_INTERVAL_S)
                return
