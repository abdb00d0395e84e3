"""Gets the files of a model server, and can be stopped at any moment."""

import queue
import threading
from collections.abc import Iterator

from tuf.api.exceptions import DownloadError, DownloadHTTPError, SlowRetrievalError
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher

from core.progress import Progress

_CHECK_INTERVAL_S = 0.05
_CHUNK_BYTES = 2**16
_SILENCE_S = 20
_WAITING_CHUNKS = 16


class StoppableFetcher(FetcherInterface):
    """Fetches by a thread, because a connection that hangs must not hold up a cancel.

    Proxies and certificate authorities are those of the system.

    Parameters
    ----------
    progress : Progress
        Told how much of `expected_bytes` has come, and asked for a cancel.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._source = Urllib3Fetcher(socket_timeout=_SILENCE_S, chunk_size=_CHUNK_BYTES)
        self.expected_bytes = 0
        self._received = 0

    def expect(self, size_bytes: int) -> None:
        """Report progress from here on as a share of this many bytes."""
        self.expected_bytes, self._received = size_bytes, 0

    def _fetch(self, url: str) -> Iterator[bytes]:
        chunks: queue.Queue[bytes | Exception | None] = queue.Queue(_WAITING_CHUNKS)
        stopped = threading.Event()
        thread = threading.Thread(
            target=_pump, args=(self._source, url, chunks, stopped), name="model-fetch", daemon=True
        )
        thread.start()
        try:
            while (chunk := self._next(chunks)) is not None:
                self._received += len(chunk)
                if self.expected_bytes:
                    self._progress.report(min(self._received / self.expected_bytes, 1.0))
                yield chunk
        finally:
            stopped.set()

    def _next(self, chunks: "queue.Queue[bytes | Exception | None]") -> bytes | None:
        while True:
            self._progress.check()
            try:
                chunk = chunks.get(timeout=_CHECK_INTERVAL_S)
            except queue.Empty:
                continue
            if isinstance(chunk, Exception):
                raise chunk
            return chunk


def _pump(
    source: Urllib3Fetcher,
    url: str,
    chunks: "queue.Queue[bytes | Exception | None]",
    stopped: threading.Event,
) -> None:
    """Put what comes into the queue, in a thread of its own; an error at its end, else None."""
    end: Exception | None = None
    try:
        for chunk in source.fetch(url):
            if not _put(chunks, chunk, stopped):
                return
    except DownloadHTTPError as error:
        end = error
    except SlowRetrievalError as error:  # to urllib3 a refused connection is a timeout
        end = SlowRetrievalError(_reason(error))
    except Exception as error:  # urllib3 raises errors of many kinds from the middle of a transfer
        end = DownloadError(_reason(error))
    _put(chunks, end, stopped)


def _reason(error: BaseException) -> str:
    """Give what the system says in the innermost of the errors that urllib3 wraps into one another."""
    chain: list[BaseException] = [error]
    while (inner := _inner(chain[-1])) is not None and inner not in chain:
        chain.append(inner)
    for item in reversed(chain):
        text = getattr(item, "verify_message", "") or getattr(item, "strerror", "")
        if text:
            return str(text)
    return str(chain[-1]) or type(chain[-1]).__name__


def _inner(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None)
    return reason if isinstance(reason, BaseException) else error.__cause__ or error.__context__


def _put(
    chunks: "queue.Queue[bytes | Exception | None]", item: bytes | Exception | None, stopped: threading.Event
) -> bool:
    while not stopped.is_set():
        try:
            chunks.put(item, timeout=_CHECK_INTERVAL_S)
            return True
        except queue.Full:
            continue
    return False
