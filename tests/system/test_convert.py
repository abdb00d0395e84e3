"""`sense convert` on the real program."""

import itertools
import json

import numpy as np
import trimesh

from core.library import Library
from core.segmentation import Segment, Segmentation
from imaging.importing import import_paths
from imaging.reference_series import reference_series
from imaging.segmentation_writing import write_segmentation
from tests.dicom_factory import make_ct_series
from tests.system.test_command_line import sense


def test_a_segmentation_goes_through_every_form(tmp_path):
    made = make_ct_series(tmp_path / "ct", slices=8)
    library = Library.open(tmp_path / "library")
    import_paths(library, [made.folder])
    images = reference_series(library, made.series_uid)
    layer = np.zeros(made.voxels.shape, np.uint8)
    layer[2:6, 4:12, 3:10] = 1
    write_segmentation(
        tmp_path / "0.dcm", Segmentation(images.geometry, (layer,), (Segment(1, "Box"),)), images.headers()
    )
    names = ["0.dcm", "1.stl", "2.nii.gz", "3.dcm", "4.dcm", "5.glb", "6.dcm"]
    for source, target in itertools.pairwise(names):
        words = [str(tmp_path / source), str(tmp_path / target), "--reference", made.series_uid, "--json"]
        done = sense(library.folder, "convert", *words)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        if report["segments"]:
            assert [segment["voxels"] for segment in report["segments"]] == [int(layer.sum())], target
    surface = trimesh.load_mesh(tmp_path / "1.stl")
    low = images.geometry.positions_lps_mm[2] + (2.5 * 0.75, 3.5 * 0.5, -1.25)
    np.testing.assert_allclose(surface.bounds[0], low, atol=0.01)


def test_a_missing_reference_is_a_usage_error(tmp_path):
    (tmp_path / "box.ply").write_bytes(trimesh.creation.box((20, 20, 20)).export(file_type="ply"))
    library = Library.open(tmp_path / "library")
    done = sense(library.folder, "convert", str(tmp_path / "box.ply"), str(tmp_path / "box.dcm"))
    assert done.returncode == 2
    assert "--reference" in done.stderr
    done = sense(library.folder, "convert", str(tmp_path / "box.ply"), str(tmp_path / "box.nii.gz"), "--json")
    assert abs(json.loads(done.stdout)["segments"][0]["volume_ml"] - 8.0) < 0.1
