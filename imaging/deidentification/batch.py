"""De-identifies files, folders and archives into a new folder."""

import filecmp
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.atomic_write import atomic_folder, refuse_existing
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.worker_process import WorkerLimits, WorkerPool
from imaging.archive import Unpacker
from imaging.deidentification.batch_facts import BatchFacts, PictureKey
from imaging.deidentification.burned_text import Box
from imaging.deidentification.defacing import plan_faces
from imaging.deidentification.face_plane import FacePlane
from imaging.deidentification.file_walk import walk
from imaging.deidentification.instance_file import (
    CleanedInstance,
    DeidentifyChoices,
    deidentify_file,
    new_key,
)
from imaging.deidentification.profile import ProfileOption, Rules
from imaging.deidentification.report import ChangeReport
from imaging.deidentification.survey import Surveyed, survey_file
from imaging.discovery import count_files, discover
from imaging.file_store import FileStore
from imaging.found_file import Found, Rejected, rejected

_LIMITS = WorkerLimits(seconds=120.0)
_WORK = ".work"
_SURVEY_SHARE = 0.3  # of the time that a batch takes


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
    blanked: Mapping[PictureKey, tuple[Box, ...]] | None = None,
    faces: Mapping[str, FacePlane | Message | None] | None = None,
    workers: int | None = None,
    progress: Progress = SILENT,
) -> Deidentified:
    """Write de-identified copies by DICOM PS3.15 annex E; the input is only read.

    Every file is looked at before the first is written: what one of them says of a patient is taken out of
    the text of all.

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
    blanked : mapping of PictureKey to tuple of Box, optional
        For Clean Pixel Data: what a person who has looked at the pictures wants blanked.
    faces : mapping of str to FacePlane, Message or None, optional
        For deface: what a preview has found; it is looked for when not given.
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
    with (
        atomic_folder(output) as partial,
        tempfile.TemporaryDirectory() as scratch,
        closing(WorkerPool(workers or os.cpu_count() or 1, _LIMITS)) as pool,
    ):
        batch = _Batch(partial, Path(scratch), rules, progress, total)
        files = batch.survey(found, pool)
        batch.plan(blanked or {}, faces)
        batch.write(files, key or new_key(), pool)
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

    def __init__(self, folder: Path, scratch: Path, rules: Rules, progress: Progress, total: int) -> None:
        self.report = ChangeReport(rules)
        self.rejected: list[Rejected] = []
        self.notes: list[Message] = []
        self._folder, self._rules, self._progress = folder, rules, progress
        self._facts = scratch / "facts.json"
        self._work = folder / _WORK
        self._work.mkdir(mode=0o700)  # what archives unpack to tells who the patients are
        self._unpacker = Unpacker(FileStore(self._work / "unpacked"), progress=progress)
        self._words: set[str] = set()
        self._surveyed: list[Surveyed] = []
        self._done, self._total = 0, total

    def survey(self, items: Iterable[Found | Rejected], pool: WorkerPool) -> list[Found]:
        """Look at all, also at what lies in the archives; give those that can be de-identified."""
        good: list[Found] = []
        options = self._rules.options
        for item in walk(
            items,
            survey_file,
            lambda found, _number: (found.path, options),
            pool,
            self._unpacker,
            self._progress,
        ):
            if isinstance(item, Rejected):
                self.rejected.append(item)
                continue
            found, answer = item
            self._tell(_SURVEY_SHARE, QT_TRANSLATE_NOOP("Message", "Files looked at: {count}"))
            if isinstance(answer, Message):
                self._refuse(found, answer)
            else:
                self._words |= answer.words
                if ProfileOption.DEFACE in options:
                    self._surveyed.append(answer)
                good.append(found)
        self._done, self._total = 0, max(1, len(good))
        return good

    def plan(
        self,
        blanked: Mapping[PictureKey, tuple[Box, ...]],
        faces: Mapping[str, FacePlane | Message | None] | None,
    ) -> None:
        """Decide what holds for the whole batch."""
        if faces is None:
            faces = plan_faces(self._surveyed, self._progress)
        BatchFacts(tuple(sorted(self._words)), blanked, faces).save(self._facts)
        self.report.no_heads = sum(face is None for face in faces.values())

    def write(
        self,
        files: list[Found],
        key: bytes,
        pool: WorkerPool,
    ) -> None:
        """Write the copies."""
        choices = DeidentifyChoices(self._rules.options, key, os.fspath(self._facts))
        written = {id(found): self._work / str(number) for number, found in enumerate(files)}

        def call(found: Found, _number: int) -> tuple[str, str, DeidentifyChoices]:
            return found.path, os.fspath(written[id(found)]), choices

        for item in walk(files, deidentify_file, call, pool, self._unpacker, self._progress):
            assert not isinstance(item, Rejected)
            found, answer = item
            self._tell(1.0 - _SURVEY_SHARE, _FILES_DONE, _SURVEY_SHARE)
            if isinstance(answer, Message):
                written[id(found)].unlink(missing_ok=True)
                self._refuse(found, answer)
            else:
                self._settle(found, written[id(found)], answer)

    def finish(self) -> None:
        """Leave only what is to be given away."""
        shutil.rmtree(self._work)
        self.report.write(self._folder, self.rejected)

    def _tell(self, share: float, text: str, before: float = 0.0) -> None:
        self._done += 1
        done = self._done / max(self._total, self._done)
        self._progress.report(min(0.99, before + share * done), message(text, count=self._done))

    def _settle(self, found: Found, written: Path, cleaned: CleanedInstance) -> None:
        """Give the copy its final name; the same instance twice is written once."""
        names = [cleaned.study_uid or "no-study", cleaned.series_uid or "no-series", cleaned.instance_uid]
        if any(set(name) - _NAME_CHARACTERS or not name.strip(".") for name in names):
            # Only where UIDs are retained: such a one could reach out of the folder, or say a name.
            text = QT_TRANSLATE_NOOP("Message", "{name} has a UID that is none: it was left out.")
            written.unlink(missing_ok=True)
            self._refuse(found, message(text, name=""))
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

    def _refuse(self, found: Found, reason: Message) -> None:
        self.rejected.append(rejected(found, reason))


_FILES_DONE = QT_TRANSLATE_NOOP("Message", "Files done: {count}")
_NAME_CHARACTERS = frozenset("0123456789.-abcdefghijklmnopqrstuvwxyz")
_CONFLICT = QT_TRANSLATE_NOOP("Message", "{name} has the identifier of another image but other content.")
