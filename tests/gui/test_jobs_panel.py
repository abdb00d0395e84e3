import threading
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.closing import ClosingQuestion
from app.window_session import WindowSession
from core.errors import BadInput
from core.job import JobState
from core.message import Message, message
from core.progress import Progress
from tests.gui.shell import texts_of


class Work:
    """A job that runs until it is let go or cancelled."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, *, progress: Progress) -> str:
        progress.report(0.25, message("Slice {number}", number=48))
        while not self.go.wait(0.01):
            progress.check()
        return "made"


def fail(*, progress: Progress) -> None:
    raise BadInput(message("{path}: it is cut off.", path="/x.dcm"), message("Copy it again."))


def test_progress_is_shown_and_cancel_ends_the_job(session: WindowSession, qtbot: QtBot) -> None:
    window = session.window
    job = window.runner.submit(message("Importing"), Work())
    window.run_command("app.toggle-jobs")
    qtbot.waitUntil(lambda: job.id in window.jobs_panel.rows)
    row = window.jobs_panel.rows[job.id]
    qtbot.waitUntil(lambda: "25 % · Slice 48" in texts_of(row))
    assert "Jobs: 1" in texts_of(window.status_line)
    row.cancel_button.click()
    qtbot.waitUntil(lambda: "Cancelled" in texts_of(row), timeout=1000)
    assert not row.cancel_button.isVisible()
    window.jobs_panel.clear_button.click()
    assert window.jobs_panel.rows == {}
    assert window.runner.jobs() == []


def test_a_failure_opens_the_panel_with_the_cause(session: WindowSession, qtbot: QtBot) -> None:
    window = session.window
    job = window.runner.submit(message("Loading"), fail)
    qtbot.waitUntil(window.jobs_dock.isVisible)
    assert "/x.dcm: it is cut off. Copy it again." in texts_of(window.jobs_panel.rows[job.id])
    assert "Failed jobs: 1" in texts_of(window.status_line)
    window.run_command("app.toggle-jobs")
    assert "Jobs" in texts_of(window.status_line)


def test_what_follows_a_job_runs_on_the_main_thread(session: WindowSession, qtbot: QtBot) -> None:
    seen: list[tuple[str, bool]] = []
    work = Work()
    session.window.start_job(
        message("Making"),
        work,
        done=lambda made: seen.append((made, threading.current_thread() is threading.main_thread())),
    )
    work.go.set()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("made", True)]


def answer(qtbot: QtBot, button: str) -> None:
    """Click a button of the question as soon as it is asked."""

    def click() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, ClosingQuestion)
        getattr(question, button).click()

    QTimer.singleShot(50, click)


def test_closing_with_jobs_asks_and_can_be_called_off(session: WindowSession, qtbot: QtBot) -> None:
    window = session.window
    window.runner.submit(message("Importing"), Work())
    answer(qtbot, "stay")
    window.close()
    assert window.isVisible()
    assert len(window.runner.active()) == 1


def test_closing_can_cancel_the_jobs(session: WindowSession, qtbot: QtBot) -> None:
    window = session.window
    job = window.runner.submit(message("Importing"), Work())
    answer(qtbot, "cancel")
    window.close()
    assert not window.isVisible()
    assert window.runner.job(job.id).state is JobState.CANCELLED


def test_closing_can_wait_for_the_jobs(session: WindowSession, qtbot: QtBot) -> None:
    window, work = session.window, Work()
    job = window.runner.submit(message("Importing"), work)
    answer(qtbot, "wait")
    window.close()
    assert window.isVisible()
    work.go.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.runner.job(job.id).state is JobState.DONE


def test_closing_without_jobs_asks_nothing(session: WindowSession) -> None:
    session.window.close()
    assert not session.window.isVisible()


@dataclass(frozen=True)
class Item:
    reason: Message


@dataclass(frozen=True)
class Result:
    rejected: tuple[Item, ...]


def test_items_that_were_left_out_are_listed_with_their_reasons(session: WindowSession, qtbot: QtBot) -> None:
    def work(*, progress: Progress) -> Result:
        return Result(tuple(Item(message("{name} is empty.", name=f"{n}.dcm")) for n in range(40)))

    window = session.window
    window.run_command("app.toggle-jobs")
    job = window.runner.submit(message("Importing"), work)
    qtbot.waitUntil(lambda: job.id in window.jobs_panel.rows)
    row = window.jobs_panel.rows[job.id]
    qtbot.waitUntil(row.reasons.isVisible)
    assert row.reasons.toPlainText().splitlines()[39] == "39.dcm is empty."
    assert any("Files not imported: 40" in text for text in texts_of(row))
    assert row.height() < 400
