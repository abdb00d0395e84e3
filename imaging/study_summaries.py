"""What the list of studies shows and is searched by, kept with each study: a list asks nothing else."""

import sqlite3
from collections.abc import Iterable

from imaging.name_search import folded, name_search

_TEXTS = """
    SELECT patients.name, patients.patient_id, studies.accession, studies.description, studies.date
    FROM studies JOIN patients ON patients.id = studies.patient WHERE studies.id = ?
"""
_COUNTS = """
    SELECT count(*), coalesce(sum(files), 0), coalesce(group_concat(DISTINCT modality), ''),
        coalesce(group_concat(modality || ' ' || description, char(10)), '')
    FROM series WHERE study = ?
"""
_COUNT_FILES = "UPDATE series SET files = (SELECT count(*) FROM instances WHERE series = ?1) WHERE id = ?1"
_KEEP = "UPDATE studies SET series = ?, instances = ?, modalities = ?, search = ? WHERE id = ?"


def summarise_series(connection: sqlite3.Connection, series: int) -> None:
    """Bring what is kept of a series' study up to date; call it when files of the series came or went."""
    connection.execute(_COUNT_FILES, (series,))
    (study,) = connection.execute("SELECT study FROM series WHERE id = ?", (series,)).fetchone()
    summarise_studies(connection, [study])


def summarise_studies(connection: sqlite3.Connection, studies: Iterable[int]) -> None:
    """Write down what is kept of studies, given by their numbers in the index."""
    for study in studies:
        name, *others = connection.execute(_TEXTS, (study,)).fetchone()
        series, files, modalities, descriptions = connection.execute(_COUNTS, (study,)).fetchone()
        search = "\n".join([name_search(name), *map(folded, (*others, descriptions))])
        connection.execute(_KEEP, (series, files, modalities, search, study))


def studies_without_summary(connection: sqlite3.Connection) -> list[int]:
    """Give the studies of a library from an older program, and those that an import just begins."""
    return [row[0] for row in connection.execute("SELECT id FROM studies WHERE search IS NULL")]
