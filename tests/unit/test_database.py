import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.database import open_database
from core.errors import SenseError

ROOT = Path(__file__).parents[2]
MIGRATIONS = [
    "CREATE TABLE study (uid TEXT PRIMARY KEY); CREATE INDEX by_uid ON study (uid);",
    "ALTER TABLE study ADD COLUMN note TEXT NOT NULL DEFAULT 'a;b'",
    """CREATE TABLE log (uid TEXT);
    CREATE TRIGGER told AFTER INSERT ON study
    BEGIN INSERT INTO log VALUES (new.uid); DELETE FROM log WHERE 0; END;""",
]


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_file_gets_the_newest_schema(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "new" / "index.sqlite", MIGRATIONS)
    assert version(connection) == 3
    connection.execute("INSERT INTO study (uid) VALUES ('1.2')")
    assert connection.execute("SELECT note FROM study").fetchone()["note"] == "a;b"
    assert connection.execute("SELECT count(*) FROM log").fetchone()[0] == 1
    connection.close()


def test_an_older_file_is_brought_up_to_date_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    old = open_database(path, MIGRATIONS[:1])
    old.execute("INSERT INTO study VALUES ('1.2')")
    old.close()
    new = open_database(path, MIGRATIONS)
    assert [tuple(row) for row in new.execute("SELECT uid, note FROM study")] == [("1.2", "a;b")]
    new.close()


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    open_database(path, MIGRATIONS).close()
    with pytest.raises(SenseError, match="newer version"):
        open_database(path, MIGRATIONS[:1])
    connection = open_database(path, MIGRATIONS)
    assert version(connection) == 3
    connection.close()


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at " * 50, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.sqlite"
    path.write_bytes(content)
    with pytest.raises(SenseError, match=r"index\.sqlite"):
        open_database(path, MIGRATIONS)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SenseError, match="cannot be opened"):
        open_database(tmp_path / "file" / "index.sqlite", MIGRATIONS)


def test_a_migration_that_fails_leaves_the_version_before(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    open_database(path, MIGRATIONS[:1]).close()
    broken = [*MIGRATIONS[:1], "CREATE TABLE half (x); CREATE TABLE study (uid)"]
    with pytest.raises(SenseError):
        open_database(path, broken)
    connection = open_database(path, MIGRATIONS[:1])
    tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert "half" not in tables
    connection.close()


def test_several_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    program = (
        "import sys; from pathlib import Path; from core.database import open_database\n"
        f"connection = open_database(Path(sys.argv[1]), {MIGRATIONS!r})\n"
        "connection.execute('INSERT INTO study (uid) VALUES (?)', sys.argv[2:])"
    )
    openers = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(number)], cwd=ROOT)
        for number in range(4)
    ]
    assert [opener.wait(60) for opener in openers] == [0, 0, 0, 0]
    connection = open_database(path, MIGRATIONS)
    assert connection.execute("SELECT count(*) FROM log").fetchone()[0] == 4
    connection.close()
