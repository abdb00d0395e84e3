"""SQLite files with a schema version and migrations."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message


def open_database(path: Path, migrations: Sequence[str]) -> sqlite3.Connection:
    """Open `path` with the newest schema; the connection is in autocommit mode with WAL and foreign keys.

    Parameters
    ----------
    path : Path
        Made if absent, with its folder.
    migrations : sequence of str
        SQL scripts; script `n` leads from version `n` to `n + 1`. Never change one that was released.

    Raises
    ------
    SenseError
        When the file is not a database, or was written by a newer program.
    """
    connection = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, isolation_level=None, timeout=30.0, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path, migrations)
    except BaseException as error:
        if connection is not None:
            connection.close()
        if not isinstance(error, sqlite3.DatabaseError | OSError):
            raise
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be opened as a library index: {reason}.")
        reason = (error.strerror or "") if isinstance(error, OSError) else str(error)
        raise SenseError(message(text, path=str(path), reason=reason)) from error
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for another process that is changing the mode of a new file: it fails at once.
    deadline = time.monotonic() + 10.0
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    version = _version(connection)
    if version > len(migrations):
        text = QT_TRANSLATE_NOOP("Message", "{path} was written by a newer version of the program.")
        hint = QT_TRANSLATE_NOOP("Message", "Update the program, or open another library with --library.")
        raise SenseError(message(text, path=str(path)), message(hint))
    if version == len(migrations):
        return
    # Another process may be migrating the same file: take the write lock first, then look again.
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(_version(connection), len(migrations)):
            for statement in _statements(migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """Split a script, for `executescript` would commit; a trigger holds semicolons of its own."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \n;"):
                yield statement
            statement = ""
    if statement.strip(" \n;"):
        yield statement


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
