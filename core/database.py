"""SQLite files with a schema version and migrations."""

import sqlite3
from collections.abc import Sequence
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
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path, migrations)
    except sqlite3.DatabaseError as error:
        connection.close()
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be opened as a library index: {reason}.")
        raise SenseError(message(text, path=str(path), reason=str(error))) from error
    except BaseException:
        connection.close()
        raise
    return connection


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
            for statement in migrations[number].split(";"):
                if statement.strip():
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
