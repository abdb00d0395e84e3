"""Archives: what is unpacked, and the bombs, traps and damages that are refused."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from core.library import Library
from imaging.archive import ArchiveLimits
from imaging.importing import ImportResult, import_paths
from tests.dicom_factory import make_ct_series


def _reasons(result: ImportResult) -> dict[str, str]:
    return {Path(item.path).name: str(item.reason) for item in result.rejected}


def _zip(path: Path, files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _contents(folder: Path, **options: object) -> dict[str, bytes]:
    made = make_ct_series(folder, slices=3, **options)  # type: ignore[arg-type]
    return {path.name: path.read_bytes() for path in made.files}


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_every_kind_is_unpacked_into_the_library(library: Library, tmp_path: Path, kind: str) -> None:
    files = _contents(tmp_path / "ct")
    archive = tmp_path / f"study.{kind}"
    if kind == "zip":
        _zip(archive, {f"a/b/{name}": content for name, content in files.items()})
    else:
        with tarfile.open(archive, f"w:{kind.partition('.')[2]}") as writer:
            writer.add(tmp_path / "ct", "folder")
    first = import_paths(library, [archive])
    assert (first.series[0].instances, first.rejected) == (3, ())
    stored = sorted(library.files_folder.rglob("*.dcm"))
    assert sorted(path.read_bytes() for path in stored) == sorted(files.values())
    second = import_paths(library, [archive])
    assert second.series[0].instances == 3
    assert sorted(library.files_folder.rglob("*")) == sorted({*stored, *(path.parent for path in stored)})


def test_a_compressed_single_file(library: Library, tmp_path: Path) -> None:
    (content, *_) = _contents(tmp_path / "ct").values()
    (tmp_path / "one.dcm.gz").write_bytes(gzip.compress(content))
    assert import_paths(library, [tmp_path / "one.dcm.gz"]).series[0].instances == 1


def test_names_cannot_reach_outside(library: Library, tmp_path: Path) -> None:
    (content, *_) = _contents(tmp_path / "ct").values()
    archive = _zip(tmp_path / "a.zip", {"../../../evil.dcm": content, "/tmp/c1-evil.dcm": content})
    with tarfile.open(tmp_path / "b.tar", "w") as writer:
        for name in ("../../evil.dcm", "/tmp/c1-evil.dcm"):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            writer.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        writer.addfile(link)
    result = import_paths(library, [archive, tmp_path / "b.tar"])
    assert result.series[0].instances == 1
    assert list(tmp_path.rglob("*evil*")) == []
    assert not Path("/tmp/c1-evil.dcm").exists()


def test_a_declared_bomb_is_refused_before_unpacking(library: Library, tmp_path: Path) -> None:
    bomb = _zip(tmp_path / "bomb.zip", {f"{n}.dcm": bytes(40 << 20) for n in range(5)})
    result = import_paths(library, [bomb])
    assert "possible bomb" in _reasons(result)["bomb.zip"]
    assert not library.files_folder.exists()


def test_a_bomb_in_a_stream_is_stopped(library: Library, tmp_path: Path) -> None:
    head = bytes(128) + b"DICM"
    with gzip.open(tmp_path / "bomb.dcm.gz", "wb") as writer:
        writer.write(head)
        for _ in range(4):
            writer.write(bytes(1 << 20))
    limits = ArchiveLimits(free_bytes=2 << 20)
    result = import_paths(library, [tmp_path / "bomb.dcm.gz"], limits=limits)
    assert "possible bomb" in _reasons(result)["bomb.dcm.gz"]
    assert [path for path in library.files_folder.rglob("*") if path.is_file()] == []


def test_too_many_members_and_too_deep_nesting(library: Library, tmp_path: Path) -> None:
    many = _zip(tmp_path / "many.zip", {f"{n}.txt": b"x" for n in range(30)})
    inner = _zip(tmp_path / "inner.zip", _contents(tmp_path / "ct"))
    middle = _zip(tmp_path / "middle.zip", {"inner.zip": inner.read_bytes()})
    outer = _zip(tmp_path / "outer.zip", {"middle.zip": middle.read_bytes()})
    result = import_paths(library, [many], limits=ArchiveLimits(members=20))
    assert "possible bomb" in _reasons(result)["many.zip"]
    assert import_paths(library, [middle]).series[0].instances == 3
    result = import_paths(library, [outer])
    assert result.series == ()
    assert _reasons(result) == {
        "inner.zip": "inner.zip is an archive within archives; unpack the outer ones first."
    }
    assert len(list(library.files_folder.rglob("*.dcm"))) == 3


def test_a_password_is_told(library: Library, tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", _contents(tmp_path / "ct"), zipfile.ZIP_STORED)
    content = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    archive.write_bytes(content)
    assert "password" in _reasons(import_paths(library, [archive]))["a.zip"]


def test_damaged_archives_give_what_they_can(library: Library, tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", _contents(tmp_path / "ct"), zipfile.ZIP_STORED)
    content = bytearray(archive.read_bytes())
    content[1300] ^= 0xFF  # within the first file's pixels: its checksum is wrong now
    archive.write_bytes(content)
    result = import_paths(library, [archive])
    assert result.series[0].instances == 2
    ((name, reason),) = _reasons(result).items()
    assert reason == f"{name} is damaged in the archive and cannot be unpacked."
    cut = tmp_path / "cut.zip"
    cut.write_bytes(content[: len(content) // 2])
    assert "damaged archive" in _reasons(import_paths(library, [cut]))["cut.zip"]
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as writer:
        writer.add(tmp_path / "ct")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes((tmp_path / "b.tar.gz").read_bytes()[:1500])
    assert "damaged archive" in _reasons(import_paths(library, [cut]))["cut.tar.gz"]


def test_members_that_are_no_dicom_are_named_and_leave_nothing(library: Library, tmp_path: Path) -> None:
    files = {
        "README": b"text",
        "empty": b"",
        "short.dcm": bytes(128) + b"DICM\x08\x00\x05\x00CS",
        "__MACOSX/._x": b"litter",
        "x/.DS_Store": b"litter",
    }
    result = import_paths(library, [_zip(tmp_path / "a.zip", files)])
    assert set(_reasons(result)) == {"README", "empty", "short.dcm"}
    assert result.rejected[0].path == str(tmp_path / "a.zip" / "README")
    assert [path for path in library.files_folder.rglob("*") if path.is_file()] == []


def test_names_of_members_in_chinese(library: Library, tmp_path: Path) -> None:
    for flag, encoding in ((0, "gbk"), (0, "utf-8"), (0x800, "utf-8")):
        stored = "说明.txt".encode(encoding)
        archive = _zip(tmp_path / "a.zip", {"x" * len(stored): b"no image"})
        content = archive.read_bytes().replace(b"x" * len(stored), stored)
        if flag:
            for mark, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
                at = content.index(mark) + offset
                content = content[:at] + b"\x08" + content[at + 1 :]
        archive.write_bytes(content)
        (item,) = import_paths(library, [archive]).rejected
        assert str(item.reason) == "说明.txt is not a DICOM file."


def test_an_empty_archive(library: Library, tmp_path: Path) -> None:
    assert "is an empty archive" in _reasons(import_paths(library, [_zip(tmp_path / "e.zip", {})]))["e.zip"]
