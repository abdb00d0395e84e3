"""Pictures for classification: a folder for every class."""

from pathlib import Path

import numpy as np

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from models.training.preparation import LabelledImage
from viewers.training_data import RejectedCase, TrainingData
from viewers.training_pairs import PICTURES
from viewers.training_volumes import picture


def read_classes(folder: Path, progress: Progress = SILENT) -> TrainingData:
    """Read `CLASS/*.png` (or .jpg, .tif); every pixel of a picture is labelled with its class, from 1.

    Raises
    ------
    BadInput
        When there are not two classes.
    """
    classes = {
        inner.name: [path for path in sorted(inner.iterdir()) if path.suffix.lower() in PICTURES]
        for inner in sorted(folder.iterdir())
        if inner.is_dir() and not inner.name.startswith(".")
    }
    names = [name for name, paths in classes.items() if paths]
    if len(names) < 2:
        text = QT_TRANSLATE_NOOP(
            "Message", "{path} does not hold a folder of pictures for each of two classes."
        )
        raise BadInput(message(text, path=str(folder)))
    images: list[LabelledImage] = []
    rejected: list[RejectedCase] = []
    every = [(number, path) for number, name in enumerate(names, start=1) for path in classes[name]]
    for count, (number, path) in enumerate(every):
        progress.report(count / len(every))
        try:
            image = picture(path, colour=True)
        except SenseError as error:
            rejected.append(RejectedCase(path, error.message))
            continue
        labels = np.broadcast_to(np.uint16(number), image.shape[:2])
        images.append(LabelledImage(f"case-{count:05d}", image, labels, (1.0, 1.0)))
    if not images:
        raise BadInput(rejected[0].reason)
    return TrainingData(tuple(images), dict(enumerate(names, start=1)), "", tuple(rejected))
