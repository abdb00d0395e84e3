"""A progress bar on standard error, where that is a terminal."""

import shutil
import sys
import time
from typing import TextIO

from core.message import Message
from core.progress import CancelToken

_REDRAW_S = 0.1
_BAR_CHARACTERS = 24


class TerminalProgress:
    """Progress of the command line.

    Parameters
    ----------
    token : CancelToken
        Looked at on every report and check.
    stream : text stream, optional
        Standard error when not given; nothing is written where it is not a terminal.
    """

    def __init__(self, token: CancelToken, stream: TextIO | None = None) -> None:
        from core.progress import SilentProgress

        self._cancel = SilentProgress(token)
        self._stream = stream if stream is not None else sys.stderr
        self._visible = self._stream.isatty()
        self._started_s = time.monotonic()
        self._drawn_s = 0.0
        self._message: Message | None = None

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Redraw the bar, at most ten times a second."""
        self.check()
        self._message = message or self._message
        now = time.monotonic()
        if self._visible and now - self._drawn_s >= _REDRAW_S:
            self._drawn_s = now
            self._write(self._line(min(max(fraction, 0.0), 1.0), now - self._started_s))

    def check(self) -> None:
        """Raise `Cancelled` when the token was cancelled."""
        self._cancel.check()

    def clear(self) -> None:
        """Take the bar off the screen."""
        if self._visible and self._drawn_s:
            self._write("")

    def _line(self, fraction: float, elapsed_s: float) -> str:
        done = round(fraction * _BAR_CHARACTERS)
        left = f"{elapsed_s * (1 - fraction) / fraction:4.0f} s left" if fraction > 0.02 else ""
        text = str(self._message) if self._message else ""
        return f"{'█' * done}{'·' * (_BAR_CHARACTERS - done)} {fraction:4.0%} {left} {text}"

    def _write(self, line: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._stream.write(f"\r\x1b[K{line[:width]}")
        self._stream.flush()
