"""Importing into the index: what is found, what is refused, and what a second import changes."""

import shutil
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Cancelled
from core.library import Library
from core.message import Message
from core.progress import SILENT, CancelToken, SilentProgress
from core.series import Series
from core.worker_process import WorkerDied, WorkerPool
from imaging.found_file import Found
from imaging.header import Outcome, read_headers
from imaging.importing import import_paths, outcomes_of
from imaging.index import StudyIndex
from imaging.instance import Instance
from tests.dicom_factory import make_ct_series


def test_a_folder_becomes_a_series_in_slice_order(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=5)
    result = import_paths(library, [made.folder])
    assert result.rejected == ()
    (series,) = result.series
    assert series.series_uid == made.series_uid
    assert series.unit == "HU"
    assert series.window == (40.0, 400.0)
    with StudyIndex.open(library) as index:
        assert [file.path for file in index.instances(series)] == [str(path) for path in made.files]
        (study,) = index.studies()
        assert (study.patient_name, study.series, study.instances) == ("Phantom, Ada", 1, 5)


def test_a_second_import_changes_nothing(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct")
    import_paths(library, [made.folder])
    before = _dump(library)
    announced: list[Series] = []
    result = import_paths(library, [made.folder], on_series=announced.append)
    assert [series.series_uid for series in result.series] == [made.series_uid]
    # Told of once, so that it can be opened again.
    assert [(series.series_uid, series.instances) for series in announced] == [(made.series_uid, 6)]
    assert _dump(library) == before


def test_copies_of_known_files_are_told_of_and_change_nothing(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct")
    import_paths(library, [made.folder])
    before = _dump(library)
    shutil.copytree(made.folder, tmp_path / "copy")
    announced: list[Series] = []
    result = import_paths(library, [tmp_path / "copy"], on_series=announced.append)
    assert [series.series_uid for series in result.series] == [made.series_uid]
    assert [(series.series_uid, series.instances) for series in announced] == [(made.series_uid, 6)]
    assert _dump(library) == before


def test_series_are_announced_with_their_growth(library: Library, tmp_path: Path) -> None:
    make_ct_series(tmp_path / "ct" / "a", slices=150, rows=2, columns=2, name="a")
    make_ct_series(tmp_path / "ct" / "b", slices=3, name="b")
    announced: list[Series] = []
    result = import_paths(library, [tmp_path / "ct"], on_series=announced.append)
    first = [series.instances for series in announced if series.description == "Series a"]
    assert first[0] < 150
    assert first[-1] == 150
    assert {series.instances for series in result.series} == {150, 3}


def test_a_cancelled_import_leaves_whole_series(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=150, rows=2, columns=2)
    token = CancelToken()
    with pytest.raises(Cancelled):
        import_paths(
            library,
            [made.folder],
            progress=SilentProgress(token),
            on_series=lambda series: token.cancel(),
        )
    with StudyIndex.open(library) as index:
        (series,) = index.find_series(made.series_uid)
        assert 0 < series.instances < 150
        assert len(index.instances(series)) == series.instances
    assert import_paths(library, [made.folder]).series[0].instances == 150


def test_a_batch_that_kills_its_reader_is_read_file_by_file(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path, slices=3)
    batch = [Found(str(path), str(path)) for path in made.files]
    died: Future[list[Outcome]] = Future()
    died.set_exception(WorkerDied(Message("it crashed")))
    with closing(WorkerPool(1)) as single:
        outcomes = outcomes_of(died, batch, single, progress=SILENT)
    assert outcomes == read_headers([found.path for found in batch])
    assert all(isinstance(outcome, Instance) for outcome in outcomes)


def _dump(library: Library) -> list[tuple[object, ...]]:
    with StudyIndex.open(library) as index:
        tables = ("patients", "studies", "series", "parts", "instances", "members", "links")
        return [tuple(row) for table in tables for row in index.rows(f"SELECT * FROM {table}")]
