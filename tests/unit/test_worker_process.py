import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from core.errors import BadInput, Cancelled
from core.message import message
from core.progress import CancelToken, SilentProgress
from core.worker_process import WorkerDied, WorkerLimits, WorkerPool, WorkerProcess, WorkerTimedOut


def square(number: int) -> int:
    return number * number


def process_id() -> int:
    return os.getpid()


def crash() -> None:
    os.abort()


def crash_on(number: int, bad: int) -> int:
    if number == bad:
        os.abort()
    return number


def hang() -> None:
    time.sleep(60)


def take_memory(count: int) -> int:
    return len(b"x" * count)


def refuse() -> None:
    raise BadInput(message("a.dcm is cut off."), message("Copy it again."))


class Awkward(Exception):
    """Cannot be made again from its `args`."""

    def __init__(self, name: str, *, reason: str) -> None:
        super().__init__(f"{name} {reason}")


def raise_awkward() -> None:
    raise Awkward("this", reason="hurts")


def give_what_cannot_travel() -> object:
    return lambda: None


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    worker = WorkerProcess()
    yield worker
    worker.close()


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.close()


def test_calls_run_in_one_other_process(worker: WorkerProcess) -> None:
    first = worker.call(process_id)
    assert first != os.getpid()
    assert worker.call(process_id) == first
    assert worker.call(square, 12) == 144


def test_an_error_comes_back_as_it_is(worker: WorkerProcess) -> None:
    with pytest.raises(BadInput, match=r"a\.dcm is cut off\. Copy it again\."):
        worker.call(refuse)
    assert worker.call(square, 2) == 4


def test_what_cannot_travel_is_an_error_and_no_crash(worker: WorkerProcess) -> None:
    first = worker.call(process_id)
    with pytest.raises(RuntimeError, match="Awkward: this hurts"):
        worker.call(raise_awkward)
    with pytest.raises((AttributeError, TypeError, RuntimeError, ValueError), match="lambda"):
        worker.call(give_what_cannot_travel)
    assert worker.call(process_id) == first


def test_a_crash_costs_one_call(worker: WorkerProcess) -> None:
    with pytest.raises(WorkerDied):
        worker.call(crash)
    assert worker.call(square, 3) == 9


def test_a_hang_costs_one_call(worker: WorkerProcess) -> None:
    worker.start()
    with pytest.raises(WorkerTimedOut):
        worker.call(hang, seconds=0.2)
    assert worker.call(square, 3) == 9


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the system has no such limit")
def test_memory_over_the_limit_costs_one_call() -> None:
    worker = WorkerProcess(WorkerLimits(memory_bytes=2**30))
    try:
        assert worker.call(take_memory, 2**20) == 2**20
        with pytest.raises(WorkerDied, match="too much memory"):
            worker.call(take_memory, 2**31)
        assert worker.call(square, 3) == 9
    finally:
        worker.close()


def test_results_come_in_the_order_of_the_calls(pool: WorkerPool) -> None:
    results = [future.result() for future in pool.map(square, ((number,) for number in range(50)))]
    assert results == [number * number for number in range(50)]


def test_a_crash_in_the_pool_costs_one_result(pool: WorkerPool) -> None:
    futures = list(pool.map(crash_on, [(number, 3) for number in range(8)]))
    errors = [number for number, future in enumerate(futures) if future.exception()]
    assert errors == [3]
    assert isinstance(futures[3].exception(), WorkerDied)
    assert [future.result() for future in futures[4:]] == [4, 5, 6, 7]


def test_calls_are_drawn_only_a_few_ahead(pool: WorkerPool) -> None:
    drawn = 0

    def endless() -> Iterator[tuple[int]]:
        nonlocal drawn
        while True:
            drawn += 1
            yield (drawn,)

    results = pool.map(square, endless())
    assert next(results).result() == 1
    assert drawn < 10
    results.close()  # type: ignore[attr-defined]


def test_closing_the_results_does_not_wait_for_a_call_that_hangs(pool: WorkerPool) -> None:
    pool.start()

    def calls() -> Iterator[tuple[int]]:
        yield (0,)
        for _ in range(5):
            yield (60,)

    results = pool.map(time.sleep, calls())
    next(results)
    begin = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begin < 10  # of the sixty seconds that the calls would take
    assert [future.result() for future in pool.map(square, [(2,)])] == [4]


def test_a_cancel_is_noticed_while_a_call_hangs(pool: WorkerPool) -> None:
    token = CancelToken()
    threading.Timer(0.2, token.cancel).start()
    begin = time.monotonic()
    with pytest.raises(Cancelled):
        list(pool.map(time.sleep, [(60,)], progress=SilentProgress(token)))
    assert time.monotonic() - begin < 20  # of the sixty seconds that the call would take
