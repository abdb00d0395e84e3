from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.pacs.multipart import BrokenBody, MultipartBody, boundary_of, parts_of

BOUNDARY = "0123456789abcdef"


def cut(content: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Give the content in blocks of these sizes, and then the rest."""
    for size in sizes:
        yield content[:size]
        content = content[size:]
    yield content


def body_of(contents: list[bytes]) -> bytes:
    body = MultipartBody(contents, BOUNDARY)
    sent = b"".join(iter(lambda: body.read(7), b""))
    assert len(sent) == len(body)
    return sent


def read(content: bytes, sizes: list[int] | None = None) -> list[bytes]:
    return [b"".join(part) for part in parts_of(cut(content, sizes or []), BOUNDARY.encode())]


contents = st.lists(st.binary(max_size=60) | st.just(b"\r\n--0123456789abcde\r\n\r\n--"), max_size=4)


@given(contents, st.lists(st.integers(0, 40), max_size=30))
def test_what_is_put_together_is_taken_apart_however_it_is_cut(parts: list[bytes], sizes: list[int]) -> None:
    content = body_of(parts)
    if parts:
        assert read(content, sizes) == parts


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=3), st.data())
def test_a_body_that_is_cut_off_is_told(parts: list[bytes], data: st.DataObject) -> None:
    content = body_of(parts)
    end = data.draw(st.integers(0, len(content) - 3))  # without the last hyphen there is no end
    with pytest.raises(BrokenBody):
        read(content[:end])


@given(st.binary(max_size=200))
def test_rubbish_is_refused_and_never_hangs(content: bytes) -> None:
    try:
        read(content)
    except BrokenBody:
        pass
    else:
        assert BOUNDARY.encode() in content


def test_a_part_that_nobody_reads_is_skipped() -> None:
    content = body_of([b"one" * 100, b"two"])
    parts = parts_of(cut(content, [10] * 20), BOUNDARY.encode())
    next(parts)
    assert b"".join(next(parts)) == b"two"


def test_files_are_read_as_they_are_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(b"content")
    body = MultipartBody([path, b"more"], BOUNDARY)
    first = body.read(30)
    body.close()
    assert first
    assert body.read() == b""
    assert read(b"".join(iter(MultipartBody([path, b"more"], BOUNDARY).read, b""))) == [b"content", b"more"]


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/related; boundary=abc", b"abc"),
        ('Multipart/Related; type="application/dicom"; Boundary="a b:c"', b"a b:c"),
    ],
)
def test_boundaries(content_type: str, boundary: bytes) -> None:
    assert boundary_of(content_type) == boundary


@pytest.mark.parametrize("content_type", ["", "text/html", "multipart/related", "image/png; boundary=a"])
def test_no_boundary(content_type: str) -> None:
    with pytest.raises(BrokenBody):
        boundary_of(content_type)
