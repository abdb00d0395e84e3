"""`sense reconstruct` that is killed, or runs out of disk."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconstruction.stage_store import work_folder
from tests.truth.layouts import write_photographs
from tests.truth.sequence import camera_of, sequence

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stone on a table, from a few places around it."""
    made = sequence("object", 4, 4, camera=camera_of((240, 180)), rate_hz=2.0)
    return write_photographs(made, tmp_path_factory.mktemp("photographs"))


@pytest.fixture
def start(photographs: Path, tmp_path: Path) -> Callable[..., "subprocess.Popen[str]"]:
    """Start a draft into `out`; `limit` is the largest file that it may write."""

    def started(*words: str, limit: int | None = None) -> "subprocess.Popen[str]":
        lines = ["import sys", "from app.cli import main"]
        if limit is not None:
            lines += ["import resource", f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"]
        command = [
            *(sys.executable, "-c", "\n".join([*lines, "sys.exit(main(sys.argv[1:]))"])),
            *("--library", str(tmp_path / "library"), "reconstruct", str(photographs / "images")),
            *("-o", str(tmp_path / "out"), "--cameras", str(photographs / "cameras.json")),
            *("--quality", "draft", "--json", *words),
        ]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)

    return started


def report(process: "subprocess.Popen[str]") -> dict[str, Any]:
    output, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors
    return json.loads(output)


def resumed(facts: dict[str, Any]) -> list[str]:
    return [name for name, stage in facts["stages"].items() if stage["resumed"]]


def wait_for(path: Path, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + PATIENCE_S
    while not path.exists() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.005)
    assert path.exists(), process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_goes_on_where_it_was(start: Callable[..., Any], tmp_path: Path) -> None:
    out, kept = tmp_path / "out", work_folder(tmp_path / "out")
    killed = start()
    wait_for(kept / "depth.stage", killed)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert not out.exists()
    (kept / ".00000000.partial.mesh.stage").touch()
    (tmp_path / ".00000000.partial.out").mkdir()
    facts = report(start())
    assert resumed(facts)[0] == "cameras"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert {path.suffix for path in (out / "stages").iterdir()} == {".stage"}
    assert "exists already" in start().communicate()[1]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no RLIMIT_FSIZE")
def test_what_is_done_is_kept_when_the_disk_is_full(start: Callable[..., Any], tmp_path: Path) -> None:
    full = start(limit=1_000_000)
    _, errors = full.communicate(timeout=PATIENCE_S)
    assert full.returncode == 1
    assert len(errors.splitlines()) == 1
    assert "cannot be written" in errors
    assert "Make room" in errors
    assert not (tmp_path / "out").exists()
    kept = {path.name for path in work_folder(tmp_path / "out").iterdir()}
    assert kept == {"lock", "structure.stage", "cameras.stage"}
    assert resumed(report(start())) == ["cameras"]
