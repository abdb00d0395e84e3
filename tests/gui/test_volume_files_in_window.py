"""Volume files that are dropped or opened are looked at like a series."""

import numpy as np
import pytest

from core.provenance import Provenance
from core.volume import Volume
from imaging.volume_files import write_nifti
from tests.dicom_factory import make_ct_series

LOADED_MS = 20_000


@pytest.fixture
def head(tmp_path):
    k, j, i = np.indices((20, 24, 28))
    inside = (i - 14) ** 2 + (j - 12) ** 2 + (k - 10) ** 2 < 64
    affine = np.diag([1.5, 1.5, 2.0, 1.0])
    affine[:3, 3] = (-20, -18, 7)
    path = tmp_path / "some head.nii.gz"
    write_nifti(
        path, Volume(np.where(inside, 900, -1000).astype(np.int16), affine), Provenance("test", (), {}, "")
    )
    return path


@pytest.fixture
def workspace(make_workspace, library):
    library.settings.set("viewer.layout", "2x2")
    return make_workspace()


def open_file(workspace, path, qtbot):
    workspace.open_paths([path])
    name = path.name
    qtbot.waitUntil(
        lambda: workspace.document.series is not None and workspace.document.series.description == name,
        timeout=LOADED_MS,
    )


def test_a_file_is_shown_with_its_geometry(workspace, head, qtbot, errors):
    open_file(workspace, head, qtbot)
    document = workspace.document
    assert document.volume.spacing_mm == pytest.approx([1.5, 1.5, 2.0])
    assert document.volume.lps_from_ijk[:3, 3] == pytest.approx([-20, -18, 7])
    assert document.filled_fraction == 1.0
    assert document.listed_series is None
    assert any("not DICOM" in str(warning) for warning in document.warnings)
    assert workspace.grid.volume_pane.view.scene.preset == "ct-bone"
    assert {"series-open", "depth-open"} <= workspace.states()
    assert errors == []


def test_a_series_takes_its_place_and_a_file_takes_that_of_a_series(workspace, head, qtbot, tmp_path, errors):
    made = make_ct_series(tmp_path / "ct", slices=6)
    workspace.open_paths([made.folder])
    qtbot.waitUntil(lambda: workspace.series_uid == made.series_uid, timeout=LOADED_MS)
    qtbot.waitUntil(lambda: workspace.opener.settled, timeout=LOADED_MS)
    open_file(workspace, head, qtbot)
    assert workspace.browser.selected_series() is None
    workspace.open_paths([made.folder])
    qtbot.waitUntil(lambda: workspace.series_uid == made.series_uid, timeout=LOADED_MS)
    assert errors == []


def test_only_one_file_is_shown_and_the_others_are_named(workspace, head, qtbot, tmp_path, errors):
    other = tmp_path / "other.nii.gz"
    other.write_bytes(head.read_bytes())
    workspace.open_paths([head, other])
    qtbot.waitUntil(lambda: workspace.document.volume is not None, timeout=LOADED_MS)
    assert workspace.document.series.description == head.name
    assert [str(other) in str(error.message) for error in errors] == [True]


def test_what_cannot_be_read_is_one_sentence_with_its_name(workspace, qtbot, tmp_path, errors):
    path = tmp_path / "half.nrrd"
    path.write_bytes(b"NRRD0004\ntype: short\n")
    workspace.open_paths([path])
    qtbot.waitUntil(lambda: bool(errors), timeout=LOADED_MS)
    assert str(path) in str(errors[0].message)
    assert workspace.document.volume is None
