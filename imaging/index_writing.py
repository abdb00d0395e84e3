"""How the index grows: files are added in batches, and what their series are is worked out again."""

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.index_records import geometry_text, header_text, messages_text
from imaging.instance import Instance
from imaging.name_search import name_search


def add_instances(index: StudyIndex, instances: Iterable[Instance]) -> dict[str, int]:
    """Add files in one transaction; a file that is there already changes nothing.

    A file with the SOP instance UID of another one but other content is kept beside it as a variant: which of
    them is right is not for an index to say, and none may be lost.

    Returns
    -------
    dict of str to int
        UIDs of the series of the files, with the number of their files that are new.
    """
    series: dict[str, int] = {}
    with index.transaction() as connection:
        for instance in instances:
            new = _add(index, connection, instance)
            series[instance.series_uid] = series.get(instance.series_uid, 0) + int(new)
    return series


def _add(index: StudyIndex, connection: sqlite3.Connection, new: Instance) -> bool:
    """Tell whether the file was added, and is not there already."""
    query = (
        "SELECT id, series, variant, path, size, modified FROM instances WHERE sop_uid = ? ORDER BY variant"
    )
    rows = connection.execute(query, (new.sop_uid,)).fetchall()
    known = [(row, index.paths.decode(row["path"])) for row in rows]
    if any(_is_same(row, path, new) for row, path in known):
        return False
    replaced = next((row for row, path in known if path == new.path or not _exists(path)), None)
    if replaced is None:
        _insert(index, connection, new, variant=1 + max((row["variant"] for row in rows), default=-1))
        return True
    connection.execute("DELETE FROM instances WHERE id = ?", (replaced["id"],))
    connection.execute("UPDATE series SET stale = 1 WHERE id = ?", (replaced["series"],))
    _insert(index, connection, new, variant=replaced["variant"])
    return True


def _is_same(row: sqlite3.Row, path: str, new: Instance) -> bool:
    if row["size"] != new.size_bytes:
        return False
    return row["modified"] == new.modified_ns if path == new.path else _same_content(path, new.path)


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - names may be in any encoding


def _same_content(one: str, other: str) -> bool:
    import filecmp

    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _insert(index: StudyIndex, connection: sqlite3.Connection, new: Instance, *, variant: int) -> None:
    series = _series_id(connection, new)
    cursor = connection.execute(
        """INSERT INTO instances (sop_uid, variant, series, path, size, modified, header)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (
            new.sop_uid,
            variant,
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
        "INSERT INTO patients (patient_id, name, birth_date, sex, search) VALUES (?, ?, ?, ?, ?)",
        (new.patient_id, new.patient_name, new.birth_date, new.sex, name_search(new.patient_name)),
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
        files = index.all_instances(series_uid)
        connection.execute("DELETE FROM parts WHERE series = ?", (row["id"],))
        for part in split_series(files):
            _insert_part(connection, row["id"], part)
        connection.execute("UPDATE series SET stale = 0 WHERE id = ?", (row["id"],))
    return index.find_series(series_uid)


def _insert_part(connection: sqlite3.Connection, series: int, part: SeriesPart) -> None:
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
            messages_text(_warnings(part)),
        ),
    )
    connection.executemany(
        """INSERT INTO members (part, place, instance)
        SELECT ?, ?, id FROM instances WHERE sop_uid = ? AND variant = ?""",
        [(number, place, item.sop_uid, item.variant) for place, item in enumerate(part.instances)],
    )


def _warnings(part: SeriesPart) -> list[Message]:
    found = [*part.warnings, *chain.from_iterable(item.notes for item in part.instances)]
    if part.geometry is None:
        found.append(message(QT_TRANSLATE_NOOP("Message", "There are no images in it to show.")))
    return list({json.dumps(item.to_json()): item for item in found}.values())


def value_unit(instance: Instance) -> str:
    """Give the unit of rescaled values: HU for CT (PS3.3 C.8.2.1.1.5), PET units, "" where there is none."""
    if instance.rescale_type in ("HU", "") and instance.modality == "CT":
        return "HU"
    return _UNITS.get(instance.rescale_type, "")


# Rescale and modality LUT types (PS3.3 C.11.1.1.2; OD counts thousandths), units of PET (C.8.9.1.1.3)
# and of RT dose (C.8.8.3).
_UNITS = {
    "HU": "HU",
    "OD": "OD/1000",
    "MGML": "mg/ml",
    "PCT": "%",
    "PCNT": "%",
    "BQML": "Bq/ml",
    "CNTS": "counts",
    "CPS": "counts/s",
    "GML": "g/ml",
    "CM2ML": "cm2/ml",
    "MGMINML": "mg/min/ml",
    "UMOLMINML": "umol/min/ml",
    "MLMING": "ml/min/g",
    "1CM": "1/cm",
    "GY": "Gy",
}
