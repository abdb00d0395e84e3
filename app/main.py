"""`sense gui`: the start of the window."""

import gc
import logging
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.contributions import registry
from core.context import Context
from core.errors import ExitStatus, SenseError
from core.message import QT_TRANSLATE_NOOP, message

if TYPE_CHECKING:
    from app.window_session import WindowSession

_log = logging.getLogger(__name__)
_started_s = time.perf_counter()
SWITCH_INTERVAL_S = 0.001


@dataclass(frozen=True)
class GuiOptions:
    """What to show at first.

    Parameters
    ----------
    files : tuple of Path
        Files, folders and archives to import and open.
    """

    files: tuple[Path, ...] = field(
        default=(), metadata={"positional": True, "help": "files, folders and archives to open"}
    )


@dataclass(frozen=True)
class Ended:
    """How the window ended."""

    exit_status: ExitStatus

    def __str__(self) -> str:
        """Give nothing: there is nothing to print."""
        return ""

    def to_json(self) -> dict[str, int]:
        """Give the exit status."""
        return {"exit_status": int(self.exit_status)}


def run_gui(context: Context, options: GuiOptions) -> Ended:
    """Show the window until it is closed.

    Raises
    ------
    SenseError
        Where no window can be shown.
    """
    from app.display_check import require_display

    require_display()
    # The window waits for a worker that holds the interpreter: for 1 ms at a time instead of 5.
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.disable()
    session = _session(context)
    gc.freeze()  # what stays anyway need not be looked through again and again, 30 ms each time
    gc.enable()
    _log.debug("the window was made after %.0f ms", _elapsed_ms())
    session.window.painted.connect(lambda: _log.info("first paint after %.0f ms", _elapsed_ms()))
    session.window.stack.imported.connect(lambda: gc.freeze())
    status = session.run(options.files)
    return Ended(ExitStatus.DONE if status == 0 else ExitStatus.FAILED)


def _session(context: Context) -> "WindowSession":
    try:
        from app.window_session import WindowSession
    except ImportError as error:
        library = str(error).partition(":")[0]
        text = QT_TRANSLATE_NOOP("Message", "The window cannot be shown: {library} is missing.")
        hint = QT_TRANSLATE_NOOP("Message", "Run python3 dev.py setup, which installs what is missing.")
        raise SenseError(message(text, library=library), message(hint)) from error
    return WindowSession(context.library, sys.argv[:1], registry())


def _elapsed_ms() -> float:
    return (time.perf_counter() - _started_s) * 1e3
