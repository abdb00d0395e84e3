"""Hands every file of folders and archives to worker processes, since files are not trusted."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from core.message import QT_TRANSLATE_NOOP, message
from core.progress import Progress
from core.worker_process import WorkerDied, WorkerPool, WorkerTimedOut
from imaging.archive import Unpacker
from imaging.found_file import Found, Rejected
from imaging.sniffing import FileKind

Call = Callable[[Found, int], tuple[Any, ...]]


def walk(
    items: Iterable[Found | Rejected],
    function: Callable[..., Any],
    call: Call,
    pool: WorkerPool,
    unpacker: Unpacker,
    progress: Progress,
) -> Iterator[tuple[Found, Any] | Rejected]:
    """Call a function with every file, and with what lies in the archives among them, and so on.

    Parameters
    ----------
    function : callable
        Runs in a worker; gives a `FileKind` for an archive, a `Message` for a refusal, else anything.
    call : callable
        `call(found, number)` gives the arguments of the function.

    Yields
    ------
    (Found, answer), or Rejected
        In the order of the files, those of archives last.
    """
    items = iter(items)
    while True:
        under_way: list[Found] = []
        refused: list[Rejected] = []
        archives: list[tuple[Found, FileKind]] = []
        calls = _calls(items, call, under_way, refused, progress)
        for future in pool.map(function, calls, progress=progress):
            found, answer = under_way.pop(0), _answer(future)
            if isinstance(answer, FileKind):
                archives.append((found, answer))
            else:
                yield found, answer
        yield from refused
        if not archives:
            return
        items = (item for found, kind in archives for item in unpacker.members(found, kind))


def _calls(
    items: Iterable[Found | Rejected],
    call: Call,
    under_way: list[Found],
    refused: list[Rejected],
    progress: Progress,
) -> Iterator[tuple[Any, ...]]:
    for number, item in enumerate(items):
        progress.check()
        if isinstance(item, Rejected):
            refused.append(item)
        else:
            under_way.append(item)
            yield call(item, number)


def _answer(future: "Future[Any]") -> Any:
    try:
        return future.result()
    except WorkerTimedOut:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: it takes too long.")
    except WorkerDied:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: the reader crashed on it.")
    return message(text, name="")
