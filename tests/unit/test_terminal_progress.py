import io

import pytest

from app.terminal_progress import TerminalProgress
from core.errors import Cancelled
from core.message import message
from core.progress import CancelToken


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_a_bar_and_loses_it_again() -> None:
    terminal = Terminal()
    progress = TerminalProgress(CancelToken(), terminal)
    progress.report(0.5, message("Reading"))
    assert "50%" in terminal.getvalue()
    assert "Reading" in terminal.getvalue()
    progress.clear()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_nothing_is_written_elsewhere() -> None:
    pipe = io.StringIO()
    progress = TerminalProgress(CancelToken(), pipe)
    progress.report(0.5, message("Reading"))
    progress.clear()
    assert pipe.getvalue() == ""


def test_a_cancel_is_seen_at_the_next_report() -> None:
    token = CancelToken()
    progress = TerminalProgress(token, io.StringIO())
    token.cancel()
    with pytest.raises(Cancelled):
        progress.report(0.1)
