"""Files and folders that appear complete under their final name, or not at all."""

import contextlib
import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message

LONGEST_PARTIAL = 48  # characters of a name that its working copy keeps


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise `BadInput` when `path` exists and may not be replaced."""
    if path.exists() and not force:
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path} exists already."), path=str(path)),
            message(QT_TRANSLATE_NOOP("Message", "Use --force to replace it.")),
        )


def _beside(path: Path) -> Path:
    # The suffix stays last: writers such as nibabel choose the format by it. A long name has no room for the
    # prefix and is cut.
    return path.with_name(f".{uuid.uuid4().hex[:8]}.partial.{path.name[-LONGEST_PARTIAL:]}")


def partial_of(path: Path) -> str | None:
    """Give the end of the name of the file or folder that `path` was to become; None where it is no such one.

    Those that are older than the process that writes them are left over of one that was killed.
    """
    found = re.fullmatch(r"\.[0-9a-f]{8}\.partial\.(.+)", path.name)
    return found[1] if found else None


@contextmanager
def _naming(path: Path, partial: Path) -> Iterator[None]:
    """Name `path`, not its working copy, when the system refuses to write it."""
    try:
        yield
    except OSError as error:
        # A file that the block reads has its own error; a full disk, or a file too large for it, has no name.
        name = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes | Path) else None
        ours = name is not None and (name in (path, *path.parents) or name.is_relative_to(partial))
        if not ours and error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise SenseError(message(text, path=str(path), reason=reason)) from error


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; renamed to `path` when the block ends without an error.

    An error or a cancel in the block removes what was written and leaves an older `path` as it was.

    Raises
    ------
    SenseError
        When the system does not let `path` be written.
    """
    partial = _beside(path)
    try:
        with _naming(path, partial):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            with partial.open("r+b") as written:
                os.fsync(written.fileno())
            partial.replace(path)
    finally:
        _remove(partial)


@contextmanager
def _naming_inside(path: Path, partial: Path) -> Iterator[None]:
    """Name what was to be in `path`, not in its working copy, when the block tells of a file."""
    try:
        yield
    except SenseError as error:
        named = error.message.values.get("path")
        if not isinstance(named, str) or not Path(named).is_relative_to(partial):
            raise
        final = str(path / Path(named).relative_to(partial))
        raise type(error)(
            Message(error.message.text, {**error.message.values, "path": final}), error.hint
        ) from error


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `path` when the block ends without an error.

    Raises
    ------
    SenseError
        When the system does not let `path` be written.
    """
    partial, old = _beside(path), _beside(path)
    try:
        with _naming(path, partial):
            partial.mkdir(parents=True)
            with _naming_inside(path, partial):
                yield partial
            if path.exists():
                path.rename(old)
            try:
                partial.rename(path)
            except OSError:
                if old.exists():
                    old.rename(path)
                raise
    finally:
        _remove(partial)
        _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):  # the error that brought us here says more
            path.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically."""
    with atomic_file(path) as partial:
        partial.write_bytes(data)
