"""`sense import` and `sense series`: what they print, their exit status, and what survives a kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dicom_factory import make_ct_series
from tests.system.test_command_line import COMMAND_LINE, sense

FIELDS = {
    "series_uid",
    "study_uid",
    "modality",
    "description",
    "instances",
    "shape",
    "spacing_mm",
    "affine",
    "geometry",
    "warnings",
    "value_range",
    "unit",
}


def test_import_prints_every_field(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=4)
    (made.folder / "notes.txt").write_text("no image")
    done = sense(tmp_path / "library", "import", str(made.folder), "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    (series,) = report["series"]
    assert set(series) >= FIELDS
    assert series["shape"] == [16, 20, 4]
    assert series["spacing_mm"] == pytest.approx([0.75, 0.5, 2.5])
    assert series["geometry"] == "uniform"
    assert series["value_range"] == [int(made.voxels.min()), int(made.voxels.max())]
    assert series["affine"] == [
        pytest.approx(row) for row in ([-0.75, 0, 0, 100], [0, -0.5, 0, 80], [0, 0, 2.5, 40], [0, 0, 0, 1])
    ]
    (item,) = report["rejected"]
    assert item == {"path": str(made.folder / "notes.txt"), "reason": "notes.txt is not a DICOM file."}
    assert done.stderr.count("\n") == 1
    assert sense(tmp_path / "library", "import", str(made.folder), "--json").stdout == done.stdout


@pytest.mark.parametrize("content", [None, b"", b"A text named like an image.\n", bytes(132) + b"x"])
def test_bad_input_is_one_sentence_and_status_3(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "scan.dcm"
    if content is not None:
        path.write_bytes(content)
    done = sense(tmp_path / "library", "import", str(path), "--json")
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert report["series"] == []
    assert report["rejected"][0]["path"] == str(path)
    assert done.stderr.startswith(f"sense: {path}: scan.dcm is ")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_copied_files_stay_when_the_originals_go(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=3)
    assert sense(tmp_path / "library", "import", "--copy", str(made.folder)).returncode == 0
    shutil.rmtree(made.folder)
    (tmp_path / "library").rename(tmp_path / "moved")
    output = tmp_path / "out.nii.gz"
    done = sense(tmp_path / "moved", "export", made.series_uid, "-o", str(output))
    assert done.returncode == 0, done.stderr
    assert output.exists()


def test_series_describes_and_an_unknown_one_is_told(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=4, tilt_deg=12)
    sense(tmp_path / "library", "import", str(made.folder))
    done = sense(tmp_path / "library", "series", made.series_uid, "--json")
    report = json.loads(done.stdout)
    assert report["geometry"] == "sheared"
    assert report["derived"] == []
    assert "tilt" in report["warnings"][0]
    done = sense(tmp_path / "library", "series", "1.2.3")
    assert done.returncode == 3
    assert "1.2.3" in done.stderr


def test_every_import_is_audited_without_names(tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    sense(tmp_path / "library", "import", str(made.folder))
    sense(tmp_path / "library", "import", str(made.folder))
    trail = (tmp_path / "library" / "audit.jsonl").read_text()
    assert trail.count("care.import") == 1
    assert made.series_uid in trail
    assert "Phantom" not in trail
    assert "PHANTOM" not in trail


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("copy", [False, True])
def test_a_killed_import_is_completed_by_the_next(tmp_path: Path, copy: bool) -> None:
    for number in range(4):
        make_ct_series(tmp_path / "ct" / f"{number}", slices=150, rows=4, columns=4, name=f"{number}")
    library = tmp_path / "library"
    words = ["import", str(tmp_path / "ct"), "--json", *(["--copy"] if copy else [])]
    process = subprocess.Popen(
        [*COMMAND_LINE, *words],
        env=os.environ | {"SENSE_LIBRARY": str(library)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wal = library / "index.sqlite-wal"
    while process.poll() is None and not (wal.exists() and wal.stat().st_size > 200_000):
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert sense(library, "doctor", "--json").returncode == 0
    done = sense(library, *words)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert sorted(series["instances"] for series in report["series"]) == [150] * 4
    assert all(series["shape"] == [4, 4, 150] for series in report["series"])
    assert report["rejected"] == []


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root, to become a user who may not",
)
def test_files_and_folders_without_permission(open_folder: Path) -> None:
    made = make_ct_series(open_folder / "ct", slices=3)
    made.files[0].chmod(0)
    (open_folder / "ct" / "closed").mkdir(mode=0)
    (open_folder / "ct").chmod(0o755)
    unprivileged = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    start_again = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import app.cli'], check=True)"
    )
    if subprocess.run([*unprivileged, sys.executable, "-c", start_again], capture_output=True).returncode:
        pytest.skip("another user cannot run this Python")
    done = subprocess.run(
        [*unprivileged, *COMMAND_LINE, "import", str(open_folder / "ct"), "--json"],
        capture_output=True,
        text=True,
        env=os.environ | {"SENSE_LIBRARY": str(open_folder / "library"), "HOME": str(open_folder)},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["series"][0]["instances"] == 2
    assert sorted(item["reason"] for item in report["rejected"]) == sorted(
        [
            f"{made.files[0].name} cannot be read: permission denied.",
            "closed cannot be opened: permission denied.",
        ]
    )
