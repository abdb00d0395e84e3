"""Images for classification: a folder for every class, or a table of series and files with their classes."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import BadInput, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, PartProgress, Progress
from models.training.preparation import LabelledImage
from viewers.training_data import Gathering, RejectedCase, TrainingData
from viewers.training_pairs import PICTURES, VOLUMES
from viewers.training_volumes import along_patient, picture

_VOLUMES = (*VOLUMES, ".dcm")
_LARGEST_TABLE_BYTES = 10**8


@dataclass(frozen=True)
class _Case:
    """A series UID, a file or a folder of DICOM files, and its class."""

    given: str
    label: str


def read_classes(folder: Path, library: Library, progress: Progress = SILENT) -> TrainingData:
    """Read `CLASS/*`: pictures, volumes (.nii.gz, .nrrd, .mha, .dcm) or folders of DICOM files.

    All voxels are labelled with the class, from 1. Volumes come as `models.class_input.reduced` gives them.

    Raises
    ------
    BadInput
        When there are not two classes, or pictures and volumes are mixed.
    """
    cases = [
        _Case(str(path), inner.name)
        for inner in sorted(folder.iterdir())
        if inner.is_dir() and not inner.name.startswith(".")
        for path in sorted(inner.iterdir())
        if not path.name.startswith(".") and (path.is_dir() or _is_image(path))
    ]
    if len({case.label for case in cases}) < 2:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path} does not hold a folder of images for each of two classes."
        )
        raise BadInput(message(text, path=str(folder)))
    return _read(cases, str(folder), library, progress)


def read_table(table: Path, library: Library, progress: Progress = SILENT) -> TrainingData:
    """Read a table (.csv) with a series UID of the library, or a file, and its class in every line.

    Files are named from the folder of the table. A first line `series,class` is left out.

    Raises
    ------
    BadInput
        When it is no such table, or does not name two classes.
    """
    cases = _table(table)
    if len({case.label for case in cases}) < 2:
        text = QT_TRANSLATE_NOOP("Message", "{path} does not name images of two classes.")
        hint = QT_TRANSLATE_NOOP(
            "Message", "Write a series UID or a file, a comma and its class in every line."
        )
        raise BadInput(message(text, path=str(table)), message(hint))
    return _read(cases, str(table), library, progress)


def _table(table: Path) -> list[_Case]:
    try:
        if table.stat().st_size > _LARGEST_TABLE_BYTES:
            raise ValueError("too large")
        rows = [row for row in csv.reader(table.read_text("utf-8-sig").splitlines()) if any(row)]
    except (OSError, ValueError, csv.Error) as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or no table (.csv).")
        raise BadInput(message(text, path=str(table))) from error
    if rows and [cell.strip().casefold() for cell in rows[0][1:2]] in (["class"], ["label"]):
        rows = rows[1:]
    cases: list[_Case] = []
    for row in rows:
        given, label = (row[0].strip(), row[1].strip()) if len(row) >= 2 else ("", "")
        if not given or not label:
            continue
        beside = table.parent / given
        cases.append(_Case(str(beside) if beside.exists() else given, label))
    return cases


def _is_image(path: Path) -> bool:
    return path.is_file() and path.name.lower().endswith((*PICTURES, *_VOLUMES))


def _read(cases: Sequence[_Case], where: str, library: Library, progress: Progress) -> TrainingData:
    names = sorted({case.label for case in cases})
    gathered = Gathering(names=dict(enumerate(names, start=1)))
    modalities: set[str] = set()
    for count, case in enumerate(cases):
        part = PartProgress(progress, count / len(cases), (count + 1) / len(cases))
        part.check()
        number = names.index(case.label) + 1
        try:
            image, modality = _image(case.given, f"case-{count:05d}", number, library, part)
        except SenseError as error:
            gathered.rejected.append(RejectedCase(Path(case.given), error.message))
            continue
        gathered.images.append(image)
        modalities.add(modality)
    data = gathered.done(where, modalities)
    if len(data.values) < 2:
        raise BadInput(data.rejected[0].reason)
    return data


def _image(
    given: str, name: str, number: int, library: Library, progress: Progress
) -> tuple[LabelledImage, str]:
    """Read one image, and tell its modality."""
    from imaging.volume_access import DiskVolumes
    from models.class_input import reduced

    if Path(given).suffix.lower() in PICTURES:
        coloured = picture(Path(given), colour=True)
        labels = np.broadcast_to(np.uint16(number), coloured.shape[:2])
        return LabelledImage(name, coloured, labels, (1.0, 1.0)), ""
    found = DiskVolumes().read(library, given, progress=progress)
    if found.voxels.ndim != 3:
        text = QT_TRANSLATE_NOOP("Message", "{path} holds no single volume.")
        raise BadInput(message(text, path=given))
    if found.voxels.shape[0] == 1:
        flat = -found.voxels[0] if found.inverted else found.voxels[0]
        values, spacing = reduced(flat, found.geometry.spacing_mm[1::-1])
    else:
        values, spacing = reduced(*along_patient(found.voxels, found.geometry))
    labels = np.broadcast_to(np.uint16(number), values.shape)
    return LabelledImage(name, values, labels, spacing), found.modality
