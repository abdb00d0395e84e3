"""Importing the shared data: figures against the reference, and a word about every odd file."""

import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.library import Library
from imaging.header import read_header
from imaging.import_command import ImportOptions, import_command
from imaging.importing import ImportResult, import_paths
from imaging.index import StudyIndex
from imaging.instance_decoding import decode_instance
from imaging.native_header import scan_headers
from imaging.series_command import SeriesOptions, series_command

pytestmark = pytest.mark.corpus


def _reference(corpus: Path, name: str) -> dict[str, object]:
    return json.loads((corpus / "refs" / f"{name}.json").read_text())["series"][0]


@pytest.mark.parametrize("name", ["mr-head-dicom", "ct-head-tilted"])
def test_figures_of_the_archives(corpus: Path, library: Library, name: str) -> None:
    truth = _reference(corpus, name)
    report = import_command(Context(library), ImportOptions((corpus / f"{name}.zip",))).to_json()
    assert report["rejected"] == []
    (series,) = report["series"]
    assert series["series_uid"] == truth["SeriesInstanceUID"]
    assert series["modality"] == truth["Modality"]
    assert series["instances"] == truth["n_files"]
    assert series["shape"] == truth["shape_xyz"]
    assert series["value_range"] == [truth["value"]["min"], truth["value"]["max"]]
    assert series["spacing_mm"][:2] == pytest.approx(truth["spacing_xyz"][:2], abs=1e-5)
    assert series["spacing_mm"][2] == pytest.approx(truth["gap_median"], abs=1e-5)
    assert series["unit"] == ("HU" if truth["Modality"] == "CT" else "")
    if truth["spacing_class"] == "uniform":
        assert series["geometry"] == "uniform"
        assert series["warnings"] == []
        np.testing.assert_allclose(series["affine"], truth["affine_ras"], atol=1e-3)
    else:
        assert series["geometry"] == "irregular"
        assert series["affine"] is None
        assert len(series["warnings"]) == 2
    _check_positions(library, truth)


def _check_positions(library: Library, truth: dict[str, object]) -> None:
    with StudyIndex.open(library) as index:
        (series,) = index.find_series(truth["SeriesInstanceUID"])
        files = index.instances(series)
    assert [files[0].sop_uid, files[-1].sop_uid] == [truth["first_sop"], truth["last_sop"]]
    assert series.geometry is not None
    positions = series.geometry.positions_lps_mm
    np.testing.assert_allclose(
        positions @ truth["normal_lps"], truth["slice_positions_along_normal"], atol=1e-3
    )


def test_every_odd_file_is_imported_or_told(corpus: Path, library: Library) -> None:
    folder = corpus / "odd-dicom" / "pydicom-data"
    result = import_paths(library, [folder])
    told = _names(result)
    with StudyIndex.open(library) as index:
        indexed = {
            Path(file.path).name
            for uid in {series.series_uid for series in result.series}
            for file in index.all_instances(uid)
        }
    assert told == {}
    assert indexed == {path.name for path in folder.iterdir()}
    # Many are one image in several encodings under one UID: each is kept, and a second import adds none.
    assert sum(series.instances for series in result.series) == len(indexed) == 79
    again = import_paths(library, [folder])
    assert sum(series.instances for series in again.series) == 79


def test_objects_and_what_they_refer_to(corpus: Path, library: Library) -> None:
    folder = corpus / "dicom-objects"
    result = import_paths(library, [folder])
    told = {name: reason for name, reason in _names(result).items() if name.endswith(".dcm")}
    assert told == {}
    objects = [series for series in result.series if series.modality in ("SR", "RTSTRUCT", "RTPLAN", "ANN")]
    assert len(objects) >= 4
    for series in objects:
        assert series.geometry is None
        assert "no images" in str(series.warnings[-1])
    context = Context(library)
    slices = next(series for series in result.series if series.modality == "CT" and series.instances == 3)
    report = series_command(context, SeriesOptions(slices.series_uid)).to_json()
    assert report["shape"][2] == 3
    assert "SEG" in {derived["modality"] for derived in report["derived"]}


def test_the_scanner_agrees_with_pydicom(corpus: Path, tmp_path: Path) -> None:
    for name in ("mr-head-dicom", "ct-head-tilted"):
        with zipfile.ZipFile(corpus / f"{name}.zip") as archive:
            archive.extractall(tmp_path)
    folders = [tmp_path, corpus / "odd-dicom", corpus / "dicom-objects", corpus / "chest-xray"]
    paths = [os.fspath(path) for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    scanned = [(path, raw) for path, raw in zip(paths, scan_headers(paths), strict=True) if raw is not None]
    assert len(scanned) > 450
    for path, raw in scanned:
        assert decode_instance(raw) == read_header(path)


def _names(result: ImportResult) -> dict[str, str]:
    return {Path(item.path).name: str(item.reason) for item in result.rejected}
