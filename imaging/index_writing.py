"""How the index grows: files are added in batches, and what their series are is worked out again."""

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.index_records import geometry_text, header_text, messages_text
from imaging.instance import Instance


@dataclass(frozen=True)
class Added:
    """What became of a batch of files.

    Parameters
    ----------
    series : mapping of str to int
        UIDs of the series of the batch, with the number of their files that are new.
    conflicts : tuple of Instance
        Files that were left out because another file with the same SOP instance UID has other content.
    """

    series: dict[str, int]
    conflicts: tuple[Instance, ...]


def add_instances(index: StudyIndex, instances: Iterable[Instance]) -> Added:
    """Add files in one transaction; a file that is there already changes nothing."""
    series: dict[str, int] = {}
    conflicts: list[Instance] = []
    with index.transaction() as connection:
        for instance in instances:
            outcome = _add(index, connection, instance)
            if outcome is None:
                conflicts.append(instance)
            series[instance.series_uid] = series.get(instance.series_uid, 0) + int(bool(outcome))
    return Added(series, tuple(conflicts))


def _add(index: StudyIndex, connection: sqlite3.Connection, new: Instance) -> bool | None:
    """Tell whether the file was added (True), is there already (False) or conflicts with one (None)."""
    row = connection.execute(
        "SELECT id, series, path, size, modified FROM instances WHERE sop_uid = ?", (new.sop_uid,)
    ).fetchone()
    if row is None:
        _insert(index, connection, new)
        return True
    old_path = index.paths.decode(row["path"])
    if (old_path, row["size"], row["modified"]) == (new.path, new.size_bytes, new.modified_ns):
        return False
    if old_path != new.path and os.path.exists(old_path):  # noqa: PTH110 - names may be in any encoding
        if row["size"] == new.size_bytes and _same_content(old_path, new.path):
            return False
        _note(connection, row["series"], _conflict(new))
        return None
    connection.execute("DELETE FROM instances WHERE id = ?", (row["id"],))
    connection.execute("UPDATE series SET stale = 1 WHERE id = ?", (row["series"],))
    _insert(index, connection, new)
    return True


def _same_content(one: str, other: str) -> bool:
    import filecmp

    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _conflict(instance: Instance) -> Message:
    text = QT_TRANSLATE_NOOP(
        "Message", "{name} has the identifier of another image but other content; it was left out."
    )
    return message(text, name=os.path.basename(instance.path))  # noqa: PTH119


def _note(connection: sqlite3.Connection, series: int, warning: Message) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO notes (series, warning) VALUES (?, ?)", (series, json.dumps(warning.to_json()))
    )
    if connection.execute("SELECT changes()").fetchone()[0]:
        connection.execute("UPDATE series SET stale = 1 WHERE id = ?", (series,))


def _insert(index: StudyIndex, connection: sqlite3.Connection, new: Instance) -> None:
    series = _series_id(connection, new)
    cursor = connection.execute(
        "INSERT INTO instances (sop_uid, series, path, size, modified, header) VALUES (?, ?, ?, ?, ?, ?)",
        (
            new.sop_uid,
            series,
            index.paths.encode(new.path),
            new.size_bytes,
            new.modified_ns,
            header_text(new),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO links (instance, target) VALUES (?, ?)",
        [(cursor.lastrowid, target) for target in new.references],
    )


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


def known_series(index: StudyIndex, path: str) -> str | None:
    """Give the UID of the series that a file belongs to, if it was not changed since it was indexed."""
    rows = index.rows(
        """SELECT series.uid, instances.size, instances.modified FROM instances
        JOIN series ON series.id = instances.series WHERE instances.path = ?""",
        index.paths.encode(path),
    )
    if not rows:
        return None
    try:
        status = os.stat(path)  # noqa: PTH116 - names may be in any encoding
    except OSError:
        return None
    same = (rows[0]["size"], rows[0]["modified"]) == (status.st_size, status.st_mtime_ns)
    return str(rows[0]["uid"]) if same else None


def stale_series(index: StudyIndex) -> list[str]:
    """Give the series whose parts must be worked out again, such as after a killed import."""
    return [row["uid"] for row in index.rows("SELECT uid FROM series WHERE stale = 1 ORDER BY id")]


def refresh_series(index: StudyIndex, series_uid: str) -> list[Series]:
    """Work out the parts of a series from its files, and give them."""
    # All in one transaction: files that another process adds meanwhile make the series stale again.
    with index.transaction() as connection:
        row = connection.execute("SELECT id FROM series WHERE uid = ?", (series_uid,)).fetchone()
        notes = [
            Message.from_json(json.loads(note["warning"]))
            for note in connection.execute("SELECT warning FROM notes WHERE series = ?", (row["id"],))
        ]
        files = index.all_instances(series_uid)
        connection.execute("DELETE FROM parts WHERE series = ?", (row["id"],))
        for part in split_series(files):
            _insert_part(connection, row["id"], part, notes)
        connection.execute("UPDATE series SET stale = 0 WHERE id = ?", (row["id"],))
    return index.find_series(series_uid)


def _insert_part(
    connection: sqlite3.Connection, series: int, part: SeriesPart, notes: Sequence[Message]
) -> None:
    first = part.instances[0]
    number = _inserted(
        connection,
        """INSERT INTO parts
        (series, name, instances, geometry, frames, unit, center, width, inverted, warnings)
        VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)""",
        (
            series,
            part.part,
            len(part.instances),
            geometry_text(part.geometry),
            value_unit(first) if part.geometry else "",
            *(first.window or (None, None)),
            first.photometric == "MONOCHROME1",
            messages_text(_warnings(part, notes)),
        ),
    )
    connection.executemany(
        "INSERT INTO members (part, place, instance) SELECT ?, ?, id FROM instances WHERE sop_uid = ?",
        [(number, place, instance.sop_uid) for place, instance in enumerate(part.instances)],
    )


def _warnings(part: SeriesPart, notes: Sequence[Message]) -> list[Message]:
    found = [*part.warnings, *chain.from_iterable(item.notes for item in part.instances), *notes]
    if part.geometry is None:
        found.append(message(QT_TRANSLATE_NOOP("Message", "There are no images in it to show.")))
    return list({json.dumps(item.to_json()): item for item in found}.values())


def value_unit(instance: Instance) -> str:
    """Give the unit of rescaled values: HU for CT (PS3.3 C.8.2.1.1.5), PET units, "" where there is none."""
    if instance.rescale_type in ("HU", "") and instance.modality == "CT":
        return "HU"
    names = {"BQML": "Bq/ml", "CNTS": "counts", "GML": "g/ml", "HU": "HU", "OD": "OD"}
    return names.get(instance.rescale_type, "")
