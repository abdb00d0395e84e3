"""The append-only audit trail: who did what to which study, chained so that a change shows."""

import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import SenseError
from core.file_lock import file_lock
from core.message import QT_TRANSLATE_NOOP, message

_START = "0" * 64


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
        self._user = user or getpass.getuser()

    def append(self, action: str, objects: tuple[str, ...] = (), outcome: str = "done") -> AuditEvent:
        """Add one event and return it; on disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(self._path.with_suffix(".lock")), self._path.open("a+b") as trail:
            fields: dict[str, object] = {
                "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "user": self._user,
                "action": action,
                "objects": objects,
                "outcome": outcome,
                "previous": _last_digest(trail.fileno()),
            }
            event = AuditEvent(**fields, digest=_digest({**fields, "objects": list(objects)}))  # type: ignore[arg-type]
            trail.write(json.dumps(asdict(event), ensure_ascii=True).encode() + b"\n")
            trail.flush()
            os.fsync(trail.fileno())
        return event

    def events(self) -> Iterator[AuditEvent]:
        """Give all events, oldest first; raises `SenseError` at the first line that was changed."""
        if not self._path.exists():
            return
        previous = _START
        with self._path.open("rb") as trail:
            for number, line in enumerate(trail, start=1):
                try:
                    fields = json.loads(line)
                    sound = fields["previous"] == previous and fields["digest"] == _digest(fields)
                except (ValueError, KeyError, TypeError):
                    sound = False
                if not sound:
                    text = QT_TRANSLATE_NOOP("Message", "The audit trail was changed at line {line}.")
                    raise SenseError(message(text, line=number))
                previous = fields["digest"]
                yield AuditEvent(**{**fields, "objects": tuple(fields["objects"])})


def _last_digest(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    if not size:
        return _START
    start = max(0, size - 65536)
    os.lseek(descriptor, start, os.SEEK_SET)
    lines = os.read(descriptor, size - start).splitlines()
    try:
        return str(json.loads(lines[-1])["digest"])
    except (ValueError, KeyError) as error:
        raise SenseError(
            message(QT_TRANSLATE_NOOP("Message", "The audit trail ends in a broken line."))
        ) from error
