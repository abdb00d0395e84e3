"""Unpacking zip and tar archives that nobody vouches for."""

import bz2
import gzip
import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import BinaryIO, cast

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from imaging.file_store import FileStore
from imaging.found_file import Found, Rejected, is_litter, rejected
from imaging.sniffing import HEAD_BYTES, FileKind, file_kind

_DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may unpack to.

    Parameters
    ----------
    members : int
        Files in it.
    ratio, free_bytes : int
        It may unpack to `ratio` times its size, and to `free_bytes` whatever its size.
    total_bytes : int
        Never more than this.
    depth : int
        How many archives may lie in one another, the outermost not counted.
    """

    members: int = 200_000
    ratio: int = 100
    free_bytes: int = 128 << 20
    total_bytes: int = 256 << 30
    depth: int = 1


USUAL_LIMITS = ArchiveLimits()


class Unpacker:
    """Gives the DICOM files and archives that lie in archives, stored in the library.

    Member names are shown and never used as paths, so that no name can reach outside.

    Parameters
    ----------
    store : FileStore
        Takes the unpacked files.
    limits : ArchiveLimits
        What is refused as a bomb.
    progress : Progress
        Looked at for a cancel.
    """

    def __init__(
        self, store: FileStore, limits: ArchiveLimits = USUAL_LIMITS, progress: Progress = SILENT
    ) -> None:
        self._store = store
        self._limits = limits
        self._progress = progress
        self._left = 0

    def members(self, archive: Found, kind: FileKind) -> Iterator[Found | Rejected]:
        """Unpack what may be DICOM, one file after the other; the rest is rejected by name."""
        if archive.depth > self._limits.depth:
            yield rejected(archive, _said(TOO_DEEP))
            return
        size = os.path.getsize(archive.path)  # noqa: PTH202 - names may be in any encoding
        limits = self._limits
        self._left = min(limits.total_bytes, max(limits.free_bytes, limits.ratio * size))
        count = 0
        try:
            for item in self._zip(archive) if kind is FileKind.ZIP else self._stream(archive, kind):
                count += 1
                yield item
        except BadInput as error:
            yield rejected(archive, error.message)
        except _DAMAGE:
            text = QT_TRANSLATE_NOOP("Message", "{name} is a damaged archive: not all of it can be unpacked.")
            yield rejected(archive, _said(text))
        else:
            if not count:
                yield rejected(archive, _said(QT_TRANSLATE_NOOP("Message", "{name} is an empty archive.")))

    def _zip(self, archive: Found) -> Iterator[Found | Rejected]:
        with zipfile.ZipFile(archive.path) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            members = [info for info in members if not is_litter(info.filename)]
            self._refuse_bomb(len(members), sum(info.file_size for info in members))
            if members and all(info.flag_bits & 1 for info in members):
                raise BadInput(_said(ENCRYPTED))
            for info in members:
                found = _member(archive, _zip_name(info))
                try:
                    if info.flag_bits & 1:
                        raise BadInput(_said(ENCRYPTED))
                    with opened.open(info) as stream:
                        yield self._keep(found, cast(BinaryIO, stream))
                except _Bomb:
                    raise
                except BadInput as error:
                    yield rejected(found, error.message)
                except NotImplementedError:
                    yield rejected(found, _said(UNKNOWN_COMPRESSION))
                except _DAMAGE:
                    yield rejected(found, _said(DAMAGED_MEMBER))

    def _stream(self, archive: Found, kind: FileKind) -> Iterator[Found | Rejected]:
        with _decompressed(archive.path, kind) as stream:
            if file_kind(stream.peek(HEAD_BYTES)[:HEAD_BYTES]) is not FileKind.TAR:
                name = archive.short_name.rpartition(".")[0] or archive.short_name
                yield self._keep(_member(archive, name), cast(BinaryIO, stream))
                return
            with tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as opened:
                yield from self._tar(archive, opened)

    def _tar(self, archive: Found, members: Iterable[tarfile.TarInfo]) -> Iterator[Found | Rejected]:
        opened = cast(tarfile.TarFile, members)
        for count, info in enumerate(members):
            self._refuse_bomb(count, info.size)
            self._spend(0)
            content = opened.extractfile(info) if info.isreg() and not is_litter(info.name) else None
            if content is not None:
                yield self._keep(_member(archive, info.name), cast(BinaryIO, content))
            opened.members = []  # type: ignore[misc] - it would keep every header of an endless archive

    def _keep(self, found: Found, stream: BinaryIO) -> Found | Rejected:
        buffered = (
            stream if isinstance(stream, BufferedReader) else BufferedReader(cast(BufferedReader, stream))
        )
        head = buffered.peek(HEAD_BYTES)[:HEAD_BYTES]
        if not head:
            return rejected(found, _said(QT_TRANSLATE_NOOP("Message", "{name} is empty.")))
        if file_kind(head) is FileKind.UNKNOWN:
            return rejected(found, _said(QT_TRANSLATE_NOOP("Message", "{name} is not a DICOM file.")))
        path, new = self._store.keep(cast(BinaryIO, buffered), self._spend)
        return Found(path, found.name, found.depth, stored=new)

    def _refuse_bomb(self, members: int, declared_bytes: int) -> None:
        if members > self._limits.members or declared_bytes > self._left:
            raise _Bomb(_said(BOMB))
        if declared_bytes > self._store.free_bytes():
            text = QT_TRANSLATE_NOOP("Message", "{name} unpacks to more than there is room for on the disk.")
            raise BadInput(_said(text))

    def _spend(self, count: int) -> None:
        self._progress.check()
        self._left -= count
        if self._left < 0:
            raise _Bomb(_said(BOMB))


class _Bomb(BadInput):
    """The archive as a whole is refused."""


TOO_DEEP = QT_TRANSLATE_NOOP("Message", "{name} is an archive within archives; unpack the outer ones first.")
ENCRYPTED = QT_TRANSLATE_NOOP("Message", "{name} is protected by a password; unpack it first.")
BOMB = QT_TRANSLATE_NOOP(
    "Message", "{name} unpacks to far more than a medical archive does; it was refused as a possible bomb."
)
UNKNOWN_COMPRESSION = QT_TRANSLATE_NOOP("Message", "{name} is compressed in a way that is not supported.")
DAMAGED_MEMBER = QT_TRANSLATE_NOOP("Message", "{name} is damaged in the archive and cannot be unpacked.")


def _said(text: str) -> Message:
    return message(text, name="")


def _member(archive: Found, name: str) -> Found:
    return Found("", f"{archive.name}/{name}", archive.depth + 1, stored=True)


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Give a member's name; without the UTF-8 flag it may be UTF-8 all the same, or GBK, instead of CP437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        stored = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return stored.decode(codec)
        except UnicodeDecodeError:
            continue
    return info.filename


def _decompressed(path: str, kind: FileKind) -> BufferedReader:
    if kind is FileKind.GZIP:
        return BufferedReader(cast(BufferedReader, gzip.open(path, "rb")))
    if kind is FileKind.BZIP2:
        return BufferedReader(cast(BufferedReader, bz2.open(path, "rb")))
    if kind is FileKind.XZ:
        return BufferedReader(cast(BufferedReader, lzma.open(path, "rb")))
    return open(path, "rb")  # noqa: PTH123 - the caller closes it; names may be in any encoding
