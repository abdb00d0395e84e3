from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.ui.crash_dialog import CrashDialog
from app.window_session import WindowSession
from core.library import Library
from tests.gui.shell import desk_registry, open_dialog, open_session, texts_of

OFFER = "The program ended unexpectedly, or something in it failed."


@pytest.fixture
def catching(session: WindowSession) -> Iterator[WindowSession]:
    session.catch_crashes()
    yield session
    session.crash_reports.uninstall()


def test_a_command_that_fails_unexpectedly_is_reported_and_the_window_lives_on(
    catching: WindowSession, qtbot: QtBot
) -> None:
    window = catching.window
    window.run_command("desk.crash")
    qtbot.waitUntil(lambda: OFFER in texts_of(window.notices))
    (report,) = catching.crash_reports.reports()
    assert "KeyError" in report.read_text()
    assert "Doe" not in report.read_text()
    window.notices.notices[0].acted.emit()
    dialog = open_dialog(window, CrashDialog)
    dialog.copy()
    assert "KeyError" in QGuiApplication.clipboard().text()
    dialog.close()
    window.run_command("app.toggle-jobs")
    qtbot.waitUntil(window.jobs_dock.isVisible)


def test_the_next_start_offers_an_earlier_report_once(library: Library, qtbot: QtBot) -> None:
    offers = []
    for start in range(3):
        with open_session(library, qtbot, desk_registry()) as session:
            if start == 0:
                session.crash_reports.write("  app/x.py:1 in f\nbuiltins.KeyError")
                continue
            session.offer_crash_report()
            offers.append(OFFER in texts_of(session.window.notices))
    assert offers == [True, False]
