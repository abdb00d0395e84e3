"""Objects on their way from a PACS into the library: safe on disk first, then indexed, never doubled."""

import filecmp
import hashlib
import os
import threading
import time
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.file_lock import file_lock
from core.library import Library
from core.series import Series
from imaging.file_store import FileStore
from imaging.found_file import Rejected
from imaging.importing import OnSeries, import_paths
from imaging.index import StudyIndex
from imaging.pacs.part10 import data_offset, identity_of

_FORGOTTEN_S = 3600.0
_BLOCK = 1 << 20


class Incoming:
    """The folder of a library where received objects wait until they are indexed.

    An object is complete in it before the sender hears that it was stored; whoever exchanges next indexes
    what a killed program left there. A file keeps its place here until the index has it, so that a kill at
    any moment loses nothing.

    Parameters
    ----------
    library : Library
        Receives the objects.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._folder = library.folder / "incoming"
        self._lock = threading.Lock()
        self.received = 0
        self.new = 0
        self.rejected: list[Rejected] = []
        self.series: dict[tuple[str, str], Series] = {}

    @property
    def waiting(self) -> int:
        """How many objects wait."""
        return sum(1 for _ in self._folder.glob("*.dcm"))

    def keep(self, blocks: Iterable[bytes]) -> None:
        """Store one object; it is on disk when this returns. Any number of threads may call it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{uuid.uuid4().hex}.partial"
        digest = hashlib.sha256()
        try:
            with partial.open("xb") as file:
                for block in blocks:
                    digest.update(block)
                    file.write(block)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self._folder / f"{digest.hexdigest()}.dcm")
        finally:
            partial.unlink(missing_ok=True)
        with self._lock:
            self.received += 1

    def settle(self, on_series: OnSeries | None = None) -> None:
        """Index what waits, and tell `on_series` of every series that grew."""
        if not self._folder.is_dir():
            return
        # Another process may be doing the same.
        with file_lock(self._folder / "lock"), StudyIndex.open(self._library) as index:
            self._sweep()
            waiting = sorted(self._folder.glob("*.dcm"))
            new = [path for path in waiting if not self._is_present(index, path)]
            finals = self._adopt(new)
            result = import_paths(self._library, finals, on_series=on_series)
            self._finish(index, new, finals)
            for path in set(waiting) - set(new):
                path.unlink(missing_ok=True)
        self.rejected += result.rejected
        self.series.update({(one.series_uid, one.part): one for one in result.series})

    def _adopt(self, waiting: Sequence[Path]) -> list[Path]:
        store = FileStore(self._library.files_folder)
        return [Path(store.adopt(path, path.stem)) for path in waiting]

    def _finish(self, index: StudyIndex, waiting: Sequence[Path], finals: Sequence[Path]) -> None:
        for path, final in zip(waiting, finals, strict=True):
            if index.rows("SELECT 1 FROM instances WHERE path = ?", index.paths.encode(os.fspath(final))):
                self.new += 1
                path.unlink(missing_ok=True)
            else:  # the sender was told that it is safe here: it is kept, out of the way
                refused = self._folder / "refused"
                refused.mkdir(exist_ok=True)
                path.replace(refused / path.name)
                final.unlink(missing_ok=True)

    def _is_present(self, index: StudyIndex, path: Path) -> bool:
        """Tell whether the library holds the object, in this encoding or another."""
        sop_uid, syntax = identity_of(path)
        for instance in index.files_of(sop_uid):
            known, other = Path(instance.path), instance.transfer_syntax != syntax
            if known.exists() and (other or _same_object(known, path)):
                return True
        return False

    def _sweep(self) -> None:
        for partial in self._folder.glob("*.partial"):
            if time.time() - partial.stat().st_mtime > _FORGOTTEN_S:
                partial.unlink(missing_ok=True)


def _same_object(known: Path, path: Path) -> bool:
    """Compare two files without their heads, which every program writes in its own way."""
    if filecmp.cmp(known, path, shallow=False):
        return True
    with known.open("rb") as one, path.open("rb") as other:
        one.seek(data_offset(one))
        other.seek(data_offset(other))
        while block := one.read(_BLOCK):
            if other.read(_BLOCK) != block:
                return False
        return not other.read(1)
