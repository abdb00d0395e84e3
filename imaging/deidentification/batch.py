"""De-identifies files, folders and archives into a new folder."""

import filecmp
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.atomic_write import atomic_folder, refuse_existing
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.worker_process import WorkerDied, WorkerLimits, WorkerPool, WorkerTimedOut
from imaging.archive import Unpacker
from imaging.deidentification.instance_file import (
    CleanedInstance,
    DeidentifyChoices,
    deidentify_file,
    new_key,
)
from imaging.deidentification.profile import ProfileOption, Rules
from imaging.deidentification.report import ChangeReport
from imaging.discovery import count_files, discover
from imaging.file_store import FileStore
from imaging.found_file import Found, Rejected, rejected
from imaging.sniffing import FileKind

_LIMITS = WorkerLimits(seconds=120.0)
_WORK = ".work"

_Answer = CleanedInstance | FileKind | Message


@dataclass(frozen=True)
class Deidentified:
    """What a batch came to.

    Parameters
    ----------
    output : Path
        Folder with `study/series/instance.dcm`, all named by UID, and the report.
    report : ChangeReport
        Every change, by attribute.
    rejected : tuple of Rejected
        What could not be de-identified, and why.
    notes : tuple of Message
        What a person has to look at, by the name of the input.
    """

    output: Path
    report: ChangeReport
    rejected: tuple[Rejected, ...]
    notes: tuple[Message, ...]


def deidentify_paths(
    paths: Iterable[str | os.PathLike[str]],
    output: Path,
    *,
    options: Iterable[ProfileOption] = (),
    key: bytes | None = None,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> Deidentified:
    """Write de-identified copies by DICOM PS3.15 annex E; the input is only read.

    Parameters
    ----------
    paths : iterable of path
        Files, folders and archives.
    output : Path
        A new or empty folder; it appears complete or, on an error or a cancel, not at all.
    options : iterable of ProfileOption
        Beside the Basic Profile.
    key : bytes, optional
        The same key makes the same replacements in another batch; without one, a key that nobody keeps.
    workers : int, optional
        Processes; as many as there are cores when not given.

    Raises
    ------
    BadInput
        When the output exists, or when not one file can be de-identified.
    """
    rules = Rules(frozenset(options))
    if not output.is_dir() or any(output.iterdir()):
        refuse_existing(output, force=False)
    given = [os.fspath(path) for path in paths]
    total = max(1, count_files(given))
    # Listed before anything is written, for the output may lie among the input.
    found = list(discover(given))
    choices = DeidentifyChoices(rules.options, key or new_key())
    with (
        atomic_folder(output) as partial,
        tempfile.TemporaryDirectory() as unpacked,
        closing(WorkerPool(workers or os.cpu_count() or 1, _LIMITS)) as pool,
    ):
        batch = _Batch(partial, choices, FileStore(Path(unpacked)), progress, total)
        batch.run(found, pool)
        if not batch.report.instances:
            raise _nothing(batch.rejected)
        batch.finish()
    return Deidentified(output, batch.report, tuple(batch.rejected), tuple(batch.notes))


def _nothing(items: list[Rejected]) -> BadInput:
    if len(items) == 1:
        return BadInput(items[0].reason)
    text = QT_TRANSLATE_NOOP("Message", "None of {count} files could be de-identified; the first: {reason}")
    if not items:
        return BadInput(message(QT_TRANSLATE_NOOP("Message", "There are no files to de-identify.")))
    return BadInput(message(text, count=len(items), reason=items[0].reason))


class _Batch:
    """The state of one batch."""

    def __init__(
        self, folder: Path, choices: DeidentifyChoices, store: FileStore, progress: Progress, total: int
    ) -> None:
        self.report = ChangeReport(Rules(choices.options))
        self.rejected: list[Rejected] = []
        self.notes: list[Message] = []
        self._folder, self._choices, self._progress = folder, choices, progress
        self._unpacker = Unpacker(store, progress=progress)
        self._done, self._total = 0, total
        self._under_way: list[tuple[Found, Path]] = []
        self._archives: list[tuple[Found, FileKind]] = []
        (folder / _WORK).mkdir()

    def run(self, items: Iterable[Found | Rejected], pool: WorkerPool) -> None:
        """De-identify all, and then what lies in the archives among them, and so on."""
        while True:
            for future in pool.map(deidentify_file, self._calls(items), progress=self._progress):
                found, written = self._under_way.pop(0)
                self._take(found, written, _answer(future))
            if not self._archives:
                return
            archives, self._archives = self._archives, []
            items = (item for found, kind in archives for item in self._unpacker.members(found, kind))

    def finish(self) -> None:
        """Leave only what is to be given away."""
        (self._folder / _WORK).rmdir()
        self.report.write(self._folder, self.rejected)

    def _calls(self, items: Iterable[Found | Rejected]) -> Iterator[tuple[str, str, DeidentifyChoices]]:
        for number, item in enumerate(items):
            self._progress.check()
            if isinstance(item, Rejected):
                self.rejected.append(item)
                continue
            written = self._folder / _WORK / f"{item.depth}-{number}"
            self._under_way.append((item, written))
            yield item.path, os.fspath(written), self._choices

    def _take(self, found: Found, written: Path, answer: _Answer) -> None:
        self._done += 1
        text = message(QT_TRANSLATE_NOOP("Message", "Files done: {count}"), count=self._done)
        self._progress.report(min(0.99, self._done / max(self._total, self._done)), text)
        if isinstance(answer, FileKind):
            self._archives.append((found, answer))
        elif isinstance(answer, Message):
            self._refuse(found, written, answer)
        else:
            self._settle(found, written, answer)
        if found.stored:
            Path(found.path).unlink(missing_ok=True)

    def _settle(self, found: Found, written: Path, cleaned: CleanedInstance) -> None:
        """Give the copy its final name; the same instance twice is written once."""
        names = [cleaned.study_uid or "no-study", cleaned.series_uid or "no-series", cleaned.instance_uid]
        if any(set(name) - _NAME_CHARACTERS or not name.strip(".") for name in names):
            # Only where UIDs are retained: such a one could reach out of the folder, or say a name.
            text = QT_TRANSLATE_NOOP("Message", "{name} has a UID that is none: it was left out.")
            self._refuse(found, written, message(text, name=""))
            return
        final = self._folder / names[0] / names[1] / f"{names[2]}.dcm"
        while final.exists():
            if filecmp.cmp(written, final, shallow=False):
                written.unlink()
                return
            final = final.with_name(f"{final.stem}_.dcm")
        final.parent.mkdir(parents=True, exist_ok=True)
        written.replace(final)
        self.report.add(cleaned)
        doubled = () if final.stem == names[2] else (message(_CONFLICT, name=""),)
        self.notes += [rejected(found, note).reason for note in (*cleaned.notes, *doubled)]

    def _refuse(self, found: Found, written: Path, reason: Message) -> None:
        written.unlink(missing_ok=True)
        self.rejected.append(rejected(found, reason))


_NAME_CHARACTERS = frozenset("0123456789.-abcdefghijklmnopqrstuvwxyz")
_CONFLICT = QT_TRANSLATE_NOOP("Message", "{name} has the identifier of another image but other content.")


def _answer(future: "Future[_Answer]") -> _Answer:
    try:
        return future.result()
    except WorkerTimedOut:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: it takes too long.")
    except WorkerDied:
        text = QT_TRANSLATE_NOOP("Message", "{name} cannot be read: the reader crashed on it.")
    return message(text, name="")
