"""What a stage takes: time, processor time and memory."""

import contextlib
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

_LOOK_S = 0.25


@dataclass(frozen=True)
class StageCost:
    """What a stage took.

    Parameters
    ----------
    seconds : float
        On the clock.
    cpu_seconds : float
        Of all cores, the processes that were started among them.
    peak_memory_bytes : int
        Most that this process and those that it started held at once.
    """

    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int

    def __add__(self, other: "StageCost") -> "StageCost":
        """Give what one after the other takes."""
        return StageCost(
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            max(self.peak_memory_bytes, other.peak_memory_bytes),
        )

    def to_json(self) -> dict[str, Any]:
        """Give the figures by name."""
        return dict(vars(self))


class CostMeter:
    """Measures what is done in its block; `cost` is there after it."""

    cost: StageCost

    def __enter__(self) -> "CostMeter":
        """Start."""
        self._peak = 0
        self._done = threading.Event()
        self._started, self._cpu_before = time.perf_counter(), _cpu_seconds()
        self._watch = threading.Thread(target=self._look, name="memory-watch", daemon=True)
        self._watch.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._done.set()
        self._watch.join()
        seconds = time.perf_counter() - self._started
        self.cost = StageCost(seconds, _cpu_seconds() - self._cpu_before, self._peak)

    def _look(self) -> None:
        while True:
            self._peak = max(self._peak, _memory_bytes())
            if self._done.wait(_LOOK_S):
                return


def _cpu_seconds() -> float:
    import psutil

    used = psutil.Process().cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


def _memory_bytes() -> int:
    """Give what this process and those that it started hold now."""
    import psutil

    own = psutil.Process()
    held = 0
    for one in (own, *own.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended
            held += one.memory_info().rss
    return held
