import threading

import pytest

from core.errors import SenseError
from core.message import message
from viewers.ui.background_calls import BackgroundCalls


@pytest.fixture
def errors():
    return []


@pytest.fixture
def calls(qapp, errors):
    made = BackgroundCalls(errors.append, limit=3)
    yield made
    made.close()


@pytest.fixture
def busy(calls):
    """Keep the thread busy until it is told to go on."""
    go_on, begun = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(10)

    calls.call("busy", work, lambda _: None)
    assert begun.wait(10)
    yield go_on
    go_on.set()


def test_work_runs_elsewhere_and_its_result_comes_here(calls, qtbot):
    came = []
    calls.call(
        "a", threading.current_thread, lambda thread: came.append((thread, threading.current_thread()))
    )
    qtbot.waitUntil(lambda: bool(came))
    ((worker, here),) = came
    assert worker is not here
    assert here is threading.main_thread()


def test_a_newer_call_of_the_same_key_is_the_only_answer(calls, busy, qtbot):
    came = []
    for number in range(4):
        calls.call("a", lambda number=number: number, came.append)
    busy.set()
    qtbot.waitUntil(lambda: not calls.pending("a"))
    assert came == [3]


def test_the_newest_key_comes_first(calls, busy, qtbot):
    came = []
    for number in range(3):
        calls.call(number, lambda number=number: number, came.append)
    busy.set()
    qtbot.waitUntil(lambda: len(came) == 3)
    assert came == [2, 1, 0]


def test_the_oldest_is_dropped_and_told_so(calls, busy, qtbot):
    came, dropped = [], []
    for number in range(5):
        calls.call(
            number, lambda number=number: number, came.append, lambda number=number: dropped.append(number)
        )
    assert dropped == [0, 1]
    busy.set()
    qtbot.waitUntil(lambda: len(came) == 3)
    assert came == [4, 3, 2]


def test_errors_are_reported_and_the_next_call_runs(calls, errors, qtbot):
    def fail():
        raise SenseError(message("No."))

    came = []
    calls.call("a", fail, came.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    calls.call("b", lambda: 1 // 0, came.append)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert "ZeroDivisionError" in str(errors[1])
    calls.call("c", lambda: 7, came.append)
    qtbot.waitUntil(lambda: came == [7])


def test_nothing_comes_after_close(calls, busy, qtbot):
    came = []
    calls.call("a", lambda: 1, came.append)
    busy.set()
    calls.close()
    calls.call("b", lambda: 1, came.append)
    qtbot.wait(50)
    assert came == []
