"""multipart/related bodies (RFC 2387), taken apart and put together without holding them in memory."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_MOST_HEADERS = 1 << 16
_BLOCK = 1 << 20


class BrokenBody(ValueError):
    """A body is not multipart, or ends before its last boundary."""


def boundary_of(content_type: str) -> bytes:
    """Give the boundary that a Content-Type names; `BrokenBody` when it names none."""
    found = re.search(r'boundary="?([^";]+)"?', content_type, re.IGNORECASE)
    if not content_type.lower().startswith("multipart/") or found is None:
        raise BrokenBody(content_type)
    return found[1].strip().encode("ascii", "replace")


def parts_of(blocks: Iterator[bytes], boundary: bytes) -> Iterator[Iterator[bytes]]:
    """Give the content of each part as blocks; a part that was not read to its end is skipped.

    Raises
    ------
    BrokenBody
        Within the reading of the part that is cut off.
    """
    reader = _Reader(blocks, boundary)
    if not reader.find_first():
        return
    while reader.skip_headers():
        part = reader.part()
        yield part
        for _ in part:
            pass


class _Reader:
    """A window onto the stream that is at least as long as a delimiter."""

    def __init__(self, blocks: Iterator[bytes], boundary: bytes) -> None:
        self._blocks = blocks
        self._delimiter = b"\r\n--" + boundary
        self._window = b"\r\n"  # the first delimiter has no line break before it

    def find_first(self) -> bool:
        while (place := self._window.find(self._delimiter)) < 0:
            if len(self._window) > _MOST_HEADERS or not self._more():
                raise BrokenBody("no boundary")
        self._window = self._window[place + len(self._delimiter) :]
        return True

    def skip_headers(self) -> bool:
        """Go to where a part's content begins; False after the last part."""
        while len(self._window) < 2:
            if not self._more():
                raise BrokenBody("cut off")
        if self._window.startswith(b"--"):
            return False
        while (place := self._window.find(b"\r\n\r\n")) < 0:
            if len(self._window) > _MOST_HEADERS or not self._more():
                raise BrokenBody("no end of the headers")
        # An empty part's delimiter begins with the line break that ends its headers.
        self._window = self._window[place + 2 :] if self._is_empty(place) else self._window[place + 4 :]
        return True

    def part(self) -> Iterator[bytes]:
        """Give the content up to the next delimiter, and go behind that."""
        kept = len(self._delimiter) - 1
        while (place := self._window.find(self._delimiter)) < 0:
            if len(self._window) > kept:
                yield self._window[:-kept]
                self._window = self._window[-kept:]
            if not self._more():
                raise BrokenBody("cut off")
        if place:
            yield self._window[:place]
        self._window = self._window[place + len(self._delimiter) :]

    def _is_empty(self, place: int) -> bool:
        while len(self._window) < place + 2 + len(self._delimiter) and self._more():
            pass
        return self._window.startswith(self._delimiter, place + 2)

    def _more(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._window += block
        return True


class MultipartBody:
    """The body of a STOW request, of known length, read from the files as it is sent.

    Parameters
    ----------
    contents : sequence of Path or bytes
        One DICOM file each.
    boundary : str
        Must not occur in any of them: a random one.
    """

    def __init__(self, contents: Sequence[Path | bytes], boundary: str) -> None:
        self._contents = contents
        self._head = f"\r\n--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self._sizes = [_size(content) for content in contents]
        self._streams = self._open()
        self._current: BinaryIO | None = next(self._streams, None)

    def __len__(self) -> int:
        return sum(self._sizes) + len(self._head) * len(self._contents) + len(self._tail)

    def read(self, size: int = -1) -> bytes:
        """Give the next bytes, at most `size`; b"" at the end."""
        while self._current is not None:
            if block := self._current.read(_BLOCK if size < 0 else size):
                return block
            self._current.close()
            self._current = next(self._streams, None)
        return b""

    def close(self) -> None:
        """Close the file that is being read."""
        if self._current is not None:
            self._current.close()
            self._current = None

    def _open(self) -> Iterator[BinaryIO]:
        for content in self._contents:
            yield BytesIO(self._head)
            yield content.open("rb") if isinstance(content, Path) else BytesIO(content)
        yield BytesIO(self._tail)


def _size(content: Path | bytes) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)
