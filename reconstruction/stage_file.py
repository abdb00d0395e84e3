"""Results of stages as files: dataclasses, enums, arrays and messages.

A file is a zip archive of `content.json` and one `.npy` for every array. Reading it makes objects of the
program's own data classes only, so that a folder from elsewhere cannot run anything.
"""

import hashlib
import importlib
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.progress import SILENT, Progress
from core.provenance import program_version

_CONTENT = "content.json"
_FORMAT = 6  # raised when what stages give changes its meaning or fields
_PACKAGES = ("core.", "reconstruction.")
_COMPRESSED_FROM = 1 << 20
_CHUNK = 1 << 22

Array = NDArray[Any]


class StageFileDamaged(ValueError):
    """The file is cut off, of another version, or no such file at all."""


@dataclass(frozen=True)
class StageHeader:
    """What a file tells of itself before its result is read.

    Parameters
    ----------
    fingerprint : str
        Of everything that the result depends on.
    cost : mapping
        What making it took.
    """

    fingerprint: str
    cost: Mapping[str, Any]


def write_stage(path: Path, header: StageHeader, result: Any, *, progress: Progress = SILENT) -> None:
    """Write a result atomically.

    Parameters
    ----------
    result : object
        Made of None, numbers, texts, tuples, mappings, arrays, paths, enums and data classes.

    Raises
    ------
    Cancelled
        When the progress was cancelled; there is no file then.
    SenseError
        When the file cannot be written.
    TypeError
        When the result holds something else.
    """
    encoder = _Encoder()
    tree = encoder.encode(result)
    content = {"format": _FORMAT, **vars(header), "cost": dict(header.cost), "result": tree}
    with atomic_file(path) as partial, zipfile.ZipFile(partial, "w", allowZip64=True) as archive:
        archive.writestr(_CONTENT, json.dumps(content))
        for number, array in enumerate(encoder.arrays):
            # Pictures shrink well; what was measured does not.
            small = array.dtype == np.uint8 and array.nbytes >= _COMPRESSED_FROM
            member = zipfile.ZipInfo(f"{number}.npy")
            member.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
            member._compresslevel = 1  # type: ignore[attr-defined]
            with archive.open(member, "w", force_zip64=True) as file:
                checked = cast("IO[bytes]", _CheckedFile(file, progress))
                np.lib.format.write_array(checked, array, allow_pickle=False)


class _CheckedFile:
    """Writes, and looks for a cancel; numpy hands it megabytes at a time."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress

    def write(self, data: bytes) -> int:
        self._progress.check()
        return self._file.write(data)


def read_header(path: Path) -> StageHeader | None:
    """Give the header of a file; None where there is none, or one that is not whole."""
    try:
        with _archive(path) as archive:
            content = _content(archive)
            return StageHeader(str(content["fingerprint"]), dict(content["cost"]))
    except (OSError, StageFileDamaged):
        return None


def read_stage(path: Path) -> Any:
    """Read a result.

    Raises
    ------
    StageFileDamaged
        When the file is not whole, or of another version of the program.
    """
    with _archive(path) as archive:
        return _Decoder(archive).decode(_content(archive)["result"])


def fingerprint(*parts: Any) -> str:
    """Give a digest of options and other plain data, the same in every run of one version of the program.

    Another version may do better with the same data: what an older one kept is not taken for its result.

    Parameters
    ----------
    parts : object
        As `write_stage` takes them.
    """
    encoder = _Encoder()
    tree = [encoder.encode(part) for part in parts]
    given = json.dumps([_FORMAT, program_version(), tree], sort_keys=True)
    digest = hashlib.blake2b(given.encode(), digest_size=16)
    for array in encoder.arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """Give a digest of what a file holds."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise StageFileDamaged(str(path)) from error


def _content(archive: zipfile.ZipFile) -> dict[str, Any]:
    content = json.loads(archive.read(_CONTENT))
    if content["format"] != _FORMAT:
        raise StageFileDamaged(_CONTENT)
    return content


class _Encoder:
    """Turns a result into JSON's types, and collects its arrays."""

    def __init__(self) -> None:
        self.arrays: list[Array] = []

    def encode(self, value: Any) -> Any:
        """Give JSON's types: what JSON does not know is an object of one key, which says what it is."""
        if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, Enum)):
            return value.item() if isinstance(value, np.generic) else value
        if isinstance(value, np.ndarray):
            return {"array": self._array(value)}
        if isinstance(value, Enum):
            return {"enum": [_name(type(value)), value.name]}
        if isinstance(value, Path):
            return {"path": str(value)}
        if is_dataclass(value) and not isinstance(value, type):
            return {"object": [_name(type(value)), self._fields(value)]}
        if isinstance(value, Mapping):
            return {"mapping": [[self.encode(key), self.encode(one)] for key, one in value.items()]}
        if isinstance(value, tuple | list):
            return self._sequence(cast("Sequence[Any]", value))
        raise TypeError(type(value).__name__)

    def _fields(self, value: Any) -> dict[str, Any]:
        return {one.name: self.encode(getattr(value, one.name)) for one in fields(value) if one.init}

    def _sequence(self, values: Sequence[Any]) -> Any:
        # Thousands of short rows, such as tracks, are one array.
        rows = [one for one in values if isinstance(one, np.ndarray) and one.ndim == 1]
        if len(values) > 1 and len(rows) == len(values) and len({row.dtype for row in rows}) == 1:
            lengths = np.array([len(row) for row in rows], np.int64)
            return {"rows": [self._array(np.concatenate(rows)), self._array(lengths)]}
        return {"list" if isinstance(values, list) else "tuple": [self.encode(one) for one in values]}

    def _array(self, array: Array) -> int:
        self.arrays.append(array)
        return len(self.arrays) - 1


class _Decoder:
    """Makes a result of what an archive holds."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._file = archive

    def decode(self, value: Any) -> Any:
        """Give the object that `_Encoder.encode` was given."""
        if not isinstance(value, dict):
            return value
        ((kind, held),) = cast("dict[str, Any]", value).items()
        match kind:
            case "array":
                return self._array(held)
            case "enum":
                return _class(held[0], Enum)[held[1]]
            case "path":
                return Path(held)
            case "object":
                values = {name: self.decode(one) for name, one in held[1].items()}
                return _class(held[0], None)(**values)
            case "mapping":
                return {self.decode(key): self.decode(one) for key, one in held}
            case "rows":
                ends = np.cumsum(self._array(held[1]))
                return tuple(np.split(self._array(held[0]), ends[:-1]))
            case "tuple" | "list":
                made = [self.decode(one) for one in held]
                return made if kind == "list" else tuple(made)
            case _:
                raise StageFileDamaged(kind)

    def _array(self, number: int) -> Array:
        with self._file.open(f"{number}.npy") as file:
            return np.lib.format.read_array(file, allow_pickle=False)


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _class(name: str, base: type | None) -> Any:
    """Give a data class or enum of the program by its name, and nothing else."""
    module, _, qualified = name.partition(":")
    if not module.startswith(_PACKAGES):
        raise StageFileDamaged(name)
    try:
        kind = getattr(importlib.import_module(module), qualified)
    except (ImportError, AttributeError) as error:
        raise StageFileDamaged(name) from error
    fits = isinstance(kind, type) and (is_dataclass(kind) if base is None else issubclass(kind, base))
    if not fits:
        raise StageFileDamaged(name)
    return kind
