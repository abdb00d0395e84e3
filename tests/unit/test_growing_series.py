"""Series whose files come in any order: all of them are right at the end, and seldom worked out before."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from pydicom import dcmread

from core.library import Library
from core.series import Series
from imaging.growing_series import GrowingSeries
from imaging.header import read_plain
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.index_adding import Fate, add_instances
from imaging.instance import Instance
from tests.dicom_factory import make_ct_series

SERIES, SLICES = 40, 24


def read(paths: Sequence[Path]) -> list[Instance]:
    return [found for found in read_plain([str(path) for path in paths]) if isinstance(found, Instance)]


def mixed_folder(folder: Path) -> None:
    """Put the files of many series into one folder, in turns and in no order of their slices."""
    numbers = list(range(SERIES * SLICES))
    Random(4).shuffle(numbers)
    folder.mkdir()
    for series in range(SERIES):
        made = make_ct_series(folder.parent / f"{series}", slices=SLICES, rows=4, columns=4, name=f"{series}")
        for path in made.files:
            path.rename(folder / f"{numbers.pop():05d}")


def test_files_of_many_series_in_turns(library: Library, tmp_path: Path) -> None:
    mixed_folder(tmp_path / "mixed")
    announced: list[Series] = []
    result = import_paths(library, [tmp_path / "mixed"], on_series=announced.append)
    assert sorted(series.instances for series in result.series) == [SLICES] * SERIES
    assert all(series.geometry and series.geometry.kind == "uniform" for series in result.series)
    looked = Counter[str]()
    for series in announced:
        looked[series.series_uid] += series.instances
    assert max(looked.values()) <= 5 * SLICES
    with StudyIndex.open(library) as index:
        for series in result.series:
            heights = [file.position_lps_mm for file in index.instances(series)]
            assert heights == sorted(heights, key=lambda place: place[2] if place else 0.0)


def test_what_another_program_adds_meanwhile_is_seen(library: Library, tmp_path: Path) -> None:
    files = read(make_ct_series(tmp_path / "ct", slices=6).files)
    with StudyIndex.open(library) as index, StudyIndex.open(library) as other:
        growing = GrowingSeries(index)
        growing.add(files[:3], add_instances(index, files[:3]))
        add_instances(other, files[3:])
        (series,) = growing.work_out_all()
        assert series.instances == 6


def test_an_identifier_that_another_series_uses_too(library: Library, tmp_path: Path) -> None:
    one = make_ct_series(tmp_path / "one", slices=3, name="one")
    two = make_ct_series(tmp_path / "two", slices=3, name="two")
    doubled = dcmread(two.files[1])
    doubled.SOPInstanceUID = dcmread(one.files[1]).SOPInstanceUID
    doubled.save_as(two.files[1])
    result = import_paths(library, [tmp_path])
    with StudyIndex.open(library) as index:
        for series in result.series:
            folder = (one if series.series_uid == one.series_uid else two).folder
            assert {Path(file.path).parent for file in index.instances(series)} == {folder}
        assert sum(series.instances for series in result.series) == 6


def test_a_removed_study_leaves_no_name_behind(library: Library, tmp_path: Path) -> None:
    make_ct_series(tmp_path / "ct", attributes={"PatientName": "Gone^For^Good"})
    (series,) = import_paths(library, [tmp_path / "ct"]).series
    with StudyIndex.open(library) as index:
        index.remove_study(series.study_uid)
        assert index.rows("SELECT * FROM headers") == []


def test_a_file_that_is_there_is_told_from_a_new_one(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    shutil.copy(made.files[0], tmp_path / "copy.dcm")
    changed = dcmread(made.files[1])
    changed.PixelData = bytes(len(changed.PixelData))
    changed.save_as(tmp_path / "changed.dcm")
    files = read([*made.files, tmp_path / "copy.dcm", tmp_path / "changed.dcm"])
    with StudyIndex.open(library) as index:
        assert add_instances(index, files) == [Fate.ADDED, Fate.ADDED, Fate.THERE, Fate.ADDED_BESIDE]
        assert [file.variant for file in index.files_of(files[1].sop_uid)] == [0, 1]
