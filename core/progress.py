"""How long work tells how far it is and learns that it shall stop."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.errors import Cancelled
from core.message import Message


class Progress(Protocol):
    """What a use case is given as `progress`."""

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Tell that `fraction` (0 to 1) is done; raises `Cancelled` when the work shall stop."""
        ...

    def check(self) -> None:
        """Raise `Cancelled` when the work shall stop."""
        ...


class CancelToken:
    """A flag that any thread may set, once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Tell whether the work was asked to stop."""
        return self._event.is_set()


class SilentProgress:
    """Progress that nobody watches; it can still be cancelled through its token."""

    def __init__(self, token: CancelToken | None = None) -> None:
        self._token = token

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Only look for a cancel."""
        self.check()

    def check(self) -> None:
        """Raise `Cancelled` when the token was cancelled."""
        if self._token is not None and self._token.cancelled:
            raise Cancelled


SILENT = SilentProgress()


@dataclass(frozen=True)
class PartProgress:
    """The share of a larger work's progress that one of its steps fills.

    Parameters
    ----------
    whole : Progress
        The larger work's progress.
    start, end : float
        Where the step begins and ends within 0 to 1.
    """

    whole: Progress
    start: float
    end: float

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Report the step's fraction, scaled into the whole."""
        self.whole.report(self.start + (self.end - self.start) * fraction, message)

    def check(self) -> None:
        """Raise `Cancelled` when the whole work shall stop."""
        self.whole.check()


class QuietProgress:
    """Tells nothing of one of several works that go on side by side, but hears a cancel.

    Parameters
    ----------
    progress : Progress
        Of all of them together.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Only look whether the work was cancelled."""
        self._progress.check()

    def check(self) -> None:
        """Raise `Cancelled` when the work was cancelled."""
        self._progress.check()


class CallbackProgress:
    """Progress that calls a function, and stops when its token is cancelled.

    Parameters
    ----------
    on_report : callable
        Called as `on_report(fraction, message)` from the working thread.
    token : CancelToken
        Looked at on every report and check.
    """

    def __init__(self, on_report: Callable[[float, Message | None], None], token: CancelToken) -> None:
        self._on_report = on_report
        self._token = token

    def report(self, fraction: float, message: Message | None = None) -> None:
        """Pass the report on, unless the work was cancelled."""
        self.check()
        self._on_report(min(max(fraction, 0.0), 1.0), message)

    def check(self) -> None:
        """Raise `Cancelled` when the token was cancelled."""
        if self._token.cancelled:
            raise Cancelled
