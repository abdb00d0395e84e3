import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.atomic_write import atomic_file, atomic_folder, refuse_existing, write_bytes
from core.errors import BadInput, Cancelled, SenseError
from core.message import message

ROOT = Path(__file__).parents[2]


def test_a_file_appears_complete_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "volume.nii.gz"
    with atomic_file(path) as partial:
        assert partial.name.endswith("volume.nii.gz")
        partial.write_bytes(b"data")
        assert not path.exists()
    assert [item.name for item in path.parent.iterdir()] == ["volume.nii.gz"]
    assert path.read_bytes() == b"data"


@pytest.mark.parametrize("error", [ValueError, Cancelled, KeyboardInterrupt])
def test_an_error_leaves_the_older_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    with pytest.raises(error), atomic_file(path) as partial:
        partial.write_bytes(b"half")
        raise error
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
def test_a_crash_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    program = (
        "import os, signal, sys; from pathlib import Path; from core.atomic_write import atomic_file\n"
        "with atomic_file(Path(sys.argv[1])) as partial:\n"
        "    partial.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    crashed = subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, check=False)
    assert crashed.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


def test_a_folder_takes_the_place_of_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "series"
    for name in ("first", "second"):
        with atomic_folder(path) as partial:
            (partial / name).write_text(name)
    assert [item.name for item in path.iterdir()] == ["second"]
    assert [item.name for item in tmp_path.iterdir()] == ["series"]


def test_a_folder_that_was_not_finished_leaves_the_older_one(tmp_path: Path) -> None:
    path = tmp_path / "series"
    with atomic_folder(path) as partial:
        (partial / "old").write_text("old")
    with pytest.raises(Cancelled), atomic_folder(path) as partial:
        (partial / "new").write_text("new")
        raise Cancelled
    assert [item.name for item in path.iterdir()] == ["old"]
    assert [item.name for item in tmp_path.iterdir()] == ["series"]


def test_a_folder_that_cannot_be_put_in_place_gives_the_older_one_back(tmp_path: Path) -> None:
    path = tmp_path / "series"
    with atomic_folder(path) as partial:
        (partial / "old").write_text("old")
    with pytest.raises(SenseError, match="series cannot be written"), atomic_folder(path) as partial:
        partial.rmdir()  # the second of the two renames finds nothing to rename
    assert [item.name for item in path.iterdir()] == ["old"]


def test_a_place_that_cannot_be_written_is_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "out.json"
    with pytest.raises(SenseError) as raised:
        write_bytes(path, b"data")
    assert str(raised.value).startswith(f"{path} cannot be written: ")


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "out") as partial:
        partial.write_bytes((tmp_path / "input").read_bytes())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows limits the whole path")
def test_names_up_to_the_limit_of_the_file_system(tmp_path: Path) -> None:
    path = tmp_path / ("影" * 83 + ".nii")  # 253 bytes
    write_bytes(path, b"data")
    assert path.read_bytes() == b"data"


def test_existing_output_needs_force(tmp_path: Path) -> None:
    path = tmp_path / "out.nrrd"
    refuse_existing(path, force=False)
    path.write_text("")
    refuse_existing(path, force=True)
    with pytest.raises(BadInput, match="exists already"):
        refuse_existing(path, force=False)


def test_an_error_names_what_was_to_be_in_the_folder(tmp_path: Path) -> None:
    text = "{path} cannot be written: {reason}."
    with pytest.raises(SenseError) as caught, atomic_folder(tmp_path / "out") as partial:
        raise SenseError(message(text, path=str(partial / "a" / "b"), reason="why"))
    assert str(caught.value.message) == f"{tmp_path / 'out' / 'a' / 'b'} cannot be written: why."
    with pytest.raises(SenseError) as caught, atomic_folder(tmp_path / "out"):
        raise SenseError(message(text, path="elsewhere", reason="why"))
    assert "elsewhere" in str(caught.value.message)
