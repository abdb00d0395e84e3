"""Labelled images for training: from a folder, or from the studies of the library that have segmentations."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, PartProgress, Progress
from models.training.instances import looks_like_instances
from models.training.preparation import LabelledImage
from viewers.training_pairs import Pair, labelled_pairs
from viewers.training_volumes import labels_on, picture, read_image, read_labels


@dataclass(frozen=True)
class RejectedCase:
    """An image that is left out, and why."""

    path: Path
    reason: Message


@dataclass(frozen=True)
class SeriesSource:
    """A series that was read: its UID, and its modality and description for people."""

    series_uid: str
    title: str


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What there is to learn from.

    Parameters
    ----------
    images : tuple of LabelledImage
        All volumes, or all pictures.
    names : mapping of int to str
        What the values of the labels are called, where that is known.
    modality : str
        "CT", "MR", ...; "" where it is unknown or not the same everywhere.
    rejected : tuple of RejectedCase
    sources : tuple of SeriesSource
        The series of the library that the images are; () for a folder.
    """

    images: tuple[LabelledImage, ...]
    names: Mapping[int, str]
    modality: str = ""
    rejected: tuple[RejectedCase, ...] = ()
    sources: tuple[SeriesSource, ...] = ()

    @property
    def numbers_objects(self) -> bool:
        """Tell whether the labels number objects of one kind rather than structures."""
        return all(looks_like_instances(image.labels) for image in self.images)

    @property
    def values(self) -> tuple[int, ...]:
        """The values above 0 that the labels have."""
        found: set[int] = set()
        for image in self.images:
            found.update(int(value) for value in np.unique(image.labels) if value > 0)
        return tuple(sorted(found))


@dataclass
class Gathering:
    """What was read so far."""

    images: list[LabelledImage] = field(default_factory=list[LabelledImage])
    rejected: list[RejectedCase] = field(default_factory=list[RejectedCase])
    names: dict[int, str] = field(default_factory=dict[int, str])
    sources: list[SeriesSource] = field(default_factory=list[SeriesSource])

    def done(self, where: str, modalities: set[str]) -> TrainingData:
        """Give the data; `BadInput` where there are none, or two kinds of them."""
        if not self.images:
            if self.rejected:
                raise BadInput(self.rejected[0].reason)
            text = QT_TRANSLATE_NOOP("Message", "{path} holds no labelled images.")
            hint = QT_TRANSLATE_NOOP(
                "Message", "Put images into images/ and their labels, of the same names, into labels/."
            )
            raise BadInput(message(text, path=where), message(hint))
        flat = {image.labels.ndim for image in self.images}
        channels = {image.channels for image in self.images}
        if len(flat) > 1 or len(channels) > 1:
            text = QT_TRANSLATE_NOOP("Message", "{path} mixes pictures with volumes, or grey with colour.")
            raise BadInput(message(text, path=where))
        modality = modalities.pop() if len(modalities) == 1 else ""
        return TrainingData(
            tuple(self.images), self.names, modality, tuple(self.rejected), tuple(self.sources)
        )


def read_folder(folder: Path, progress: Progress = SILENT) -> TrainingData:
    """Read `images/` and `labels/` of a folder; what fails is rejected, the others are taken.

    Volumes are `.nii.gz`, `.nii`, `.nrrd` and `.mha`, pictures `.png`, `.jpg` and `.tif`. `dataset.json` may
    name the labels as nnU-Net has it, `{"labels": {"liver": 1}}`.

    Raises
    ------
    BadInput
        When there is nothing to learn from.
    """
    gathered = Gathering(names=_told_names(folder))
    pairs = labelled_pairs(folder)
    for number, pair in enumerate(pairs):
        progress.report(number / len(pairs))
        try:
            _read_pair(pair, gathered)
        except SenseError as error:
            gathered.rejected.append(RejectedCase(pair.image, error.message))
    return gathered.done(str(folder), set())


def _read_pair(pair: Pair, gathered: Gathering) -> None:
    if pair.labels is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} has no labels.")
        raise BadInput(message(text, path=str(pair.image)))
    if pair.is_picture:
        image = picture(pair.image)
        labels = picture(pair.labels, labels=True)
        if labels.shape != image.shape[:2]:
            text = QT_TRANSLATE_NOOP("Message", "{path} does not have the size of its image.")
            raise BadInput(message(text, path=str(pair.labels)))
        gathered.images.append(LabelledImage(pair.name, image, labels, (1.0, 1.0)))
        return
    read = read_image(pair.image)
    labels, names = read_labels(pair.labels)
    gathered.images.append(labels_on(pair.name, read, labels, path=pair.labels))
    for value, name in names.items():
        gathered.names.setdefault(value, name)


def _told_names(folder: Path) -> dict[int, str]:
    """Read the names that `dataset.json` gives; {} where it says nothing that is understood."""
    try:
        told: Any = json.loads((folder / "dataset.json").read_text("utf-8"))["labels"]
        if all(isinstance(value, int) for value in told.values()):
            return {int(value): str(name) for name, value in told.items() if int(value) > 0}
        return {int(value): str(name) for value, name in told.items() if int(value) > 0}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def read_library(library: Library, series_uids: Sequence[str], progress: Progress = SILENT) -> TrainingData:
    """Read series of the library and the segmentations that refer to them.

    A structure is known by its name, so that it may have another number in every segmentation.

    Parameters
    ----------
    series_uids : sequence of str
        Of images; () for all that have segmentations.

    Raises
    ------
    BadInput
        When none of them has a segmentation.
    """
    from imaging.index import StudyIndex

    gathered, modalities = Gathering(), set[str]()
    numbers: dict[str, int] = {}
    with StudyIndex.open(library) as index:
        found = list(_segmented(index, series_uids))
        for number, (series, files) in enumerate(found):
            part = PartProgress(progress, number / len(found), (number + 1) / len(found))
            try:
                gathered.images.append(_read_series(index, series, files, number, numbers, part))
                modalities.add(series.modality)
                title = " ".join(part for part in (series.modality, series.description, series.part) if part)
                gathered.sources.append(SeriesSource(series.series_uid, title))
            except SenseError as error:
                gathered.rejected.append(RejectedCase(Path(series.series_uid), error.message))
    gathered.names = {number: name for name, number in numbers.items()}
    if not found:
        text = QT_TRANSLATE_NOOP("Message", "No study of the library has a segmentation to learn from.")
        raise BadInput(message(text))
    return gathered.done(str(library.folder), modalities)


def _segmented(index: Any, series_uids: Sequence[str]) -> Iterator[tuple[Any, list[Path]]]:
    """Find the image series that segmentations refer to, with the files of these."""
    from imaging.references import referring_instances
    from imaging.segmentation_reading import SEGMENTATION_CLASSES

    wanted = set(series_uids)
    for study in index.studies():
        for series in index.series_of(study.study_uid):
            if wanted and series.series_uid not in wanted:
                continue
            files = referring_instances(index, series.series_uid, SEGMENTATION_CLASSES)
            own = {instance.sop_uid for instance in index.instances(series)}
            paths = [instance.path for instance in files if instance.sop_uid not in own]
            if paths and series.geometry is not None and series.geometry.shape_ijk[2] >= 1:
                yield series, [Path(path) for path in paths]


def _read_series(
    index: Any,
    series: Any,
    files: Sequence[Path],
    number: int,
    numbers: dict[str, int],
    progress: Progress,
) -> LabelledImage:
    from imaging.loading import load_series
    from viewers.training_volumes import Grid, segment_labels

    loaded = load_series(index, series, progress=progress)
    image = Grid(np.asarray(loaded.stored), loaded.geometry)
    labels: NDArray[np.uint16] | None = None
    for path in files:
        drawn = segment_labels(path, image, numbers)
        labels = drawn if labels is None else np.where(drawn > 0, drawn, labels).astype(np.uint16)
    assert labels is not None
    return labels_on(f"case-{number:03d}", image, Grid(labels, loaded.geometry), path=files[0])
