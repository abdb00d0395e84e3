"""The library's own copies of files, named by their content."""

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1 << 20
_FORGOTTEN_S = 3600.0


class FileStore:
    """Files under names made from the SHA-256 of their content: the same content is never stored twice.

    Parameters
    ----------
    folder : Path
        Made when the first file comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, stream: BinaryIO, on_block: Callable[[int], None]) -> tuple[str, bool]:
        """Store what `stream` holds; give the path, and whether it is new.

        The file appears complete or not at all. `on_block(bytes)` is called for every block and may raise.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{uuid.uuid4().hex}.partial"
        digest = hashlib.sha256()
        try:
            with partial.open("xb") as file:
                while block := stream.read(_BLOCK):
                    on_block(len(block))
                    digest.update(block)
                    file.write(block)
            return self._settle(partial, digest.hexdigest())
        finally:
            partial.unlink(missing_ok=True)

    def copy(self, path: str) -> str:
        """Store a copy of the file at `path` and give the copy's path."""
        with Path(path).open("rb") as stream:
            return self.keep(stream, lambda _bytes: None)[0]

    def adopt(self, path: Path, digest: str) -> str:
        """Give the finished file at `path`, whose SHA-256 is known, its place here too; give that place.

        Both names are of one file where the file system has links.
        """
        final = self._folder / digest[:2] / f"{digest[2:]}.dcm"
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, final)
        except FileExistsError:
            pass
        except OSError:
            return self.copy(os.fspath(path))
        return os.fspath(final)

    def free_bytes(self) -> int:
        """Give how much room there is on the disk."""
        folder = next(parent for parent in (self._folder, *self._folder.parents) if parent.exists())
        return shutil.disk_usage(folder).free

    def sweep(self) -> None:
        """Remove what a killed import left half written."""
        for partial in self._folder.glob("*.partial"):
            if time.time() - partial.stat().st_mtime > _FORGOTTEN_S:
                partial.unlink(missing_ok=True)

    def _settle(self, partial: Path, digest: str) -> tuple[str, bool]:
        final = self._folder / digest[:2] / f"{digest[2:]}.dcm"
        if final.exists():
            return os.fspath(final), False
        final.parent.mkdir(exist_ok=True)
        partial.replace(final)
        return os.fspath(final), True
