"""A GUI test fails when it leaves a thread, a running timer or a window behind."""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.command import resolve
from core.context import Context
from core.errors import SenseError
from core.job import JobRunner
from core.library import Library
from core.services import Services

if TYPE_CHECKING:
    from app.window_session import WindowSession
    from viewers.ui.viewer_workspace import ViewerWorkspace

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
    begun = [thread.name for thread in set(threading.enumerate()) - threads]
    names = [
        f"thread {name}" for name in begun if not name.startswith("opengl")
    ]  # one, as long as the program
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


@pytest.fixture
def errors() -> list[SenseError]:
    """What `services` was asked to tell the user."""
    return []


@pytest.fixture
def services(library: Library, errors: list[SenseError]) -> Iterator[Services]:
    """The program around a widget under test, in English and without icons."""
    runner = JobRunner(2)
    yield Services(
        library=library,
        runner=runner,
        run_command=lambda _: None,
        translate=str,
        open_paths=lambda _: None,
        report_error=errors.append,
        set_icon=lambda *_: None,
    )
    runner.shutdown()


@pytest.fixture
def make_workspace(services: Services, library: Library, qtbot: QtBot) -> Callable[[], "ViewerWorkspace"]:
    """Make the Care workspace; its `run` runs a command of the program on it."""
    from app.contributions import registry
    from viewers.ui.viewer_workspace import ViewerWorkspace

    def make() -> ViewerWorkspace:
        def run(command_id: str) -> None:
            resolve(registry().command(command_id).run)(Context(library, workspace=made), None)

        made = ViewerWorkspace(
            replace(services, run_command=run, open_paths=lambda paths: made.open_paths(paths))
        )
        made.run = run
        qtbot.addWidget(made, before_close_func=lambda closing: closing.close_workspace())
        made.resize(1200, 700)
        made.show()
        return made

    return make
