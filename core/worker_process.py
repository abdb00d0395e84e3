"""Processes for risky work, such as parsing untrusted files: a crash or a hang costs one file only."""

import contextlib
import multiprocessing
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, cast

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress

_PATIENCE_S = 0.05
_CHECK_INTERVAL_S = 0.1


class WorkerDied(SenseError):
    """The process ended in the middle of a call: a crash, or memory over the limit."""


class WorkerTimedOut(SenseError):
    """The call took longer than it may, and the process was ended."""


def _serve(connection: "Connection[Any, Any]", memory_bytes: int) -> None:
    """Run in the child: answer calls until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which closes the pipe
    _limit_memory(memory_bytes)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            request = connection.recv_bytes()
            connection.send_bytes(_answer(request))


def _answer(request: bytes) -> bytes:
    """Run one pickled call and pickle (whether it succeeded, what it gave or raised)."""
    try:
        function, arguments = pickle.loads(request)
        return pickle.dumps((True, function(*arguments)), pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return _pickled_error(error)


def _pickled_error(error: Exception) -> bytes:
    try:
        answer = pickle.dumps((False, error))
        pickle.loads(
            answer
        )  # an exception whose constructor asks for more than its `args` does not come back
        return answer
    except Exception:
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _limit_memory(memory_bytes: int) -> None:
    if sys.platform != "win32":  # Windows has no such limit; there only the time limit protects.
        import resource

        with contextlib.suppress(ValueError, OSError):  # macOS knows the limit and refuses to set it
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


@dataclass(frozen=True)
class WorkerLimits:
    """What one call may cost.

    Parameters
    ----------
    seconds : float
        The process is killed when a call takes longer.
    memory_bytes : int
        Address space of the process (POSIX).
    """

    seconds: float = 30.0
    memory_bytes: int = 6 * 2**30


class WorkerProcess:
    """One child process that is started when first called and again after it died.

    Functions and their arguments travel by pickle, so functions must be importable by name.
    """

    def __init__(self, limits: WorkerLimits = WorkerLimits()) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection[Any, Any] | None = None

    def start(self) -> None:
        """Start the process ahead of the first call."""
        with self._lock:
            self._ensure()

    def call(self, function: Callable[..., Any], *arguments: Any, seconds: float | None = None) -> Any:
        """Run `function(*arguments)` in the process and give its result, or raise what it raised.

        Raises
        ------
        WorkerDied, WorkerTimedOut
            The process is gone, or it had not enough memory; the next call starts another.
        """
        request = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
        with self._lock:
            connection = self._ensure()
            try:
                connection.send_bytes(request)
                if not connection.poll(self._limits.seconds if seconds is None else seconds):
                    self._stop()
                    raise WorkerTimedOut(message(QT_TRANSLATE_NOOP("Message", "Reading it takes too long.")))
                succeeded, answer = pickle.loads(connection.recv_bytes())
            except (EOFError, OSError) as error:
                self._stop()
                raise WorkerDied(
                    message(QT_TRANSLATE_NOOP("Message", "The reader crashed on it."))
                ) from error
        if isinstance(answer, MemoryError):
            text = QT_TRANSLATE_NOOP("Message", "Reading it takes too much memory.")
            raise WorkerDied(message(text)) from answer
        if not succeeded:
            raise answer
        return answer

    def kill(self) -> None:
        """End the process at once, from any thread; a call that runs raises `WorkerDied`."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ValueError):  # it was closed in the meantime
                process.kill()

    def close(self) -> None:
        """End the process, without waiting for a call that runs."""
        while not self._lock.acquire(timeout=_PATIENCE_S):
            self.kill()
        try:
            self._stop()
        finally:
            self._lock.release()

    def _ensure(self) -> "Connection[Any, Any]":
        if self._process is None or not self._process.is_alive() or self._connection is None:
            self._stop()
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_serve, args=(theirs, self._limits.memory_bytes), name="sense-worker", daemon=True
            )
            process.start()
            theirs.close()
            self._process, self._connection = process, cast("Connection[Any, Any]", ours)
        return self._connection

    def _stop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._connection = None


class WorkerPool:
    """Several worker processes that share a stream of calls.

    Parameters
    ----------
    workers : int
        Number of processes.
    limits : WorkerLimits
        What one call may cost.
    """

    def __init__(self, workers: int, limits: WorkerLimits = WorkerLimits()) -> None:
        self._workers = [WorkerProcess(limits) for _ in range(workers)]

    def start(self) -> None:
        """Start all processes ahead of the first call."""
        for worker in self._workers:
            worker.start()

    def map(
        self,
        function: Callable[..., Any],
        calls: Iterable[tuple[Any, ...]],
        *,
        progress: Progress = SILENT,
    ) -> Iterator["Future[Any]"]:
        """Run `function(*call)` for each on free processes; finished futures come in the order of calls.

        `calls` is drawn only a few ahead of what was given, so that it may be endless. Closing the iterator
        waits a moment for the calls that already run, and then ends their processes: a cancel is answered.
        `progress` is asked for one ten times a second.
        """
        waiting: queue.Queue[tuple[tuple[Any, ...], Future[Any]] | None] = queue.Queue()

        def run(worker: WorkerProcess) -> None:
            while (item := waiting.get()) is not None:
                call, future = item
                try:
                    future.set_result(worker.call(function, *call))
                except BaseException as error:  # handed to whoever looks at the future
                    future.set_exception(error)

        threads = [threading.Thread(target=run, args=(worker,), daemon=True) for worker in self._workers]
        for thread in threads:
            thread.start()
        pending: list[Future[Any]] = []
        try:
            for call in calls:
                future: Future[Any] = Future()
                waiting.put((call, future))
                pending.append(future)
                if len(pending) > 2 * len(self._workers):
                    yield _finished(pending.pop(0), progress)
            while pending:
                yield _finished(pending.pop(0), progress)
        finally:
            while True:
                try:
                    waiting.get_nowait()
                except queue.Empty:
                    break
            for _ in threads:
                waiting.put(None)
            for worker, thread in zip(self._workers, threads, strict=True):
                thread.join(_PATIENCE_S)
                while thread.is_alive():
                    worker.kill()
                    thread.join(_PATIENCE_S)

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.close()


def _finished(future: "Future[Any]", progress: Progress) -> "Future[Any]":
    while not future.done():
        progress.check()
        wait([future], timeout=_CHECK_INTERVAL_S)
    return future
