"""What is still to be sent to which PACS; it survives the program, and a failure is tried again later."""

import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from core.database import open_database
from core.library import Library
from core.message import Message
from imaging.pacs.peers import PeerAddress

# Script n leads from schema version n to n + 1; never change one that was released.
MIGRATIONS = (
    """
    CREATE TABLE sends (
        id INTEGER PRIMARY KEY,
        peer TEXT NOT NULL,
        series_uid TEXT NOT NULL,
        sop_uid TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        next_at REAL NOT NULL DEFAULT 0,
        leased_until REAL NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0,
        reason TEXT,
        UNIQUE (peer, sop_uid)
    );
    CREATE INDEX sends_due ON sends (failed, next_at)
    """,
)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 3600.0
MOST_ATTEMPTS = 48
_LEASE_S = 300.0


@dataclass(frozen=True)
class QueuedSend:
    """One object on its way to one server.

    Parameters
    ----------
    id : int
        Of the entry.
    peer : PeerAddress
        Where it goes.
    series_uid, sop_uid : str
        What it is.
    attempts : int
        How often it was tried.
    next_at : float
        When it is tried again, in seconds since 1970.
    failed : bool
        It is not tried again by itself.
    reason : Message, optional
        Why it has not arrived.
    """

    id: int
    peer: PeerAddress
    series_uid: str
    sop_uid: str
    attempts: int
    next_at: float
    failed: bool
    reason: Message | None


class SendQueue:
    """The queue of a library; any number of threads and processes may use it.

    Parameters
    ----------
    library : Library
        Holds it in `pacs.sqlite`.
    """

    def __init__(self, library: Library) -> None:
        self._lock = threading.RLock()
        self._connection = open_database(library.folder / "pacs.sqlite", MIGRATIONS)

    def __enter__(self) -> "SendQueue":
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._connection.close()

    def add(self, peer: PeerAddress, series_uid: str, sop_uids: Sequence[str]) -> None:
        """Put objects in; one that waits for the same server already is made due now."""
        text = _peer_text(peer)
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                """INSERT INTO sends (peer, series_uid, sop_uid) VALUES (?, ?, ?)
                ON CONFLICT (peer, sop_uid) DO UPDATE SET next_at = 0, failed = 0, attempts = 0""",
                [(text, series_uid, sop_uid) for sop_uid in sop_uids],
            )
            self._connection.execute("COMMIT")

    def entries(self) -> list[QueuedSend]:
        """Give all that has not arrived, oldest first."""
        with self._lock:
            return [_entry(row) for row in self._connection.execute("SELECT * FROM sends ORDER BY id")]

    def peers_due(self, *, now: bool = False) -> list[PeerAddress]:
        """Give the servers for which something is due; `now` counts what would be tried later, too."""
        query = (
            "SELECT DISTINCT peer FROM sends WHERE failed = 0 AND leased_until < ? AND (next_at <= ? OR ?)"
        )
        clock = time.time()
        with self._lock:
            rows = self._connection.execute(query, (clock, clock, now)).fetchall()
        return [PeerAddress.from_json(json.loads(row["peer"])) for row in rows]

    def take(self, peer: PeerAddress, count: int, *, now: bool = False, after: int = 0) -> list[QueuedSend]:
        """Give at most `count` objects that are due for a server; others cannot take them for a while.

        A program that is killed while it sends leaves them to the next after that time. Entries up to the ID
        `after` are left out: whoever works through the queue tries each only once.
        """
        clock = time.time()
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            rows = self._connection.execute(
                """SELECT * FROM sends WHERE peer = ? AND id > ? AND failed = 0 AND leased_until < ?
                AND (next_at <= ? OR ?) ORDER BY id LIMIT ?""",
                (_peer_text(peer), after, clock, clock, now, count),
            ).fetchall()
            self._connection.executemany(
                "UPDATE sends SET leased_until = ? WHERE id = ?",
                [(clock + _LEASE_S, row["id"]) for row in rows],
            )
            self._connection.execute("COMMIT")
        return [_entry(row) for row in rows]

    def done(self, entry: QueuedSend) -> None:
        """Take out what has arrived."""
        self._execute("DELETE FROM sends WHERE id = ?", entry.id)

    def give_back(self, entry: QueuedSend) -> None:
        """Put back what was taken and not tried."""
        self._execute("UPDATE sends SET leased_until = 0 WHERE id = ?", entry.id)

    def later(self, entry: QueuedSend, reason: Message) -> None:
        """Try again after a pause that doubles each time; no more after two days of failures."""
        attempts = entry.attempts + 1
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(attempts - 1, 20))
        self._execute(
            """UPDATE sends SET attempts = ?, next_at = ?, failed = ?, leased_until = 0, reason = ?
            WHERE id = ?""",
            attempts,
            time.time() + pause,
            attempts >= MOST_ATTEMPTS,
            json.dumps(reason.to_json()),
            entry.id,
        )

    def fail(self, entry: QueuedSend, reason: Message) -> None:
        """Keep it with the reason why trying again will not help."""
        self._execute(
            "UPDATE sends SET attempts = attempts + 1, failed = 1, leased_until = 0, reason = ? WHERE id = ?",
            json.dumps(reason.to_json()),
            entry.id,
        )

    def revive(self) -> None:
        """Make everything due now, also what has failed."""
        self._execute("UPDATE sends SET failed = 0, next_at = 0, attempts = 0")

    def clear(self) -> int:
        """Forget everything that is not being sent, and give how much that was."""
        with self._lock:
            return self._connection.execute(
                "DELETE FROM sends WHERE leased_until < ?", (time.time(),)
            ).rowcount

    def _execute(self, query: str, *values: object) -> None:
        with self._lock:
            self._connection.execute(query, values)


def _peer_text(peer: PeerAddress) -> str:
    return json.dumps(peer.to_json(), sort_keys=True)


def _entry(row: sqlite3.Row) -> QueuedSend:
    return QueuedSend(
        id=row["id"],
        peer=PeerAddress.from_json(json.loads(row["peer"])),
        series_uid=row["series_uid"],
        sop_uid=row["sop_uid"],
        attempts=row["attempts"],
        next_at=row["next_at"],
        failed=bool(row["failed"]),
        reason=Message.from_json(json.loads(row["reason"])) if row["reason"] else None,
    )
