"""What the series of the index are, worked out from their files."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from imaging.geometry import SeriesPart, split_series
from imaging.index import StudyIndex
from imaging.index_records import geometry_text, messages_text
from imaging.instance import Instance
from imaging.study_summaries import summarise_series

FilesOf = Callable[[str], Sequence[Instance] | None]


def stale_series(index: StudyIndex) -> list[str]:
    """Give the series whose parts must be worked out again, such as after a killed import."""
    return [row["uid"] for row in index.rows("SELECT uid FROM series WHERE stale = 1 ORDER BY id")]


def refresh_series(index: StudyIndex, series_uid: str, files_of: FilesOf = lambda _: None) -> list[Series]:
    """Work out the parts of a series from its files, and give them.

    `files_of` may know the files of a series; where it gives None they are read.
    """
    # All in one transaction: files that another process adds meanwhile make the series stale again.
    with index.transaction() as connection:
        row = connection.execute("SELECT id FROM series WHERE uid = ?", (series_uid,)).fetchone()
        files = files_of(series_uid) or index.all_instances(series_uid)
        connection.execute("DELETE FROM parts WHERE series = ?", (row["id"],))
        for part in split_series(files):
            _insert_part(connection, row["id"], part)
        connection.execute("UPDATE series SET stale = 0 WHERE id = ?", (row["id"],))
        summarise_series(connection, row["id"])
    return index.find_series(series_uid)


def _insert_part(connection: sqlite3.Connection, series: int, part: SeriesPart) -> None:
    first = part.instances[0]
    cursor = connection.execute(
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
        [(cursor.lastrowid, place, item.sop_uid, item.variant) for place, item in enumerate(part.instances)],
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
