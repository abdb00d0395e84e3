"""Work on a sequence in turns: of two threads, each takes every second item and remembers its last one."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
State = TypeVar("State")

# How many results may wait to be fetched.
_MOST_WAITING = 6


class _Turns(Generic[Item, Result, State]):
    """What the threads share.

    Between two items a thread waits for nobody: under load every hand-over costs the wait for a free core.
    """

    def __init__(
        self,
        items: Iterable[Item],
        work: Callable[[Item, int, State], tuple[Result, State]],
        start: State,
        workers: int,
    ) -> None:
        self._items = iter(items)
        self._work, self._start = work, start
        self._reading = threading.Lock()
        self._queues: list[deque[tuple[int, Item]]] = [deque() for _ in range(workers)]
        self._count = 0
        self._ended = False
        self._changed = threading.Condition()
        self._results: dict[int, tuple[Item, Result]] = {}
        self._next = 0
        self._failure: BaseException | None = None
        self._stopped = False
        self._threads = [
            threading.Thread(target=self._loop, args=(number,), name=f"capture-{number}", daemon=True)
            for number in range(workers)
        ]

    def run(self) -> Iterator[tuple[Item, Result]]:
        """Give the results in the order of the items."""
        for thread in self._threads:
            thread.start()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(self._has_news)
                    if self._next not in self._results:
                        break
                    ended = self._results.pop(self._next)
                    self._next += 1
                    self._changed.notify_all()
                yield ended
        finally:
            with self._changed:
                self._stopped = True
                self._changed.notify_all()
            for thread in self._threads:
                thread.join()
        if self._failure is not None:
            raise self._failure

    def _has_news(self) -> bool:
        failed = self._failure is not None
        return failed or self._next in self._results or (self._ended and self._next >= self._count)

    def _loop(self, number: int) -> None:
        state = self._start
        try:
            while (taken := self._take(number)) is not None:
                index, item = taken
                result, state = self._work(item, index, state)
                with self._changed:
                    self._results[index] = (item, result)
                    self._changed.notify_all()
                    self._changed.wait_for(
                        lambda index=index: self._stopped or index < self._next + _MOST_WAITING
                    )
        except BaseException as error:  # raised again in the thread that fetches
            with self._changed:
                self._failure = self._failure or error
                self._stopped = True
                self._changed.notify_all()

    def _take(self, number: int) -> tuple[int, Item] | None:
        """Give this thread's next item; those read on the way are left for the others."""
        with self._reading:
            while not self._queues[number] and not self._ended and not self._stopped:
                try:
                    item = next(self._items)
                except StopIteration:
                    with self._changed:
                        self._ended = True
                        self._changed.notify_all()
                    break
                self._queues[self._count % len(self._queues)].append((self._count, item))
                self._count += 1
            return None if self._stopped or not self._queues[number] else self._queues[number].popleft()


def in_turns(
    items: Iterable[Item],
    work: Callable[[Item, int, State], tuple[Result, State]],
    start: State,
    *,
    workers: int,
) -> Iterator[tuple[Item, Result]]:
    """Work on the items in threads and give the results in their order.

    Parameters
    ----------
    items : iterable
        Read by the threads, one at a time.
    work : callable
        Takes an item, its number and the state that came from the thread's item before, which is the one
        `workers` places earlier; gives the result and the new state.
    start : object
        The state before the first items.
    workers : int
        How many threads.

    Raises
    ------
    Exception
        Whatever `items` or `work` raises; results that are not there by then are lost.
    """
    return _Turns(items, work, start, workers).run()
