import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from app.watchdog import Block, Watchdog, stack_of

SLICE_S = 0.12


def spin(seconds: float) -> None:
    """Compute for so long, on the clock of this thread."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.fixture
def watchdog(qapp: object, qtbot: QtBot) -> Watchdog:
    watchdog = Watchdog(limit_ms=50)
    watchdog.start()
    qtbot.wait(60)
    return watchdog


def test_computing_on_the_windows_thread_is_seen_and_placed(watchdog: Watchdog, qtbot: QtBot) -> None:
    spin(SLICE_S)
    qtbot.wait(20)
    block = watchdog.stop()
    assert block.cpu_ms > 100
    assert block.blocked_ms > 100
    assert "tests/gui/test_watchdog.py" in block.where


def test_waiting_on_the_windows_thread_is_seen_too(watchdog: Watchdog, qtbot: QtBot) -> None:
    time.sleep(SLICE_S)
    qtbot.wait(20)
    block = watchdog.stop()
    assert block.cpu_ms < 60 < 100 < block.blocked_ms


def test_work_in_another_thread_is_no_block_of_the_window(watchdog: Watchdog, qtbot: QtBot) -> None:
    thread = threading.Thread(target=time.sleep, args=(SLICE_S,))
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    assert watchdog.stop().cpu_ms < 50


def test_time_that_others_took_the_processor_is_not_counted() -> None:
    assert Block(wall_ms=80, cpu_ms=5, starved_ms=60).blocked_ms == 20
    assert Block(wall_ms=80, cpu_ms=70, starved_ms=60).blocked_ms == 70


def test_stopping_what_does_not_run_changes_nothing(qapp: object) -> None:
    watchdog = Watchdog()
    assert watchdog.stop() == Block(0.0, 0.0, 0.0)
    watchdog.start()
    first = watchdog.stop()
    time.sleep(0.06)
    assert watchdog.stop() == first


def test_the_calls_of_the_watched_thread_are_found_in_a_dump() -> None:
    dump = """Thread 0x000000000000002a (most recent call first):
  File "/p/inner.py", line 7 in paint
  File "/p/outer.py", line 3 in run

Current thread 0x000000000000002b (most recent call first):
  File "/p/watch.py", line 1 in look
"""
    lines = stack_of(0x2A, dump).splitlines()
    assert [line.rpartition(":")[2] for line in lines] == ["3 in run", "7 in paint"]
    assert stack_of(0x99, dump) == ""


def test_looking_at_a_blocked_thread_keeps_nothing_of_it_alive(watchdog: Watchdog, qtbot: QtBot) -> None:
    ended: list[float] = []

    class Local:
        def __del__(self) -> None:
            ended.append(time.perf_counter())

    def block() -> None:
        local = Local()
        spin(SLICE_S)
        assert local

    for _ in range(5):
        block()
        assert ended, "something else holds the frame"
        ended.clear()
    watchdog.stop()
