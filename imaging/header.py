"""Reading the headers of files that nobody has looked at before.

Plain images are scanned here and now by `native`, which checks every bound; the full parser is for the rest,
and is run in a worker process.
"""

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.instance import Instance
from imaging.instance_decoding import decode_instance
from imaging.native_header import ScannedHeader, scan
from imaging.plain_decoding import PlainDecoder
from imaging.pydicom_header import NOT_DICOM, read_with_pydicom
from imaging.raw_header import TRUNCATED
from imaging.sniffing import HEAD_BYTES, FileKind, file_kind
from imaging.tags import DIRECTORY_RECORDS


@dataclass(frozen=True)
class DirectoryListing:
    """What a DICOMDIR names: the components of each referenced file's path."""

    files: tuple[tuple[str, ...], ...]


Outcome = Instance | DirectoryListing | FileKind | Message
_Read = TypeVar("_Read")


def read_plain(paths: Sequence[str]) -> list[Outcome | None]:
    """Read the files that are plain images; None for each that `read_headers` has to look at."""
    return decode_plain(scan(paths), PlainDecoder())


def decode_plain(scanned: Sequence[ScannedHeader | None], decoder: PlainDecoder) -> list[Outcome | None]:
    """Decode what `scan` gave; None for each that `read_headers` has to look at."""
    return [
        None if found is None else _guarded(found.path, partial(decoder.decode, found)) for found in scanned
    ]


def read_headers(paths: Sequence[str]) -> list[Outcome]:
    """Read each file with the full parser; call it in a worker process.

    What cannot be read becomes the sentence saying why, with the file as `{name}`. Archives are told by their
    kind, and a DICOMDIR by what it lists.
    """
    return [read_header(path) for path in paths]


def read_header(path: str) -> Outcome:
    """Read one file with the full parser."""
    return _guarded(path, partial(_read, path))


def _guarded(path: str, read: Callable[[], _Read]) -> _Read | Message:
    try:
        return read()
    except BadInput as error:
        return error.message
    except Exception as error:
        return _reason(Path(path).name, error)


def _reason(name: str, error: Exception) -> Message:
    # The boundary to an untrusted file: whatever it provokes in a parser is a fact about the file.
    # The end came within an element's head, or where pydicom expects an item (an error without a number).
    if isinstance(error, EOFError | struct.error) or (type(error) is OSError and error.errno is None):
        return message(TRUNCATED, name=name)
    if isinstance(error, PermissionError):
        return message(QT_TRANSLATE_NOOP("Message", "{name} cannot be read: permission denied."), name=name)
    if isinstance(error, OSError):
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: {reason}.")
        return message(text, name=name, reason=error.strerror or type(error).__name__)
    if isinstance(error, MemoryError):
        return message(QT_TRANSLATE_NOOP("Message", "{name} needs more memory than it may use."), name=name)
    text = QT_TRANSLATE_NOOP("Message", "{name} is damaged: it cannot be read as DICOM ({kind}).")
    return message(text, name=name, kind=type(error).__name__)


def _read(path: str) -> Outcome:
    with Path(path).open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind = file_kind(head)
    if kind.is_archive:
        return kind
    if kind is not FileKind.DICOM:
        return message(_not_dicom(kind, head), name=Path(path).name)
    raw, data = read_with_pydicom(path)
    if DIRECTORY_RECORDS in data:
        return _listing(data[DIRECTORY_RECORDS].value)
    return decode_instance(raw)


def _not_dicom(kind: FileKind, head: bytes) -> str:
    if not head:
        return QT_TRANSLATE_NOOP("Message", "{name} is empty.")
    if kind is FileKind.OTHER_ARCHIVE:
        return QT_TRANSLATE_NOOP(
            "Message", "{name} is an archive that cannot be opened here; unpack it first."
        )
    return NOT_DICOM


def _listing(records: object) -> DirectoryListing:
    files: list[tuple[str, ...]] = []
    for record in records:  # type: ignore[attr-defined]
        value = record.get("ReferencedFileID")
        if value:
            parts = [value] if isinstance(value, str) else list(value)
            files.append(tuple(str(part) for part in parts))
    return DirectoryListing(tuple(files))
