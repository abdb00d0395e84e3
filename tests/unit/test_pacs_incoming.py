from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import RLELossless

from core.library import Library
from imaging.importing import import_paths
from imaging.index import StudyIndex
from imaging.pacs.incoming import Incoming
from imaging.pacs.part10 import data_offset, has_file_meta, identity_of, with_file_meta
from tests.dicom_factory import make_ct_series


def blocks_of(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[:100], content[100:]]


def stored(library: Library) -> int:
    return len(list((library.folder / "files").rglob("*.dcm")))


def test_what_comes_is_indexed_once(tmp_path: Path, library: Library) -> None:
    made = make_ct_series(tmp_path / "ct", slices=4)
    incoming = Incoming(library)
    for path in (*made.files, *made.files):
        incoming.keep(blocks_of(path))
    assert incoming.waiting == 4
    grown = []
    incoming.settle(grown.append)
    incoming.settle()
    assert (incoming.received, incoming.new, incoming.waiting, incoming.rejected) == (8, 4, 0, [])
    assert grown[-1].instances == 4
    assert stored(library) == 4
    assert [one.instances for one in incoming.series.values()] == [4]


def test_a_transfer_that_breaks_off_leaves_nothing(tmp_path: Path, library: Library) -> None:
    (path,) = make_ct_series(tmp_path / "ct", slices=1).files

    def broken() -> object:
        yield blocks_of(path)[0]
        raise OSError("no more")

    incoming = Incoming(library)
    with pytest.raises(OSError, match="no more"):
        incoming.keep(broken())
    assert list((library.folder / "incoming").iterdir()) == []


def test_what_a_killed_program_left_is_indexed_by_the_next(tmp_path: Path, library: Library) -> None:
    made = make_ct_series(tmp_path / "ct", slices=3)
    before = Incoming(library)
    for path in made.files:
        before.keep(blocks_of(path))
    # Killed after the first file had got its second name, and before the index heard of it.
    waiting = sorted((library.folder / "incoming").glob("*.dcm"))
    before._adopt(waiting[:1])
    assert stored(library) == 1
    Incoming(library).settle()
    with StudyIndex.open(library) as index:
        assert index.counts().instances == 3
    assert stored(library) == 3


def test_an_object_of_the_library_is_not_doubled_by_another_head_or_encoding(
    tmp_path: Path, library: Library
) -> None:
    made = make_ct_series(tmp_path / "ct", slices=2)
    packed = make_ct_series(tmp_path / "packed", slices=2, transfer_syntax=RLELossless)
    import_paths(library, [made.folder])
    other_head = tmp_path / "other.dcm"
    data = dcmread(made.files[0])
    data.file_meta.SourceApplicationEntityTitle = "ELSEWHERE"
    data.save_as(other_head)
    incoming = Incoming(library)
    incoming.keep(blocks_of(other_head))
    incoming.keep(blocks_of(packed.files[1]))
    incoming.settle()
    assert (incoming.new, incoming.rejected, incoming.waiting) == (0, [], 0)
    with StudyIndex.open(library) as index:
        assert index.counts().instances == 2
        assert index.series_of(made.study_uid)[0].warnings == ()


def test_what_cannot_be_read_is_told_and_kept_aside(library: Library) -> None:
    incoming = Incoming(library)
    incoming.keep([b"no DICOM at all"])
    incoming.settle()
    assert len(incoming.rejected) == 1
    assert stored(library) == 0
    assert len(list((library.folder / "incoming" / "refused").iterdir())) == 1
    incoming.settle()
    assert len(incoming.rejected) == 1


def test_heads_of_files(tmp_path: Path, library: Library) -> None:
    (path,) = make_ct_series(tmp_path / "ct", slices=1).files
    data = dcmread(path)
    assert has_file_meta(path)
    assert identity_of(path) == (data.SOPInstanceUID, data.file_meta.TransferSyntaxUID)
    bare = tmp_path / "bare.dcm"
    with path.open("rb") as file:
        offset = data_offset(file)
    bare.write_bytes(path.read_bytes()[offset:])
    assert not has_file_meta(bare)
    assert identity_of(bare) == ("", "")
    import_paths(library, [bare])
    with StudyIndex.open(library) as index:
        (instance,) = index.all_instances(data.SeriesInstanceUID)
    assert Path(instance.path) == bare
    given = with_file_meta(instance)
    assert given.file_meta.MediaStorageSOPInstanceUID == data.SOPInstanceUID
    assert given.PixelData == data.PixelData
