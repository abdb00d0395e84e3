"""What a person looks at before anything is written: the pictures that may show text, and the faces."""

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.worker_process import WorkerLimits, WorkerPool
from imaging.archive import Unpacker
from imaging.deidentification.batch_facts import PictureKey
from imaging.deidentification.burned_text import Box, Picture, find_text, grey_of
from imaging.deidentification.defacing import FaceFound, plan_faces
from imaging.deidentification.face_plane import FacePlane
from imaging.deidentification.file_walk import walk
from imaging.deidentification.pixel_cleaning import decoded_frames
from imaging.deidentification.pixel_regions import Finding, Source, may_show_text, rule_findings
from imaging.deidentification.profile import ProfileOption
from imaging.deidentification.reading import read_dataset, told
from imaging.deidentification.survey import Surveyed, survey
from imaging.discovery import count_files, discover
from imaging.file_store import FileStore
from imaging.found_file import Rejected, rejected
from imaging.instance import Instance
from imaging.sniffing import FileKind

_LIMITS = WorkerLimits(seconds=120.0)
_FRAMES = 8  # of a file that are looked at: text stands still while the picture moves


@dataclass
class PicturePreview:
    """The pictures of one size of one series, which are blanked together.

    Parameters
    ----------
    key : PictureKey
        Which they are.
    modality : str
        As stored.
    picture : uint8, shape (rows, columns)
        The brightest of all, so that no text is hidden.
    findings : list of Finding
        Where there may be text.
    files : int
        How many there are.
    """

    key: PictureKey
    modality: str
    picture: Picture
    findings: list[Finding]
    files: int = 1

    def add(self, other: "PicturePreview") -> None:
        """Take another file of the same series and size in."""
        np.maximum(self.picture, other.picture, out=self.picture)
        known = {finding.box for finding in self.findings}
        self.findings += [finding for finding in other.findings if finding.box not in known]
        self.files += 1


@dataclass
class Preview:
    """What a batch would blank and cut off.

    Parameters
    ----------
    pictures : dict of PictureKey to PicturePreview
        That may show text.
    faces : list of FaceFound
        Heads and where they would be cut.
    planes : dict of str to FacePlane, Message or None
        For the batch, by series UID.
    rejected : list of Rejected
        Files that cannot be de-identified.
    """

    pictures: dict[PictureKey, PicturePreview] = field(default_factory=dict[PictureKey, PicturePreview])
    faces: list[FaceFound] = field(default_factory=list[FaceFound])
    planes: dict[str, FacePlane | Message | None] = field(
        default_factory=dict[str, FacePlane | Message | None]
    )
    rejected: list[Rejected] = field(default_factory=list[Rejected])


@dataclass(frozen=True)
class Looked:
    """What one file shows."""

    surveyed: Surveyed
    picture: PicturePreview | None


def preview(
    paths: Iterable[str | os.PathLike[str]],
    *,
    options: Iterable[ProfileOption],
    workers: int | None = None,
    progress: Progress = SILENT,
) -> Preview:
    """Look at files, folders and archives; nothing is written.

    Parameters
    ----------
    options : iterable of ProfileOption
        Text is looked for with CLEAN_PIXEL, faces with DEFACE.
    """
    chosen = frozenset(options)
    given = [os.fspath(path) for path in paths]
    total, done = max(1, count_files(given)), 0
    found, surveyed = Preview(), list[Surveyed]()
    with (
        TemporaryDirectory() as scratch,
        closing(WorkerPool(workers or os.cpu_count() or 1, _LIMITS)) as pool,
    ):
        unpacker = Unpacker(FileStore(Path(scratch)), progress=progress)
        items = walk(
            discover(given), preview_file, lambda one, _: (one.path, chosen), pool, unpacker, progress
        )
        for item in items:
            done += 1
            text = QT_TRANSLATE_NOOP("Message", "Files looked at: {count}")
            progress.report(min(0.7, 0.7 * done / max(total, done)), message(text, count=done))
            if isinstance(item, Rejected):
                found.rejected.append(item)
            elif isinstance(item[1], Message):
                found.rejected.append(rejected(item[0], item[1]))
            else:
                surveyed.append(item[1].surveyed)
                _take(found, item[1].picture)
        if ProfileOption.DEFACE in chosen:
            found.planes = plan_faces(surveyed, progress, found.faces.append)
    return found


def _take(found: Preview, picture: PicturePreview | None) -> None:
    if picture is None:
        return
    known = found.pictures.setdefault(picture.key, picture)
    if known is not picture:
        known.add(picture)


def preview_file(source: str, options: frozenset[ProfileOption]) -> Looked | FileKind | Message:
    """Look at one file; runs in a worker process."""

    def look(header: Instance) -> Looked:
        dataset = read_dataset(source, pixels=ProfileOption.CLEAN_PIXEL in options)
        surveyed = survey(dataset, header, options)
        findings = rule_findings(dataset) if "PixelData" in dataset else []
        if not findings and not ("PixelData" in dataset and may_show_text(dataset)):
            return Looked(surveyed, None)
        frames = decoded_frames(dataset)
        step = max(1, len(frames) // _FRAMES)
        picture = np.max([grey_of(frame) for frame in frames[::step]], axis=0)
        ruled = [finding.box for finding in findings]
        shapes = [box for box in find_text(picture) if not any(_covers(rule, box) for rule in ruled)]
        findings += [Finding(box, Source.SHAPE) for box in shapes]
        key = PictureKey(header.series_uid, header.rows, header.columns)
        return Looked(surveyed, PicturePreview(key, header.modality, picture, findings))

    return told(source, look)


def _covers(whole: Box, part: Box) -> bool:
    return whole.united(part) == whole
