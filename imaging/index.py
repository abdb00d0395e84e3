"""The index of all studies of a library."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from core.database import open_database
from core.errors import SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.series import Series
from core.study import Study
from imaging.index_records import INSTANCES, StoredPaths, instance_of, series_of, study_of
from imaging.index_schema import MIGRATIONS
from imaging.instance import Instance
from imaging.name_search import folded
from imaging.study_summaries import studies_without_summary, summarise_studies

_SERIES = """
    SELECT parts.*, series.uid AS series_uid, series.modality, series.description, series.number,
        studies.uid AS study_uid
    FROM parts JOIN series ON series.id = parts.series JOIN studies ON studies.id = series.study
"""
_FAMILY = """
    WITH RECURSIVE family (id) AS (
        SELECT id FROM series WHERE uid = ?1
        UNION SELECT instances.series FROM links JOIN instances ON instances.id = links.instance
            WHERE links.target = ?2
        UNION SELECT referring.series FROM family JOIN series ON series.id = family.id
            JOIN links ON links.target = series.uid
            JOIN instances AS referring ON referring.id = links.instance
        UNION SELECT referring.series FROM family JOIN instances ON instances.series = family.id
            JOIN links ON links.target = instances.sop_uid
            JOIN instances AS referring ON referring.id = links.instance
    )
"""
_STUDIES = """
    SELECT studies.*, patients.name AS patient_name, patients.patient_id, patients.birth_date, patients.sex
    FROM studies JOIN patients ON patients.id = studies.patient
"""


@dataclass(frozen=True)
class LibrarySize:
    """How much a library holds."""

    patients: int
    studies: int
    series: int
    instances: int


class StudyIndex:
    """Studies, series and files of a library; any number of threads and processes may use it at once.

    Parameters
    ----------
    library : Library
        Its index is made when it is not there, and migrated when it is older than the program.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.paths = StoredPaths(library.folder)
        self._lock = threading.RLock()
        self._connection = open_database(library.index_path, MIGRATIONS)
        self._listed: list[Study] = []
        self._listed_state = -1, -1
        self._complete()

    @staticmethod
    def open(library: Library) -> "StudyIndex":
        """Open the index of `library`; `SenseError` when that cannot be done."""
        return StudyIndex(library)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> "StudyIndex":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def studies(self, search: str = "") -> list[Study]:
        """Give the studies with every word of `search` in name, ID, date, texts or modality; newest first."""
        words = [folded(word) for word in search.split()]
        if words:
            return self._matching(" AND ".join(["instr(studies.search, ?)"] * len(words)), words)
        with self._lock:
            state = self._state()
            if state != self._listed_state:
                self._listed, self._listed_state = self._matching("TRUE"), state
            return list(self._listed)

    def _matching(self, condition: str, values: Sequence[str] = ()) -> list[Study]:
        order = "ORDER BY studies.date DESC, studies.time DESC, studies.id"
        return [study_of(row) for row in self.rows(f"{_STUDIES} WHERE {condition} {order}", *values)]

    def _state(self) -> tuple[int, int]:
        """Give what changes when anybody writes to the index."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return version, self._connection.total_changes

    def find_study(self, study_uid: str) -> Study | None:
        """Give a study; None when the library does not have it."""
        return next(iter(self._matching("studies.uid = ?", [study_uid])), None)

    def series_of(self, study_uid: str) -> list[Series]:
        """Give the series of a study, each part on its own, in the order of their numbers."""
        order = " WHERE studies.uid = ? ORDER BY CAST(series.number AS INTEGER), series.id, parts.id"
        return [series_of(row) for row in self.rows(_SERIES + order, study_uid)]

    def find_series(self, series_uid: str, part: str | None = None) -> list[Series]:
        """Give the parts of a series, or the one named `part`; [] when there is none."""
        found = self.rows(_SERIES + " WHERE series.uid = ? ORDER BY parts.id", series_uid)
        return [series_of(row) for row in found if part is None or row["name"] == part]

    def instances(self, series: Series) -> list[Instance]:
        """Give the files of a series' part in slice order."""
        query = """
            JOIN members ON members.instance = instances.id JOIN parts ON parts.id = members.part
            JOIN series ON series.id = parts.series
            WHERE series.uid = ? AND parts.name = ? ORDER BY members.place
        """
        return self.read_instances(query, series.series_uid, series.part)

    def all_instances(self, series_uid: str) -> list[Instance]:
        """Give the files of all parts of a series, in the order of their import."""
        query = "JOIN series ON series.id = instances.series WHERE series.uid = ? ORDER BY instances.id"
        return self.read_instances(query, series_uid)

    def files_of(self, sop_uid: str) -> list[Instance]:
        """Give the files with a SOP instance UID: one, or variants of it in the order of their import."""
        return self.read_instances("WHERE sop_uid = ? ORDER BY variant", sop_uid)

    def derived(self, series_uid: str) -> list[Series]:
        """Give the series (SEG, SR, RT, ...) that refer to this one or to its files, or to one that does.

        An RT dose often names nothing but its plan: it counts for all images of its frame of reference.
        """
        order = " WHERE series.uid <> ?1 AND series.id IN family ORDER BY series.id, parts.id"
        first = self._first_instance(series_uid)
        frame = "" if first is None or first.references else _frame_of(first)
        return [series_of(row) for row in self.rows(_FAMILY + _SERIES + order, series_uid, frame)]

    def frame_of_reference(self, series_uid: str) -> str:
        """Give the frame of reference that the first file of a series names; "" where it names none."""
        first = self._first_instance(series_uid)
        return "" if first is None else _frame_of(first)

    def _first_instance(self, series_uid: str) -> Instance | None:
        query = """JOIN series ON series.id = instances.series
            WHERE series.uid = ? ORDER BY instances.id LIMIT 1"""
        return next(iter(self.read_instances(query, series_uid)), None)

    def counts(self) -> LibrarySize:
        """Count what the library holds."""
        query = "SELECT " + ", ".join(
            f"(SELECT count(*) FROM {table})" for table in ("patients", "studies", "series", "instances")
        )
        return LibrarySize(*self.rows(query)[0])

    def thumbnail_path(self, series: Series) -> Path:
        """Give where the thumbnail of a series is or will be; the name tells nothing about the patient.

        A series that grew gets another one.
        """
        key = f"{series.series_uid}\0{series.part}\0{series.instances}"
        name = sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self.library.cache_folder / "thumbnails" / f"{name}.png"

    def thumbnail(self, series: Series) -> Path | None:
        """Give the thumbnail's file, or None while there is none."""
        path = self.thumbnail_path(series)
        return path if path.exists() else None

    def set_value_range(self, series: Series, low: float, high: float) -> None:
        """Keep the rescaled minimum and maximum over all voxels of a series' part."""
        query = """
            UPDATE parts SET low = ?, high = ? WHERE name = ? AND instances = ?
            AND series = (SELECT id FROM series WHERE uid = ?)
        """
        with self.transaction() as connection:
            connection.execute(query, (low, high, series.part, series.instances, series.series_uid))

    def remove_study(self, study_uid: str) -> None:
        """Forget a study; files are removed only where the library holds its own copies."""
        with self.transaction() as connection:
            owned = self.rows(
                """SELECT path FROM instances JOIN series ON series.id = instances.series
                JOIN studies ON studies.id = series.study
                WHERE studies.uid = ? AND substr(path, 1, 1) = x'3a'""",
                study_uid,
            )
            thumbnails = [self.thumbnail_path(series) for series in self.series_of(study_uid)]
            connection.execute("DELETE FROM studies WHERE uid = ?", (study_uid,))
            connection.execute("DELETE FROM patients WHERE id NOT IN (SELECT patient FROM studies)")
        # Only after the commit: a crash in between leaves files too many, never an index without its files.
        for path in [*(Path(self.paths.decode(row["path"])) for row in owned), *thumbnails]:
            path.unlink(missing_ok=True)

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Run a query and give its rows."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def read_instances(self, clauses: str, *values: object) -> list[Instance]:
        """Give the files that `clauses` (JOIN, WHERE, ORDER BY) choose from the table `instances`."""
        return [instance_of(row, self.paths) for row in self.rows(f"{INSTANCES} {clauses}", *values)]

    def _complete(self) -> None:
        """Write down what studies of a library from an older program are listed and found by."""
        if studies_without_summary(self._connection):
            with self.transaction() as connection:
                summarise_studies(connection, studies_without_summary(connection))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold one write transaction; an error in the block undoes it.

        Raises
        ------
        SenseError
            When the disk is full, or does not let the index be written for another reason.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if _is_of_disk(error):
                    raise self._unwritable(error) from error
                raise

    def _unwritable(self, error: BaseException) -> SenseError:
        text = QT_TRANSLATE_NOOP("Message", "{path}: the library cannot be written: {reason}.")
        hint = QT_TRANSLATE_NOOP("Message", "Free space on its disk, or choose another library folder.")
        return SenseError(message(text, path=str(self.library.folder), reason=str(error)), message(hint))


def _frame_of(instance: Instance) -> str:
    return dict(instance.parts).get("FrameOfReferenceUID", "")


def _is_of_disk(error: BaseException) -> bool:
    """Tell whether SQLite failed on the disk, not on what it was asked."""
    code = error.sqlite_errorcode if isinstance(error, sqlite3.OperationalError) else 0
    return code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
