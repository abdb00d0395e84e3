"""The conventions of the command line, on the real program in its own process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND_LINE = [sys.executable, "-c", "import sys; from app.cli import main; sys.exit(main())"]


def sense(library: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND_LINE, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"SENSE_LIBRARY": str(library)} | environment,
    )


def test_help_lists_every_command_and_an_example_quickly(tmp_path: Path) -> None:
    sense(tmp_path, "--help")  # the first call may have to compile bytecode
    before_s = os.times().children_user
    done = sense(tmp_path, "--help")
    assert os.times().children_user - before_s < 0.3
    assert done.returncode == 0
    assert "example:" in done.stdout
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert {"doctor", "audit", "gui", "import", "series", "export", "deidentify"} <= listed


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys; from app.cli import main; main(['--help']); "
        "print(*{name.partition('.')[0] for name in sys.modules} & "
        "{'numpy', 'pydicom', 'PySide6', 'vtkmodules', 'SimpleITK', 'nibabel'}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stderr.split() == []


@pytest.mark.parametrize("command", ["doctor", "audit", "gui", "import", "series", "export", "deidentify"])
def test_every_command_explains_itself_with_an_example(tmp_path: Path, command: str) -> None:
    done = sense(tmp_path, command, "--help")
    assert done.returncode == 0
    assert f"example:\n  sense {command}" in done.stdout


def test_json_is_exactly_one_object_on_standard_output(tmp_path: Path) -> None:
    done = sense(tmp_path, "doctor", "--json")
    assert done.returncode == 0
    examination = json.loads(done.stdout)
    assert examination["library"]["folder"] == str(tmp_path)
    assert {codec["name"]: codec["available"] for codec in examination["codecs"]}["RLE Lossless"]


def test_the_library_option_is_stronger_than_the_variable(tmp_path: Path) -> None:
    done = sense(tmp_path / "a", "--library", str(tmp_path / "b"), "doctor", "--json")
    assert json.loads(done.stdout)["library"]["folder"] == str(tmp_path / "b")


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["docter"], "sense: There is no command docter. Did you mean doctor?\n"),
        (["audit", "--wrong"], "sense: unrecognized arguments: --wrong. See sense audit --help.\n"),
        (["--wrong", "audit"], "sense: unrecognized arguments: --wrong. See sense --help.\n"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(tmp_path: Path, words: list[str], text: str) -> None:
    done = sense(tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", text)


def test_an_unusable_library_is_one_line_and_status_1(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = sense(tmp_path / "file", "audit")
    assert done.returncode == 1
    assert done.stderr.startswith(f"sense: {tmp_path / 'file'}: ")
    assert done.stderr.count("\n") == 1


def test_a_failure_with_json_is_one_object_too(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_text("not an event\n")
    done = sense(tmp_path, "audit", "--json")
    assert done.returncode == 1
    assert "line 1" in json.loads(done.stdout)["error"]
    assert done.stderr.startswith("sense: ")


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_text("not an event\n")
    assert "Traceback" in sense(tmp_path, "audit", "--debug").stderr
    assert "Traceback" not in sense(tmp_path, "audit").stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND_LINE, "doctor"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"SENSE_LIBRARY": str(tmp_path)},
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(60) == 1
