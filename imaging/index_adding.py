"""How the index grows: files are added in batches."""

import os
import sqlite3
from collections.abc import Sequence
from enum import Enum

from imaging.index import StudyIndex
from imaging.index_records import own_header_text, shared_header_text
from imaging.instance import Instance

_MOST_ASKED = 500  # values in one query
_INSERT = """
    INSERT INTO instances (sop_uid, variant, series, path, size, modified, shared, header)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


class Fate(Enum):
    """What became of a file that was to be added."""

    ADDED = "added"
    ADDED_BESIDE = "added beside, or in place of, another one with its identifier"
    THERE = "there already"


def add_instances(index: StudyIndex, instances: Sequence[Instance]) -> list[Fate]:
    """Add files in one transaction; a file that is there already changes nothing.

    A file with the SOP instance UID of another one but other content is kept beside it as a variant: which of
    them is right is not for an index to say, and none may be lost.

    Returns
    -------
    list of Fate
        One for each file.
    """
    with index.transaction() as connection:
        batch = _Batch(index, connection)
        starts = range(0, len(instances), _MOST_ASKED)
        return [fate for start in starts for fate in batch.add(instances[start : start + _MOST_ASKED])]


class _Batch:
    """Files that are added in one transaction."""

    def __init__(self, index: StudyIndex, connection: sqlite3.Connection) -> None:
        self._paths = index.paths
        self._connection = connection
        self._series: dict[str, int] = {}
        self._headers: dict[tuple[int, str], int] = {}
        self._rows: list[tuple[object, ...]] = []

    def add(self, instances: Sequence[Instance]) -> list[Fate]:
        """Add some files."""
        known = self._known(instances)
        fates: list[Fate] = []
        for instance in instances:
            if instance.sop_uid in known:
                self._write()
                fates.append(self._add_beside_others(instance))
            else:
                self._add_alone(instance)
                known.add(instance.sop_uid)
                fates.append(Fate.ADDED)
        self._write()
        return fates

    def _known(self, instances: Sequence[Instance]) -> set[str]:
        """Give the SOP instance UIDs that the index has."""
        marks = ", ".join("?" * len(instances))
        query = f"SELECT sop_uid FROM instances WHERE sop_uid IN ({marks})"
        return {row[0] for row in self._connection.execute(query, [item.sop_uid for item in instances])}

    def _add_alone(self, new: Instance) -> None:
        if new.references:
            self._write()
            self._insert(new, 0)
        else:  # with others, by the next `_write`
            self._rows.append(self._row(new, 0))

    def _write(self) -> None:
        self._connection.executemany(_INSERT, self._rows)
        self._rows.clear()

    def _add_beside_others(self, new: Instance) -> Fate:
        query = "SELECT * FROM instances WHERE sop_uid = ? ORDER BY variant"
        rows = self._connection.execute(query, (new.sop_uid,)).fetchall()
        known = [(row, self._paths.decode(row["path"])) for row in rows]
        if any(_is_same(row, path, new) for row, path in known):
            return Fate.THERE
        replaced = next((row for row, path in known if path == new.path or not _exists(path)), None)
        if replaced is None:
            self._insert(new, 1 + max((row["variant"] for row in rows), default=-1))
            return Fate.ADDED_BESIDE
        self._connection.execute("DELETE FROM instances WHERE id = ?", (replaced["id"],))
        self._connection.execute("UPDATE series SET stale = 1 WHERE id = ?", (replaced["series"],))
        self._insert(new, replaced["variant"])
        return Fate.ADDED_BESIDE

    def _insert(self, new: Instance, variant: int) -> None:
        number = _inserted(self._connection, _INSERT, self._row(new, variant))
        self._connection.executemany(
            "INSERT OR IGNORE INTO links (instance, target) VALUES (?, ?)",
            [(number, target) for target in new.references],
        )

    def _row(self, new: Instance, variant: int) -> tuple[object, ...]:
        if new.series_uid not in self._series:
            self._series[new.series_uid] = _series_id(self._connection, new)
        series = self._series[new.series_uid]
        return (
            new.sop_uid,
            variant,
            series,
            self._paths.encode(new.path),
            new.size_bytes,
            new.modified_ns,
            self._header_id(series, shared_header_text(new)),
            own_header_text(new),
        )

    def _header_id(self, series: int, text: str) -> int:
        key = series, text
        if key not in self._headers:
            found = self._connection.execute("SELECT id FROM headers WHERE series = ? AND header = ?", key)
            row = found.fetchone()
            insert = "INSERT INTO headers (series, header) VALUES (?, ?)"
            self._headers[key] = _inserted(self._connection, insert, key) if row is None else int(row["id"])
        return self._headers[key]


def _is_same(row: sqlite3.Row, path: str, new: Instance) -> bool:
    if row["size"] != new.size_bytes:
        return False
    return bool(row["modified"] == new.modified_ns) if path == new.path else _same_content(path, new.path)


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - names may be in any encoding


def _same_content(one: str, other: str) -> bool:
    import filecmp

    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _series_id(connection: sqlite3.Connection, new: Instance) -> int:
    row = connection.execute("SELECT id, stale FROM series WHERE uid = ?", (new.series_uid,)).fetchone()
    if row is not None:
        if not row["stale"]:
            connection.execute("UPDATE series SET stale = 1 WHERE id = ?", (row["id"],))
        return int(row["id"])
    study = _study_id(connection, new)
    return _inserted(
        connection,
        "INSERT INTO series (uid, study, modality, description, number) VALUES (?, ?, ?, ?, ?)",
        (new.series_uid, study, new.modality, new.series_description, new.series_number),
    )


def _study_id(connection: sqlite3.Connection, new: Instance) -> int:
    row = connection.execute("SELECT id FROM studies WHERE uid = ?", (new.study_uid,)).fetchone()
    if row is not None:
        return int(row["id"])
    return _inserted(
        connection,
        "INSERT INTO studies (uid, patient, date, time, accession, description) VALUES (?, ?, ?, ?, ?, ?)",
        (
            new.study_uid,
            _patient_id(connection, new),
            new.study_date,
            new.study_time,
            new.accession,
            new.study_description,
        ),
    )


def _patient_id(connection: sqlite3.Connection, new: Instance) -> int:
    row = connection.execute(
        "SELECT id FROM patients WHERE patient_id = ? AND name = ? AND birth_date = ?",
        (new.patient_id, new.patient_name, new.birth_date),
    ).fetchone()
    if row is not None:
        return int(row["id"])
    return _inserted(
        connection,
        "INSERT INTO patients (patient_id, name, birth_date, sex) VALUES (?, ?, ?, ?)",
        (new.patient_id, new.patient_name, new.birth_date, new.sex),
    )


def _inserted(connection: sqlite3.Connection, query: str, values: Sequence[object]) -> int:
    number = connection.execute(query, values).lastrowid
    assert number is not None
    return number


def known_series(index: StudyIndex, paths: Sequence[str]) -> list[str | None]:
    """Give the UID of the series that each file belongs to, if it was not changed since it was indexed.

    At most 500 paths at a time.
    """
    marks = ", ".join("?" * len(paths))
    query = f"""SELECT instances.path, series.uid, instances.size, instances.modified
        FROM instances JOIN series ON series.id = instances.series WHERE instances.path IN ({marks})"""
    rows = index.rows(query, *map(index.paths.encode, paths))
    known = {index.paths.decode(row["path"]): row for row in rows}
    return [_unchanged(path, known.get(path)) for path in paths]


def _unchanged(path: str, row: sqlite3.Row | None) -> str | None:
    if row is None:
        return None
    try:
        status = os.stat(path)  # noqa: PTH116 - names may be in any encoding
    except OSError:
        return None
    same = (row["size"], row["modified"]) == (status.st_size, status.st_mtime_ns)
    return str(row["uid"]) if same else None
