"""Frames of derived objects that a decoder has to unpack, in the processes that decode images."""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from numpy.typing import NDArray

from core.worker_process import WorkerProcess
from imaging.decoding import decode_frame
from imaging.slice_feed import decoders


def decoded_frames(path: Path, numbers: Sequence[int]) -> Iterator[NDArray[Any]]:
    """Decode frames (from 0) of a file on all cores and give their stored values (j, i) in that order.

    Raises
    ------
    SenseError
        When one cannot be decoded, or its decoder crashes or takes too long.
    """
    free: SimpleQueue[WorkerProcess] = SimpleQueue()
    workers = decoders(len(numbers))
    for worker in workers:
        free.put(worker)

    def decode(number: int) -> NDArray[Any]:
        worker = free.get()
        try:
            return worker.call(decode_frame, str(path), number, False)
        finally:
            free.put(worker)

    rest = iter(numbers)
    running: deque[Future[NDArray[Any]]] = deque()
    with ThreadPoolExecutor(max(1, len(workers)), thread_name_prefix="frame-decoder") as pool:
        # Two for each process: none waits, and no more than these are in memory.
        running.extend(pool.submit(decode, number) for number in itertools.islice(rest, 2 * len(workers)))
        try:
            while running:
                yield running.popleft().result()
                running.extend(pool.submit(decode, number) for number in itertools.islice(rest, 1))
        finally:
            for future in running:
                future.cancel()
