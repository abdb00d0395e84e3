"""A GUI test fails when it leaves a thread, a running timer or a window behind."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.library import Library

if TYPE_CHECKING:
    from app.window_session import WindowSession

_PATIENCE_S = 1.0


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qapp: QApplication) -> Iterator[None]:
    """Compare threads, running timers and windows before and after the test and its other fixtures."""
    _settle(qapp)
    threads, windows = set(threading.enumerate()), set(QApplication.topLevelWidgets())
    gc.freeze()  # what is there already is not looked at below, which makes that quick
    try:
        yield
        left = _left(lambda: _left_behind(threads, windows), qapp)
    finally:
        gc.unfreeze()
    if left:
        pytest.fail(f"the test left behind: {', '.join(left)}")


def _settle(application: QApplication) -> None:
    application.processEvents()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def _left(look: Callable[[], list[str]], application: QApplication) -> list[str]:
    """Give what `look` finds, after waiting for what is on its way out."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        _settle(application)
        left = look()
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _left_behind(threads: set[threading.Thread], windows: set[QWidget]) -> list[str]:
    names = [f"thread {thread.name}" for thread in set(threading.enumerate()) - threads]
    for item in gc.get_objects():
        kind = type(item)  # isinstance would wake lazy proxies
        if issubclass(kind, QTimer | QThread) and shiboken6.isValid(item):
            active = item.isActive() if issubclass(kind, QTimer) else item.isRunning()
            names += [f"running {kind.__name__} {item.objectName()!r} of {item.parent()}"] if active else []
    for widget in set(QApplication.topLevelWidgets()) - windows:
        names.append(f"window {type(widget).__name__} {widget.objectName()!r}")
    return names


@pytest.fixture
def session(library: Library, qtbot: QtBot) -> Iterator["WindowSession"]:
    """The whole window with one small workspace beside the start page, in English."""
    from tests.gui.shell import desk_registry, open_session

    with open_session(library, qtbot, desk_registry()) as session:
        yield session
