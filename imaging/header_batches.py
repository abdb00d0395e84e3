"""Files on their way through the header readers, batch by batch."""

import itertools
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from core.worker_process import WorkerDied, WorkerPool, WorkerTimedOut
from imaging.found_file import Found
from imaging.header import Outcome, read_header
from imaging.native_header import ScannedHeader, scan

# The first series shall be there soon; later on few large batches cost less than many small ones.
_FIRST_BATCH, _BATCH, _ODD_BATCH = 32, 256, 64

Scanned = tuple[list[Found], list[ScannedHeader | None]]


def batched(files: Iterable[Found]) -> Iterator[list[Found]]:
    """Cut a stream of files into batches."""
    left = iter(files)
    size = _FIRST_BATCH
    while batch := list(itertools.islice(left, size)):
        yield batch
        size = _BATCH


def scanned_ahead(batches: Iterable[list[Found]]) -> Generator[Scanned]:
    """Give every batch with its headers; the next one is scanned meanwhile."""
    with ThreadPoolExecutor(1, "header-scanner") as scanner:
        under_way: deque[tuple[list[Found], Future[list[ScannedHeader | None]]]] = deque()
        for batch in batches:
            under_way.append((batch, scanner.submit(scan, [found.path for found in batch])))
            if len(under_way) > 1:
                batch, scanned = under_way.popleft()
                yield batch, scanned.result()
        for batch, scanned in under_way:
            yield batch, scanned.result()


class OddBatches:
    """Cuts a stream of files into batches and remembers those that are on their way."""

    def __init__(self, files: Iterator[Found]) -> None:
        self._files = files
        self._under_way: list[list[Found]] = []

    def calls(self) -> Iterator[tuple[list[str]]]:
        """Give the arguments of one call after the other."""
        while batch := list(itertools.islice(self._files, _ODD_BATCH)):
            self._under_way.append(batch)
            yield ([found.path for found in batch],)

    def next_answered(self) -> list[Found]:
        """Give the oldest batch that is on its way."""
        return self._under_way.pop(0)


def outcomes_of(
    future: "Future[list[Outcome]]", batch: Sequence[Found], single: WorkerPool, *, progress: Progress
) -> list[Outcome]:
    """Give what became of a batch; where its reader died, of each of its files read alone."""
    try:
        return future.result()
    except (WorkerDied, WorkerTimedOut):
        # One of them is to blame; the others shall not suffer.
        alone = single.map(read_header, ((found.path,) for found in batch), progress=progress)
        return [_alone(one) for one in alone]


def _alone(future: "Future[Outcome]") -> Outcome:
    try:
        return future.result()
    except WorkerTimedOut:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: it takes too long.")
    except WorkerDied:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: the reader crashed on it.")
    return message(text, name="")
