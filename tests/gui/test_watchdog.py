import threading
import time

import pytest
from pytestqt.qtbot import QtBot

from app.watchdog import Block, Watchdog

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
