"""Measures how long the window's thread does not answer."""

import faulthandler
import logging
import re
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from app.scrub import scrub_paths

_log = logging.getLogger(__name__)
_TICK_MS = 5
_LOOK_S = 0.02
_CALLS = 12


@dataclass(frozen=True)
class Block:
    """One stretch of time in which the thread did not answer.

    Parameters
    ----------
    wall_ms : float
        How long the user waited.
    cpu_ms : float
        How long the thread itself computed.
    starved_ms : float
        How long it was ready to run but other programs had the processors (Linux; 0 elsewhere).
    where : str
        What it was doing, where that was seen.
    """

    wall_ms: float
    cpu_ms: float
    starved_ms: float
    where: str = ""

    @property
    def blocked_ms(self) -> float:
        """Time that the program is to blame for: waiting without the time that others took the processor."""
        return max(self.wall_ms - self.starved_ms, self.cpu_ms)


class Watchdog(QObject):
    """A heartbeat of the thread that it is made in; start it there.

    Parameters
    ----------
    limit_ms : float
        Longer blocks are logged, with the place where the thread was.
    parent : QObject, optional
        Owner.
    """

    def __init__(self, limit_ms: float = 50.0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._limit_ms = limit_ms
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._watched = threading.get_ident()
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._last = self._now()
        self._seen_where = ""
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self.longest = Block(0.0, 0.0, 0.0)

    @property
    def blocked_ms(self) -> float:
        """The longest block so far."""
        return self.longest.blocked_ms

    def start(self) -> None:
        """Begin to measure, forgetting what was before."""
        self.longest = Block(0.0, 0.0, 0.0)
        self._last = self._now()
        self._stop.clear()
        self._watcher = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._watcher.start()
        self._timer.start(_TICK_MS)

    def stop(self) -> Block:
        """End the measurement, if one runs, and give the longest block."""
        if not self._timer.isActive():
            return self.longest
        self._beat()
        self._timer.stop()
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        return self.longest

    def _now(self) -> tuple[float, float, float]:
        """Wall clock, processor time and waiting time of this thread in milliseconds."""
        try:
            waited_ns = int(self._schedule.read_text().split()[1])
        except (OSError, IndexError, ValueError):
            waited_ns = 0
        return time.perf_counter() * 1e3, time.thread_time() * 1e3, waited_ns / 1e6

    def _beat(self) -> None:
        now = self._now()
        wall, cpu, starved = (new - old for new, old in zip(now, self._last, strict=True))
        block = Block(wall - _TICK_MS, cpu, starved, self._seen_where)
        self._last, self._seen_where = now, ""
        if block.blocked_ms > self.longest.blocked_ms:
            self.longest = block
        if block.blocked_ms > self._limit_ms:
            _log.warning("the window did not answer for %.0f ms:\n%s", block.blocked_ms, block.where)

    def _watch(self) -> None:
        """Look from another thread at what a block is busy with."""
        while not self._stop.wait(_LOOK_S):
            silent_ms = time.perf_counter() * 1e3 - self._last[0]
            if silent_ms > self._limit_ms / 2:
                self._seen_where = _stack(self._watched)


def _stack(thread_id: int) -> str:
    """Give where a thread is.

    Frames are not touched: whoever holds one keeps its local values alive, and a painter that lives longer
    than its paint event brings Qt down.
    """
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file, all_threads=True)
        file.seek(0)
        return stack_of(thread_id, file.read().decode(errors="replace"))


def stack_of(thread_id: int, dump: str) -> str:
    """Find the innermost calls of one thread, outermost first, in what `faulthandler` wrote."""
    for block in dump.split("\n\n"):
        named = re.match(r"(?:Current thread|Thread) (0x[0-9a-f]+)", block)
        if named and int(named[1], 16) == thread_id:
            calls = re.findall(r'File "(.+)", line (\d+) in (.+)', block)[:_CALLS]
            return "\n".join(
                f"  {scrub_paths(file)}:{line} in {name}" for file, line, name in reversed(calls)
            )
    return ""
