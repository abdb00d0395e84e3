"""The program's log: a rotating file in the library, and the newest lines for the log view."""

import logging
import logging.handlers
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from app.scrub import describe_exception, is_path, scrub_paths

_KEPT_LINES = 2000
_FILE_BYTES = 2**20


class ScrubbingFormatter(logging.Formatter):
    """One line for each record, without paths and without what exceptions quote."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Give the scrubbed line, and the scrubbed traceback below it."""
        record = logging.makeLogRecord(
            record.__dict__ | {"args": None, "exc_text": None, "msg": _message(record)}
        )
        return super().format(record)

    def formatException(self, ei: object) -> str:
        """Give the traceback as a crash report has it."""
        kind, error, trace = ei  # type: ignore[misc]
        return describe_exception(kind, error, trace) if error is not None else ""


def _message(record: logging.LogRecord) -> str:
    arguments = record.args
    if isinstance(arguments, tuple):
        # A path may hold spaces, which no pattern would find the end of.
        arguments = tuple("<path>" if is_path(value) else value for value in arguments)
    text = record.msg % arguments if arguments else str(record.msg)
    return scrub_paths(text)


class LogMemory(logging.Handler):
    """The newest lines; listeners are called from the thread that logs."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._listeners: list[Callable[[str], None]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line and tell the listeners."""
        line = self.format(record)
        self._lines.append(line)
        for listener in list(self._listeners):
            listener(line)

    def lines(self) -> list[str]:
        """All lines that are kept, oldest first."""
        return list(self._lines)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(line)` with every new line."""
        self._listeners.append(listener)

    def ignore(self, listener: Callable[[str], None]) -> None:
        """Stop calling `listener`."""
        self._listeners = [other for other in self._listeners if other != listener]


class AppLog:
    """Everything that is logged while the window is open.

    Parameters
    ----------
    folder : Path
        Made if absent; holds `sense.log` and two older ones.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.memory = LogMemory()
        self._file = logging.handlers.RotatingFileHandler(
            folder / "sense.log", maxBytes=_FILE_BYTES, backupCount=2, encoding="utf-8", delay=True
        )
        self._before = logging.getLogger().level
        for handler in (self.memory, self._file):
            handler.setFormatter(ScrubbingFormatter())
            handler.setLevel(logging.INFO)
            logging.getLogger().addHandler(handler)
        logging.getLogger().setLevel(min(self._before, logging.INFO))

    def close(self) -> None:
        """Stop listening to the log."""
        for handler in (self.memory, self._file):
            logging.getLogger().removeHandler(handler)
            handler.close()
        logging.getLogger().setLevel(self._before)


def keep_qt_messages() -> None:
    """Pass what Qt says on to the log."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
    }
    log = logging.getLogger("qt")

    def handle(kind: QtMsgType, _context: object, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            print(f"sense: {text}", file=sys.stderr)
        log.log(levels.get(kind, logging.ERROR), "%s", text)

    qInstallMessageHandler(handle)


def leave_qt_messages() -> None:
    """Let Qt print what it says, as it does by itself."""
    from PySide6.QtCore import qInstallMessageHandler

    qInstallMessageHandler(None)
