"""Files and folders that appear complete under their final name, or not at all."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise `BadInput` when `path` exists and may not be replaced."""
    if path.exists() and not force:
        raise BadInput(
            message(QT_TRANSLATE_NOOP("Message", "{path} exists already."), path=str(path)),
            message(QT_TRANSLATE_NOOP("Message", "Use --force to replace it.")),
        )


def _beside(path: Path) -> Path:
    # The suffix stays last: writers such as nibabel choose the format by it.
    return path.with_name(f".{uuid.uuid4().hex[:8]}.partial.{path.name}")


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; renamed to `path` when the block ends without an error.

    An error or a cancel in the block removes what was written and leaves an older `path` as it was.
    """
    partial = _beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `path` when the block ends without an error."""
    partial, old = _beside(path), _beside(path)
    partial.mkdir(parents=True)
    try:
        yield partial
        if path.exists():
            path.rename(old)
        partial.rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically."""
    with atomic_file(path) as partial:
        partial.write_bytes(data)
