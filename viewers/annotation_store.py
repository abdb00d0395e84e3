"""The annotations of the library, kept by series in a file of their own."""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing

from core.annotation import Annotation
from core.database import open_database
from core.library import Library
from imaging.pixel_calibration import CalibrationKind, PixelCalibration

# Script n leads from schema version n to n + 1; never change one that was released.
_MIGRATIONS = (
    """
    CREATE TABLE annotations (
        uid TEXT NOT NULL,
        series_uid TEXT NOT NULL,
        part TEXT NOT NULL,
        place INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (series_uid, uid)
    );
    """,
    """
    CREATE TABLE calibrations (
        series_uid TEXT NOT NULL PRIMARY KEY,
        factor REAL NOT NULL,
        length_mm REAL NOT NULL
    );
    """,
)


class AnnotationStore:
    """Opens the file for each question, so that any thread may ask.

    Parameters
    ----------
    library : Library
        Holds the file "annotations.sqlite".
    """

    def __init__(self, library: Library) -> None:
        self._path = library.folder / "annotations.sqlite"

    def load(self, series_uid: str, part: str | None = None) -> tuple[Annotation, ...]:
        """Give the annotations of a series, or of one part of it, in the order in which they were drawn.

        What a newer program wrote and this one does not know is left out, and kept in the file.

        Raises
        ------
        SenseError
            When the file cannot be read.
        """
        if not self._path.exists():
            return ()
        query = (
            "SELECT content FROM annotations WHERE series_uid = ? AND part = ifnull(?, part) ORDER BY place"
        )
        with closing(self._open()) as connection:
            rows = connection.execute(query, (series_uid, part)).fetchall()
        found = (_read(row["content"]) for row in rows)
        return tuple(one for one in found if one is not None)

    def save(
        self, series_uid: str, part: str, annotations: Iterable[Annotation], known: Iterable[str] = ()
    ) -> None:
        """Keep these annotations, drawn on a part of a series, in place of those with the UIDs `known`.

        Raises
        ------
        SenseError
            When the file cannot be written.
        """
        rows = [
            (one.uid, series_uid, part, place, json.dumps(one.to_json()))
            for place, one in enumerate(annotations)
        ]
        with closing(self._open()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "DELETE FROM annotations WHERE series_uid = ? AND uid = ?",
                [(series_uid, uid) for uid in known],
            )
            connection.executemany("INSERT OR REPLACE INTO annotations VALUES (?, ?, ?, ?, ?)", rows)
            connection.execute("COMMIT")

    def load_calibration(self, series_uid: str) -> PixelCalibration | None:
        """Give how the reader calibrated the images of a series, or None.

        Raises
        ------
        SenseError
            When the file cannot be read.
        """
        if not self._path.exists():
            return None
        query = "SELECT factor, length_mm FROM calibrations WHERE series_uid = ?"
        with closing(self._open()) as connection:
            row = connection.execute(query, (series_uid,)).fetchone()
        if row is None:
            return None
        return PixelCalibration(
            CalibrationKind.READER, float(row["factor"]), length_mm=float(row["length_mm"])
        )

    def save_calibration(self, series_uid: str, calibration: PixelCalibration | None) -> None:
        """Keep how the reader calibrated the images of a series; None forgets it.

        Raises
        ------
        SenseError
            When the file cannot be written.
        """
        with closing(self._open()) as connection:
            if calibration is None:
                connection.execute("DELETE FROM calibrations WHERE series_uid = ?", (series_uid,))
            else:
                row = (series_uid, calibration.factor, calibration.length_mm)
                connection.execute("INSERT OR REPLACE INTO calibrations VALUES (?, ?, ?)", row)

    def counts(self) -> dict[str, int]:
        """Give how many annotations every series has; series without any are left out."""
        if not self._path.exists():
            return {}
        with closing(self._open()) as connection:
            rows = connection.execute("SELECT series_uid, count(*) AS n FROM annotations GROUP BY series_uid")
            return {str(row["series_uid"]): int(row["n"]) for row in rows}

    def _open(self) -> sqlite3.Connection:
        return open_database(self._path, _MIGRATIONS)


def _read(content: str) -> Annotation | None:
    try:
        return Annotation.from_json(json.loads(content))
    except (KeyError, TypeError, ValueError):
        return None
