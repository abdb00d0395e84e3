"""Finding files: loops, pipes, broken names, and a sentence for everything that cannot be used."""

import os
import socket
import sys
from pathlib import Path

import pytest

from core.library import Library
from imaging.discovery import discover
from imaging.found_file import Found
from imaging.importing import import_paths
from imaging.index import StudyIndex
from tests.dicom_factory import make_ct_series

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file system")


def test_a_sentence_for_everything(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "only-litter").mkdir()
    (tmp_path / "only-litter" / ".DS_Store").write_bytes(b"x")
    paths = [tmp_path / "empty", tmp_path / "only-litter", tmp_path / "absent", tmp_path / "absent.zip"]
    result = import_paths(library, paths)
    assert [str(item.reason) for item in result.rejected] == [
        "empty is an empty folder.",
        "only-litter is an empty folder.",
        "absent is not there.",
        "absent.zip is not there.",
    ]
    assert [item.path for item in result.rejected] == [str(path) for path in paths]


def test_what_fails_does_not_stop_the_others(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=3)
    (made.folder / "README.txt").write_text("about")
    (made.folder / "a.json").write_text("{}")
    (made.folder / "00000.dcm").write_bytes(made.files[0].read_bytes()[:-10])
    result = import_paths(library, [made.folder])
    assert result.series[0].instances == 3
    assert sorted(str(item.reason) for item in result.rejected) == [
        "00000.dcm is truncated: it ends before the data that it announces.",
        "README.txt is not a DICOM file.",
        "a.json is not a DICOM file.",
    ]


@POSIX
def test_links_loops_pipes_and_sockets(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "file").write_bytes(b"x")
    (tmp_path / "a" / "b" / "loop").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "b" / "self").symlink_to("self")
    (tmp_path / "a" / "b" / "broken").symlink_to("nowhere")
    (tmp_path / "a" / "b" / "other").symlink_to(tmp_path / "a" / "file")
    os.mkfifo(tmp_path / "a" / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(tmp_path / "a" / "s"))
        found = list(discover([tmp_path / "a"]))
    reasons = {Path(item.path).name: "" if isinstance(item, Found) else str(item.reason) for item in found}
    assert reasons.pop("self").startswith("self cannot be opened: ")
    assert reasons == {
        "file": "",
        "other": "",
        "broken": "broken is a link to something that is not there.",
        "pipe": "pipe is a pipe or a device and not a file.",
        "s": "s is a pipe or a device and not a file.",
    }
    (device,) = discover(["/dev/zero"])
    assert not isinstance(device, Found)


@POSIX
def test_names_in_chinese_and_in_broken_encodings(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "影像 数据", slices=3)
    broken = os.fsencode(tmp_path) + b"/\xff\xfe\xb7\xc5"
    Path(os.fsdecode(broken)).mkdir()
    for number, path in enumerate(made.files[:2]):
        path.rename(os.fsdecode(broken + b"/\xc4\xe3%d" % number))
    Path(os.fsdecode(broken + b"/\xba\xc3.txt")).write_text("no image")
    result = import_paths(library, [tmp_path])
    assert result.series[0].instances == 3
    assert "is not a DICOM file" in str(result.rejected[0].reason)
    with StudyIndex.open(library) as index:
        paths = [file.path for file in index.instances(result.series[0])]
    assert all(Path(path).is_file() for path in paths)
    assert os.fsencode(paths[0]).startswith(broken)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(library: Library, tmp_path: Path) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    made.files[0].chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    reasons = sorted(str(item.reason) for item in import_paths(library, [tmp_path]).rejected)
    (tmp_path / "closed").chmod(0o700)
    assert reasons == sorted(
        [
            f"{made.files[0].name} cannot be read: permission denied.",
            "closed cannot be opened: permission denied.",
        ]
    )
