"""Real series lie where their reference says, and are exported as dcm2niix does."""

import json
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from core.context import Context
from core.library import Library
from core.slice_geometry import GeometryKind
from imaging.export_command import ExportOptions, export_command
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.loading import LoadedSeries, load_series

pytestmark = pytest.mark.corpus


def unpack(corpus: Path, name: str, folder: Path) -> Path:
    with zipfile.ZipFile(corpus / f"{name}.zip") as archive:
        archive.extractall(folder)
    return folder / name


def opened(corpus: Path, name: str, folder: Path):
    library = Library.open(folder / "library")
    (series,) = import_paths(library, [unpack(corpus, name, folder)]).series
    index = StudyIndex.open(library)
    reference = json.loads((corpus / "refs" / f"{name}.json").read_text())["series"][0]
    return library, series, load_series(index, series), reference


@pytest.fixture(scope="module")
def head(corpus, tmp_path_factory):
    return opened(corpus, "mr-head-dicom", tmp_path_factory.mktemp("mr"))


@pytest.fixture(scope="module")
def tilted(corpus, tmp_path_factory):
    return opened(corpus, "ct-head-tilted", tmp_path_factory.mktemp("ct"))


def interpolated(voxels: np.ndarray, ijk: np.ndarray) -> float:
    low = np.floor(ijk + 1e-6).astype(int)
    share, total = ijk - low, 0.0
    for corner in np.ndindex(2, 2, 2):
        weight = float(np.prod(np.where(corner, share, 1 - share)))
        if weight > 1e-5:
            total += weight * float(voxels[tuple((low + corner)[::-1])])
    return total


def test_a_uniform_series_agrees_with_its_reference(head):
    _, series, loaded, reference = head
    assert series.geometry.kind is GeometryKind.UNIFORM
    assert list(series.geometry.shape_ijk) == reference["shape_xyz"]
    np.testing.assert_allclose(series.geometry.spacing_mm, reference["spacing_xyz"], atol=1e-5)
    np.testing.assert_allclose(series.geometry.ras_from_ijk, reference["affine_ras"], atol=1e-3)
    assert series.warnings == ()
    values = reference["value"]
    assert loaded.value_range == (values["min"], values["max"])
    assert int(loaded.stored.sum(dtype=np.int64)) == values["sum"]
    for probe in reference["probes"]:
        assert loaded.stored[probe["k"], probe["row"], probe["col"]] == probe["value"]
        place = (series.geometry.ras_from_ijk @ [probe["col"], probe["row"], probe["k"], 1])[:3]
        np.testing.assert_allclose(place, probe["ras_from_ipp"], atol=1e-3)


def test_a_tilted_series_of_two_spacings_is_irregular(tilted):
    _, series, loaded, reference = tilted
    assert series.geometry.kind is GeometryKind.IRREGULAR
    assert series.geometry.ras_from_ijk is None
    np.testing.assert_allclose(series.geometry.positions_lps_mm, reference["slice_ipp_lps"], atol=1e-4)
    texts = " ".join(map(str, series.warnings))
    assert f"{reference['shear_angle_deg']}°" in texts
    assert "from 1.08 to 7.00 mm" in texts
    assert "missing" not in texts
    assert loaded.value_range == (reference["value"]["min"], reference["value"]["max"])


def test_every_probe_is_shown_at_its_place(tilted):
    """The resampled volume holds each probe's own voxel, unchanged, within 0.1 mm of where it lies."""
    _, _, loaded, reference = tilted
    for probe in reference["probes"]:
        lps = np.array([*probe["ras_from_ipp"], 1]) * [-1, -1, 1, 1]
        nearest = np.rint((loaded.volume.ijk_from_lps @ lps)[:3])
        offset = (loaded.volume.lps_from_ijk @ [*nearest, 1])[:3] - lps[:3]
        assert np.linalg.norm(offset) < 0.1
        i, j, k = nearest.astype(int)
        assert loaded.volume.voxels[k, j, i] == probe["value"]


def test_the_exported_volume_holds_every_probe(tilted, tmp_path):
    library, series, loaded, reference = tilted
    report = export_command(Context(library), ExportOptions(series.series_uid, tmp_path / "ct.nii.gz"))
    assert report.to_json()["resampled"] is True
    image = nib.load(tmp_path / "ct.nii.gz")
    voxels, from_ras = np.asarray(image.dataobj).T, np.linalg.inv(image.affine)
    for probe in reference["probes"]:
        found = interpolated(voxels, (from_ras @ [*probe["ras_from_ipp"], 1])[:3])
        around = loaded.stored[
            probe["k"], probe["row"] - 1 : probe["row"] + 2, probe["col"] - 1 : probe["col"] + 2
        ]
        # Moving within the plane by a fraction of a pixel blends the voxel with its neighbours, no more.
        assert abs(found - probe["value"]) <= max(1.0, 0.25 * float(np.ptp(around)))


def dcm2niix() -> str:
    beside = Path(sysconfig.get_path("scripts")) / "dcm2niix"
    found = shutil.which("dcm2niix") or (str(beside) if beside.exists() else None)
    if found is None:
        try:
            import dcm2niix as package
        except ImportError:
            pytest.skip("dcm2niix is not installed (extra peers)")
        found = package.bin
    return found


def test_export_equals_dcm2niix(head, corpus, tmp_path):
    library, series, _, _ = head
    folder = unpack(corpus, "mr-head-dicom", tmp_path)
    subprocess.run(
        [dcm2niix(), "-z", "n", "-b", "n", "-f", "peer", "-o", str(tmp_path), str(folder)],
        check=True,
        capture_output=True,
    )
    export_command(Context(library), ExportOptions(series.series_uid, tmp_path / "ours.nii.gz"))
    ours, peer = (nib.as_closest_canonical(nib.load(tmp_path / name)) for name in ("ours.nii.gz", "peer.nii"))
    assert ours.shape == peer.shape
    np.testing.assert_allclose(ours.affine, peer.affine, atol=1e-3)
    np.testing.assert_array_equal(np.asarray(ours.dataobj), np.asarray(peer.dataobj))


def test_a_loaded_series_costs_little_more_than_its_voxels(head):
    loaded: LoadedSeries = head[2]
    assert loaded.stored_slices is None
    assert np.shares_memory(loaded.stored, loaded.volume.voxels)
