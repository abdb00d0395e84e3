"""The append-only audit trail: who did what to which study, chained so that a change shows."""

import getpass
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from core.errors import SenseError
from core.file_lock import file_lock
from core.message import QT_TRANSLATE_NOOP, message

_START = "0" * 64
_BLOCK = 65536


@dataclass(frozen=True)
class AuditEvent:
    """One line of the trail (the content follows IHE ATNA's who, what, when, where, object).

    Parameters
    ----------
    time : str
        ISO 8601, UTC.
    user : str
        Name of the person at the workstation.
    action : str
        Command id, such as `"care.import"`.
    objects : tuple of str
        UIDs or digests; never names.
    outcome : str
        "done" or the reason why not.
    previous, digest : str
        SHA-256 of the line before and of this one.
    """

    time: str
    user: str
    action: str
    objects: tuple[str, ...]
    outcome: str
    previous: str
    digest: str


def _digest(fields: dict[str, object]) -> str:
    content = {key: value for key, value in fields.items() if key != "digest"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


class AuditTrail:
    """A file of JSON lines that is only ever appended to.

    Parameters
    ----------
    path : Path
        Made when the first event comes.
    user : str, optional
        The name to write; the operating system's user when not given.
    """

    def __init__(self, path: Path, user: str | None = None) -> None:
        self._path = path
        self._user = user or _system_user()

    def sign_as(self, user: str) -> None:
        """Write `user` from now on; the operating system's user when it is empty."""
        self._user = user or _system_user()

    def append(self, action: str, objects: Iterable[str] = (), outcome: str = "done") -> AuditEvent:
        """Add one event and return it; on disk when this returns.

        A line that a crash left unfinished is taken away first, and an event of its own tells so.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked(), self._path.open("a+b") as trail:
            torn = _take_torn_line(trail)
            if torn:
                self._write(trail, "audit.recover", (hashlib.sha256(torn).hexdigest(),), "unfinished line")
            event = self._write(trail, action, tuple(objects), outcome)
            trail.flush()
            os.fsync(trail.fileno())
        return event

    def events(self) -> Iterator[AuditEvent]:
        """Give all events, oldest first; raises `SenseError` at the first line that was changed.

        The chain shows a changed, inserted or removed line, but not that the newest ones were cut off.
        """
        if not self._path.exists():
            return
        with self._locked(), self._path.open("rb") as trail:
            lines = trail.read().split(b"\n")[:-1]  # what follows the last line break was never finished
        previous = _START
        for number, line in enumerate(lines, start=1):
            event = _event(line, previous)
            if event is None:
                text = QT_TRANSLATE_NOOP("Message", "The audit trail was changed at line {line}.")
                raise SenseError(message(text, line=number))
            previous = event.digest
            yield event

    def _locked(self) -> AbstractContextManager[None]:
        return file_lock(self._path.with_suffix(".lock"))

    def _write(self, trail: BinaryIO, action: str, objects: tuple[str, ...], outcome: str) -> AuditEvent:
        event = AuditEvent(
            time=datetime.now(UTC).isoformat(timespec="milliseconds"),
            user=self._user,
            action=action,
            objects=objects,
            outcome=outcome,
            previous=_last_digest(trail),
            digest="",
        )
        event = replace(event, digest=_digest(asdict(event)))
        trail.write(json.dumps(asdict(event), ensure_ascii=True).encode() + b"\n")
        trail.flush()
        return event


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user without a name, as in a container
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _event(line: bytes, previous: str) -> AuditEvent | None:
    """Read one line of the trail; None where it does not follow from the line before."""
    try:
        fields = json.loads(line)
        sound = fields["previous"] == previous and fields["digest"] == _digest(fields)
        fields["objects"] = tuple(fields["objects"])
        return AuditEvent(**fields) if sound else None
    except (ValueError, KeyError, TypeError):
        return None


def _last_line(trail: BinaryIO) -> bytes:
    """Give what stands after the last line break but one, however long it is."""
    end = trail.seek(0, os.SEEK_END)
    start, tail = end, b""
    while start and b"\n" not in tail[:-1]:
        start = max(0, start - _BLOCK)
        trail.seek(start)
        tail = trail.read(end - start)
    return tail[tail.rfind(b"\n", 0, -1) + 1 :]


def _take_torn_line(trail: BinaryIO) -> bytes:
    line = _last_line(trail)
    if not line or line.endswith(b"\n"):
        return b""
    trail.truncate(trail.seek(0, os.SEEK_END) - len(line))
    return line


def _last_digest(trail: BinaryIO) -> str:
    line = _last_line(trail)
    if not line:
        return _START
    try:
        return str(json.loads(line)["digest"])
    except (ValueError, KeyError, TypeError) as error:
        text = QT_TRANSLATE_NOOP("Message", "The audit trail ends in a broken line.")
        raise SenseError(message(text)) from error
