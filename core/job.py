"""Long work in the background: progress, time left, cancel, and the error with its cause."""

import itertools
import logging
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import CallbackProgress, CancelToken

_log = logging.getLogger(__name__)
_REPORT_INTERVAL_S = 0.1


class JobState(StrEnum):
    """Where a job is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Tell whether nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class Job:
    """One snapshot of a piece of background work; a newer snapshot has the same `id`.

    Parameters
    ----------
    id : int
        Unique within the runner.
    title : Message
        What is being done.
    group : str, optional
        A newer job of the same group supersedes (cancels) the older one.
    fraction : float
        0 to 1.
    elapsed_s : float
        Since it began to run.
    error, detail : Message or str, optional
        What went wrong in one sentence, and the traceback for the log view.
    """

    id: int
    title: Message
    group: str | None = None
    state: JobState = JobState.WAITING
    fraction: float = 0.0
    message: Message | None = None
    elapsed_s: float = 0.0
    error: Message | None = None
    hint: Message | None = None
    detail: str = ""
    result: Any = None

    @property
    def seconds_left(self) -> float | None:
        """Estimate from the progress so far, or None while there is nothing to go by."""
        if self.state is not JobState.RUNNING or self.fraction < 0.02 or self.elapsed_s < 0.5:
            return None
        return self.elapsed_s * (1.0 - self.fraction) / self.fraction


@dataclass
class _Entry:
    job: Job
    token: CancelToken
    done: threading.Event = field(default_factory=threading.Event)
    # Held while a snapshot is replaced and told to the listeners, so that these come in order.
    lock: threading.RLock = field(default_factory=threading.RLock)
    started_s: float = 0.0
    reported_s: float = 0.0


Listener = Callable[[Job], None]


class JobRunner:
    """Runs functions in worker threads and tells listeners what becomes of them.

    A function is called as `function(*arguments, progress=progress)`. Listeners are called from the working
    threads, at most ten times a second for each job, and always for a change of state.
    """

    def __init__(self, workers: int = 4) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="job")
        self._ids = itertools.count(1)
        self._lock = threading.RLock()
        self._entries: dict[int, _Entry] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener(job)` with every new snapshot."""
        with self._lock:
            self._listeners.append(listener)

    def submit(
        self, title: Message, function: Callable[..., Any], *arguments: Any, group: str | None = None
    ) -> Job:
        """Queue `function`; a job of the same `group` that has not ended is cancelled.

        Raises
        ------
        RuntimeError
            After `shutdown`.
        """
        with self._lock:
            older = [job.id for job in self.active() if group is not None and job.group == group]
            entry = _Entry(Job(next(self._ids), title, group), CancelToken())
            self._entries[entry.job.id] = entry
        for job_id in older:
            self.cancel(job_id)
        self._publish(entry)
        try:
            self._pool.submit(self._run, entry, function, arguments)
        except RuntimeError:
            self._end(entry, JobState.CANCELLED)
            raise
        return entry.job

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop: one that waits ends at once, one that runs as soon as it next looks."""
        with self._lock:
            entry = self._entries.get(job_id)
        if entry is None:
            return
        entry.token.cancel()
        with entry.lock:
            if entry.job.state is JobState.WAITING:
                self._end(entry, JobState.CANCELLED)

    def job(self, job_id: int) -> Job:
        """Give the newest snapshot; `KeyError` when it was forgotten."""
        with self._lock:
            return self._entries[job_id].job

    def jobs(self) -> list[Job]:
        """All jobs that were not forgotten, oldest first."""
        with self._lock:
            return [entry.job for entry in self._entries.values()]

    def active(self) -> list[Job]:
        """Jobs that have not ended."""
        return [job for job in self.jobs() if not job.state.ended]

    def forget_ended(self) -> None:
        """Drop the jobs that have ended."""
        with self._lock:
            self._entries = {key: entry for key, entry in self._entries.items() if not entry.job.state.ended}

    def wait(self, job_id: int, timeout_s: float | None = None) -> Job:
        """Block until the job has ended (or the time is out) and give its newest snapshot."""
        with self._lock:
            entry = self._entries[job_id]
        entry.done.wait(timeout_s)
        return entry.job

    def shutdown(self) -> None:
        """Cancel everything and wait for the threads to end."""
        for job in self.active():
            self.cancel(job.id)
        self._pool.shutdown(wait=True)

    def _run(self, entry: _Entry, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with entry.lock:
            if entry.job.state.ended:
                return
            entry.started_s = time.monotonic()
            self._change(entry, state=JobState.RUNNING)
        progress = CallbackProgress(lambda fraction, text: self._report(entry, fraction, text), entry.token)
        try:
            progress.check()
            result = function(*arguments, progress=progress)
        except Cancelled:
            self._end(entry, JobState.CANCELLED)
        except SenseError as error:
            detail = traceback.format_exc()
            self._end(entry, JobState.FAILED, error=error.message, hint=error.hint, detail=detail)
        except BaseException as error:
            # The boundary of a job: whatever went wrong becomes its visible state, and the log has the cause.
            _log.exception("job %d failed", entry.job.id)
            text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
            reason = message(text, kind=type(error).__name__)
            self._end(entry, JobState.FAILED, error=reason, detail=traceback.format_exc())
        else:
            self._end(entry, JobState.DONE, fraction=1.0, result=result)

    def _report(self, entry: _Entry, fraction: float, text: Message | None) -> None:
        with entry.lock:
            if entry.job.state.ended:  # a thread of the job's own that reports late
                return
            now = time.monotonic()
            changes = {"fraction": fraction, "message": text or entry.job.message}
            if now - entry.reported_s < _REPORT_INTERVAL_S:
                entry.job = replace(entry.job, **changes)
            else:
                entry.reported_s = now
                self._change(entry, **changes)

    def _end(self, entry: _Entry, state: JobState, **changes: Any) -> None:
        self._change(entry, state=state, **changes)
        entry.done.set()

    def _change(self, entry: _Entry, **changes: Any) -> None:
        with entry.lock:
            elapsed = time.monotonic() - entry.started_s if entry.started_s else 0.0
            entry.job = replace(entry.job, elapsed_s=elapsed, **changes)
            self._publish(entry)

    def _publish(self, entry: _Entry) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(entry.job)
            except Exception:
                # Who watches must not be able to fail the work.
                _log.exception("a listener failed on job %d", entry.job.id)
