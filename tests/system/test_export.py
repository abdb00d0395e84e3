"""`sense export` on the real program: what it prints, where, and its status."""

import json
from pathlib import Path

import pytest

from core.library import Library
from imaging.importing import import_paths
from tests.dicom_factory import make_ct_series
from tests.system.test_command_line import sense


@pytest.fixture
def tilted(tmp_path: Path) -> tuple[Path, str]:
    """A library with a series under gantry tilt, and its UID."""
    made = make_ct_series(tmp_path / "series", tilt_deg=12.0)
    library = Library.open(tmp_path / "library")
    import_paths(library, [made.folder])
    return library.folder, made.series_uid


def test_json_is_alone_on_standard_output_and_the_notes_are_on_the_other(tilted, tmp_path):
    library, uid = tilted
    output = tmp_path / "out.nii.gz"
    done = sense(library, "export", uid, "-o", str(output), "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["resampled"] is True
    assert report["files"] == [str(output)]
    assert report["series_uid"] == uid
    assert "Gantry tilt" in done.stderr
    assert "moved to a rectangular grid" in done.stderr
    assert output.exists()


def test_native_says_nothing_of_resampling(tilted, tmp_path):
    library, uid = tilted
    done = sense(library, "export", uid, "--native", "-o", str(tmp_path / "out.nrrd"), "--json")
    assert json.loads(done.stdout)["resampled"] is False
    assert "rectangular grid" not in done.stderr


def test_an_error_is_one_line_with_its_status(tilted, tmp_path):
    library, uid = tilted
    (tmp_path / "out.mha").write_bytes(b"mine")
    for words, status in (
        ([uid, "-o", str(tmp_path / "out.mha")], 3),
        (["1.2.3", "-o", str(tmp_path / "new.mha")], 3),
        ([uid, "-o", str(tmp_path / "out.jpg")], 2),
        ([uid], 2),
    ):
        done = sense(library, "export", *words)
        assert done.returncode == status
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert line.startswith("sense: ")
    assert (tmp_path / "out.mha").read_bytes() == b"mine"
