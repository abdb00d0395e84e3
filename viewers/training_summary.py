"""What the training page shows of the data before anything is learnt."""

from dataclasses import dataclass

import numpy as np

from core.context import Context
from core.message import Message
from models.training.plan import TrainingTask
from viewers.training_commands import TrainOptions, read_data
from viewers.training_data import SeriesSource


@dataclass(frozen=True)
class FoundLabel:
    """A value of the labels, its name, and in how many images it is."""

    value: int
    name: str
    images: int


@dataclass(frozen=True)
class DataSummary:
    """What there is to learn from.

    Parameters
    ----------
    images : int
    volumes : bool
        Whether they are volumes or pictures.
    labels : tuple of FoundLabel
        () where the labels number objects.
    objects : int
        How many objects are numbered, 0 otherwise.
    modality : str
    rejected : tuple of Message
        Why images are left out.
    sources : tuple of SeriesSource
        The series of the library that the images are.
    """

    images: int
    volumes: bool
    labels: tuple[FoundLabel, ...]
    objects: int
    modality: str
    rejected: tuple[Message, ...]
    sources: tuple[SeriesSource, ...] = ()


def summarise(context: Context, options: TrainOptions) -> DataSummary:
    """Read the data and count."""
    data = read_data(context, options)
    numbered = options.task is TrainingTask.INSTANCES or (
        options.task is TrainingTask.SEGMENTATION and data.numbers_objects
    )
    counts: dict[int, int] = {}
    for image in data.images:
        for value in np.unique(image.labels):
            if value > 0:
                counts[int(value)] = counts.get(int(value), 0) + 1
    labels = tuple(
        FoundLabel(value, data.names.get(value, f"label {value}"), count)
        for value, count in sorted(counts.items())
    )
    return DataSummary(
        len(data.images),
        data.images[0].labels.ndim == 3,
        () if numbered else labels,
        sum(counts.values()) if numbered else 0,
        data.modality,
        tuple(item.reason for item in data.rejected),
        data.sources,
    )


def labels_option(chosen: tuple[FoundLabel, ...]) -> str:
    """Give the `--labels` that learns these, by these names."""
    return ",".join(
        f"{label.name.replace(',', ' ').replace('=', ' ').strip()}={label.value}" for label in chosen
    )
