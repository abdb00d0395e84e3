"""The errors that reach a user: one sentence saying what is wrong, and a hint saying what to do."""

from enum import IntEnum

from core.message import Message


class ExitStatus(IntEnum):
    """Exit statuses of the command line."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    BAD_INPUT = 3
    INTERRUPTED = 130


class SenseError(Exception):
    """Something that the user asked for could not be done.

    Parameters
    ----------
    message : Message
        One sentence without patient data, naming the file where there is one.
    hint : Message, optional
        What the user can do about it.
    """

    status = ExitStatus.FAILED

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Give message and hint in English, in one line."""
        return f"{self.message} {self.hint}" if self.hint else str(self.message)


class UsageError(SenseError):
    """The request itself makes no sense."""

    status = ExitStatus.USAGE


class BadInput(SenseError):
    """A file or value that was given cannot be used."""

    status = ExitStatus.BAD_INPUT


class Cancelled(Exception):
    """The user cancelled the work. Never swallow it: what it leaves behind is what was there before."""
