"""The study index: finding, duplicates and conflicts, removal, and use by several threads and processes."""

import json
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import cast

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from core.database import open_database
from core.errors import SenseError
from core.library import Library
from core.series import Series
from imaging.frame_values import FrameValues
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.index_records import StoredPaths, instance_of, own_header_text, shared_header_text
from imaging.index_schema import MIGRATIONS
from imaging.instance import Instance
from imaging.loading import load_series
from tests.dicom_factory import base_dataset, make_ct_series, save, uid


def test_search_takes_every_word_anywhere(library: Library, tmp_path: Path) -> None:
    patients = (("Doe^Jane", "P%1", "20240101"), ("Wang^XiaoDong=王^小东", "P_2", "20250202"))
    for number, (name, patient_id, date) in enumerate(patients):
        attributes = {
            "SpecificCharacterSet": "GB18030",
            "PatientName": name,
            "PatientID": patient_id,
            "StudyDate": date,
            "SeriesDescription": f"Head {number}",
        }
        make_ct_series(
            tmp_path / str(number), slices=1, name=f"{number}", study=f"{number}", attributes=attributes
        )
    import_paths(library, [tmp_path])
    with StudyIndex.open(library) as index:

        def found(search: str) -> list[str]:
            return [study.patient_name for study in index.studies(search)]

        assert found("") == ["王小东", "Doe, Jane"]  # the newest first
        assert found("小东") == ["王小东"]
        assert found("doe 2024") == ["Doe, Jane"]
        assert found("doe 2025") == []
        assert found("p% head") == ["Doe, Jane"]
        assert found("p_") == ["王小东"]
        assert found("'; DROP TABLE studies --") == []
        size = index.counts()
        assert (size.patients, size.studies, size.series, size.instances) == (2, 2, 2, 2)


def test_studies_are_listed_as_they_grow(library: Library, tmp_path: Path) -> None:
    with StudyIndex.open(library) as index:
        for number, modality in enumerate(("CT", "MR", "MR")):
            assert len(index.studies()) == min(number, 1)
            attributes = {"Modality": modality, "SeriesDescription": f"Schädel {number}"}
            make_ct_series(
                tmp_path / f"{number}", slices=2, name=f"{number}", study="one", attributes=attributes
            )
            import_paths(library, [tmp_path / f"{number}"])
            (study,) = index.studies(f"schadel {number} ct")
            assert (study.series, study.instances) == (number + 1, 2 * (number + 1))
            assert study.modalities == (("CT",) if number == 0 else ("CT", "MR"))
            assert [index.find_study(study.study_uid)] == index.studies() == [study]
        assert index.find_study("1.2.3") is None
        (study,) = index.studies()
        index.remove_study(study.study_uid)
        assert index.studies() == []


def test_a_copy_elsewhere_doubles_nothing(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "a")
    shutil.copytree(made.folder, tmp_path / "b")
    result = import_paths(library, [tmp_path / "a", tmp_path / "b"])
    assert (result.series[0].instances, result.rejected) == (6, ())
    shutil.rmtree(made.folder)
    assert import_paths(library, [tmp_path / "b"]).series[0].instances == 6
    with StudyIndex.open(library) as index:
        paths = [file.path for file in index.instances(result.series[0])]
    assert all(Path(path).parent == tmp_path / "b" for path in paths)  # where the files are now


def test_one_identifier_with_two_contents_keeps_both(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "a", slices=3)
    data = dcmread(made.files[1])
    data.PixelData = bytes(len(data.PixelData))
    data.save_as(tmp_path / "other.dcm")
    shutil.copy(tmp_path / "other.dcm", tmp_path / "copy.dcm")
    warning = "other.dcm has the identifier of another image but other content; both are kept."
    for _ in range(2):
        result = import_paths(library, [tmp_path / "a", tmp_path / "other.dcm", tmp_path / "copy.dcm"])
        assert result.rejected == ()
        first, second = result.series
        assert (first.part, first.instances, first.warnings) == ("", 3, ())
        assert (second.part, second.instances) == ("variant 2", 1)
        assert [str(found) for found in second.warnings] == [warning]
    with StudyIndex.open(library) as index:
        assert [file.path for file in index.instances(first)] == [str(path) for path in made.files]
        assert [Path(file.path).name for file in index.instances(second)] == ["other.dcm"]
        assert load_series(index, first).value_range != load_series(index, second).value_range
        assert index.counts().instances == 4


def test_a_library_of_the_first_version_opens(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "a", slices=3, attributes={"PatientName": "Mustermann^Zoë"})
    first_version = open_database(library.index_path, MIGRATIONS[:1])
    first_version.executescript("""
        INSERT INTO patients VALUES (1, 'P', 'Mustermann, Zoë', '', '');
        INSERT INTO studies VALUES (1, '1.2', 1, '', '', '', '');
        INSERT INTO series VALUES (1, '1.3', 1, 'CT', '', '', 0);
        INSERT INTO parts VALUES (1, 1, '', 1, NULL, 1, NULL, NULL, '', NULL, NULL, 0, '[]');
        INSERT INTO instances VALUES (1, '1.4', 1, x'2f61', 10, 20, '{"sop_uid": "1.4", "transfer_syntax": "",
            "sop_class_uid": "", "series_uid": "1.3", "study_uid": "1.2"}');
        INSERT INTO members VALUES (1, 0, 1);
        INSERT INTO links VALUES (1, '1.5');
        INSERT INTO notes VALUES (1, '{}');
    """)
    first_version.close()
    with StudyIndex.open(library) as index:
        assert index.counts().instances == 1
        assert [study.patient_name for study in index.studies("zoe")] == ["Mustermann, Zoë"]
        rows = index.rows("SELECT members.place, links.target, path, modified FROM instances, members, links")
        assert [tuple(row) for row in rows] == [(0, "1.5", b"/a", 20)]
        assert [file.sop_uid for file in index.all_instances("1.3")] == ["1.4"]
        index.remove_study("1.2")
        assert index.rows("SELECT * FROM members") == index.rows("SELECT * FROM links") == []
    assert import_paths(library, [made.folder]).series[0].instances == 3


def test_names_are_found_without_accents_and_by_pinyin(library: Library, tmp_path: Path) -> None:
    for number, name in enumerate(("Müller^Jürgen", "Wang^XiaoDong=王^小东", "Lv^Bu=吕^布")):
        attributes = {"SpecificCharacterSet": "ISO_IR 192", "PatientName": name, "PatientID": str(number)}
        make_ct_series(
            tmp_path / str(number), slices=1, name=f"{number}", study=f"{number}", attributes=attributes
        )
    import_paths(library, [tmp_path])
    found = {
        "muller": "Müller, Jürgen",
        "MÜLLER jurg": "Müller, Jürgen",
        "wangxiaodong": "王小东",
        "xiao wang": "王小东",
        "wxd": "王小东",
        "王小东": "王小东",
        "lv bu": "吕布",
        "lubu": "吕布",
    }
    with StudyIndex.open(library) as index:
        for search, name in found.items():
            assert [study.patient_name for study in index.studies(search)] == [name], search


def test_a_changed_file_is_read_again(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "a", slices=2)
    import_paths(library, [made.folder])
    data = dcmread(made.files[0])
    data.RescaleIntercept = -5
    data.save_as(made.files[0])
    (series,) = import_paths(library, [made.folder]).series
    with StudyIndex.open(library) as index:
        assert [file.intercept for file in index.instances(series)] == [-5.0, -1024.0]
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = uid("another")
    data.save_as(made.files[0])
    (series,) = import_paths(library, [made.folder]).series
    assert series.instances == 2


def test_one_series_of_several_volumes_is_split(library: Library, tmp_path: Path) -> None:
    make_ct_series(tmp_path / "a", name="x", slices=3)
    sagittal = (0.0, 1.0, 0.0, 0.0, 0.0, -1.0)
    attributes = {"SeriesInstanceUID": uid("series", "study", "x")}
    make_ct_series(tmp_path / "b", name="y", slices=4, orientation=sagittal, attributes=attributes)
    result = import_paths(library, [tmp_path])
    assert sorted(series.instances for series in result.series) == [3, 4]
    assert len({series.part for series in result.series}) == 2
    with StudyIndex.open(library) as index:
        for series in result.series:
            (same,) = index.find_series(series.series_uid, series.part)
            assert same.instances == len(index.instances(same)) == series.instances


def test_derived_objects_are_found_by_series_and_by_image(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    for number, (keyword, value) in enumerate(
        (("SeriesInstanceUID", made.series_uid), ("ReferencedSOPInstanceUID", _sop(made.files[0])))
    ):
        data = base_dataset(f"object{number}")
        data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.88.33", uid("sr", number)
        data.Modality = "SR"
        item = Dataset()
        setattr(item, keyword, value)
        data.ReferencedSeriesSequence = [item]
        save(data, tmp_path / f"{number}.dcm")
    import_paths(library, [tmp_path])
    with StudyIndex.open(library) as index:
        derived = index.derived(made.series_uid)
        assert [series.modality for series in derived] == ["SR", "SR"]
        assert all(series.geometry is None and series.warnings for series in derived)


def test_removing_a_study_leaves_foreign_files(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    kept = make_ct_series(tmp_path / "other", slices=2, name="o", study="other")
    import_paths(library, [made.folder], copy=True)
    import_paths(library, [kept.folder])
    with StudyIndex.open(library) as index:
        assert len(list(library.files_folder.rglob("*.dcm"))) == 2
        index.remove_study(made.study_uid)
        index.remove_study(kept.study_uid)
        assert index.studies() == []
        assert index.counts().patients == index.counts().instances == 0
    assert list(library.files_folder.rglob("*.dcm")) == []
    assert all(path.exists() for path in (*made.files, *kept.files))


def test_the_value_range_goes_when_the_series_grows(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=4)
    late = tmp_path / "late.dcm"
    made.files[3].rename(late)
    (series,) = import_paths(library, [made.folder]).series
    with StudyIndex.open(library) as index:
        index.set_value_range(series, -5.0, 7.5)
        assert index.find_series(made.series_uid)[0].value_range == (-5.0, 7.5)
        (grown,) = import_paths(library, [late]).series
        assert grown.value_range is None
        index.set_value_range(series, -5.0, 7.5)  # of the series as it was
        assert index.find_series(made.series_uid)[0].value_range is None


def test_imports_at_the_same_time_from_several_threads(library: Library, tmp_path: Path) -> None:
    folders = [make_ct_series(tmp_path / f"{n}", name=f"{n}", slices=20).folder for n in range(3)]
    results: list[tuple[Series, ...]] = []
    threads = [
        threading.Thread(target=lambda: results.append(import_paths(library, folders).series))
        for _ in range(3)
    ]
    with StudyIndex.open(library) as index:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            index.studies("ct")
        for thread in threads:
            thread.join()
        assert index.counts().instances == 60
    assert [sorted(series.instances for series in result) for result in results] == [[20, 20, 20]] * 3


def test_an_index_of_a_newer_program_is_refused(library: Library) -> None:
    open_database(
        library.index_path, [f"CREATE TABLE a{number} (x)" for number in range(len(MIGRATIONS) + 1)]
    ).close()
    with pytest.raises(SenseError, match="newer version"):
        StudyIndex.open(library)


def test_what_is_no_index_is_told(library: Library) -> None:
    library.index_path.write_bytes(b"no database at all, and long enough to be read as one" * 10)
    with pytest.raises(SenseError, match="cannot be opened"):
        StudyIndex.open(library)


def _sop(path: Path) -> str:
    return str(dcmread(path).SOPInstanceUID)


def test_a_full_disk_is_told_and_what_was_there_stays(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=3)
    import_paths(library, [made.folder])
    with StudyIndex.open(library) as index:
        (pages,) = index.rows("PRAGMA page_count")[0]
        index.rows(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(SenseError, match="the library cannot be written"), index.transaction() as full:
            full.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")
        assert index.counts().instances == 3
        index.rows("PRAGMA max_page_count = 1000000")
        with index.transaction() as connection:
            connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")


def test_values_of_frames_come_back_as_they_were(library: Library) -> None:
    values = FrameValues(spacing_ij_mm=(0.5, 0.75), slope=2.0, parts=(("EchoTime", "3"),))
    instance = Instance(
        "/a/b.dcm", "1.2", "1.2.3", "1", "2", "3", frame_values=(values,), frame_value_of=(0, 0)
    )
    row = {"path": b"/a/b.dcm", "variant": 0, "size": 0, "modified": 0, "shared_header": None}
    row["header"] = json.dumps(
        json.loads(shared_header_text(instance)) | json.loads(own_header_text(instance))
    )
    again = instance_of(cast("sqlite3.Row", row), StoredPaths(library.folder))
    assert again == instance
    assert hash(again.frame_values) == hash((values,))
