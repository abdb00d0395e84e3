"""What `sense models run` does with a network that tells the class of a series, or of a grey picture."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.context import Context
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard
from core.progress import PartProgress
from core.volume_files import FoundVolume
from models.class_input import class_input, reduced
from models.input_reading import PICTURES
from models.picture_run import CLASSES, PictureReport, read_grey_or_colour
from models.runner import Runner
from models.store import StoredModel
from models.training.preparation import WHOLE
from models.volume_preparation import axis_order

_READ = 0.8


def is_class_run(card: ModelCard, output: Path) -> bool:
    """Tell whether the model tells the class of volumes, and the network's own arrays are not asked for."""
    takes = len(card.inputs) == 1 and card.inputs[0].preparation.kind == "volume"
    return takes and card.task == CLASSES and output.suffix.lower() != ".npz"


def run_classes(
    context: Context, given: str, output: Path, model: StoredModel, *, part: str | None = None
) -> PictureReport:
    """Tell the probability of every class, and write them as JSON.

    Parameters
    ----------
    given : str
        UID of a series, a DICOM folder, a volume file, or a grey picture where the model takes pictures.

    Raises
    ------
    UsageError
        When the output is no .json file.
    BadInput
        When the input cannot be read, or does not fit the model.
    """
    card, start = model.card, time.perf_counter()
    if output.suffix.lower() != ".json":
        text = QT_TRANSLATE_NOOP("Message", "{path} does not end in {kinds}.")
        raise UsageError(message(text, path=str(output), kinds=".json"))
    inputs, told = read_class_input(context, given, model, part=part), card.outputs[0]
    with Runner() as runner:
        scores = runner.run(model, inputs, progress=context.progress)[told.name][0]
        provider = runner.providers(model)[0]
    found = tuple(
        (label.name, round(float(score), 6)) for label, score in zip(told.labels, scores, strict=True)
    )
    with atomic_file(output) as partial:
        partial.write_text(json.dumps({"classes": dict(found)}, ensure_ascii=False, indent=1), "utf-8")
    return PictureReport(card, provider, time.perf_counter() - start, found, output)


def read_class_input(
    context: Context, given: str, model: StoredModel, *, part: str | None = None
) -> dict[str, NDArray[np.float32]]:
    """Read a series, a volume or a grey picture as the model takes it.

    Raises
    ------
    BadInput
        When it cannot be read, or does not fit the model.
    """
    entry = model.card.inputs[0]
    preparation = entry.preparation
    if preparation.procedure != WHOLE:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} needs a newer version of this program.")
        raise BadInput(message(text, name=model.card.id))
    flat = preparation.layout == "NCHW"
    if Path(given).suffix.lower() in PICTURES:
        if not flat:
            raise _unfitting(given, model)
        picture = reduced(read_grey_or_colour(Path(given), 1), (1.0, 1.0))
        return {entry.name: class_input(*picture, preparation)}
    if context.volumes is None:
        raise RuntimeError("commands that read volumes are given what reads them")
    reading = PartProgress(context.progress, 0.0, _READ)
    found = context.volumes.read(context.library, given, part=part, progress=reading)
    if found.voxels.ndim != 3 or (found.voxels.shape[0] == 1) != flat:
        raise _unfitting(given, model)
    values, spacing = reduced(*_along_axes(found, flat=flat, model=model))
    return {entry.name: class_input(values, spacing, preparation)}


def _along_axes(
    found: FoundVolume, *, flat: bool, model: StoredModel
) -> tuple[NDArray[Any], tuple[float, ...]]:
    """Give the voxels and their spacing along the axes of the network."""
    column, row, depth = found.geometry.spacing_mm
    spacing = (depth, row, column)
    if flat:
        return (-found.voxels[0] if found.inverted else found.voxels[0]), spacing[1:]
    order = axis_order(model.card.inputs[0].preparation, found.geometry)
    return order.apply(found.voxels), tuple(spacing[axis] for axis in order.source)


def _unfitting(given: str, model: StoredModel) -> BadInput:
    text = QT_TRANSLATE_NOOP("Message", "{path} is nothing that the model {name} takes.")
    if model.card.inputs[0].preparation.layout == "NCHW":
        hint = QT_TRANSLATE_NOOP("Message", "It takes grey pictures and series of a single image.")
    else:
        hint = QT_TRANSLATE_NOOP("Message", "It takes volumes of several slices.")
    return BadInput(message(text, path=given, name=model.card.id), message(hint))
