"""What `sense models run` does with a picture: labels, objects or classes by a network of pictures."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic_write import atomic_file
from core.context import Context
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ChannelPreparation, ModelCard
from core.progress import SILENT, Progress
from core.segmentation import Segment, Segmentation
from core.volume_files import FoundVolume
from models.input_reading import PICTURES, read_inputs
from models.runner import Runner
from models.store import ModelStore, StoredModel
from models.tiled_prediction import padded, predict
from models.training.instances import instances_of
from models.training.preparation import resampled
from models.volume_preparation import normalised
from models.volume_runner import VolumeNetwork, label_output, label_values, network_of

OBJECTS, CLASSES = "instance-segmentation", "classification"
_LABEL_PICTURES = (".png", ".tif", ".tiff")


@dataclass(frozen=True)
class PictureReport:
    """What a run gave.

    Parameters
    ----------
    card : ModelCard
    provider : str
        Where it ran.
    seconds : float
        Wall time, with loading the model.
    found : tuple of (str, float)
        Pixels of every structure; the number of objects; or the probability of every class.
    output : Path
    """

    card: ModelCard
    provider: str
    seconds: float
    found: tuple[tuple[str, float], ...]
    output: Path

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "id": self.card.id,
            "version": self.card.version,
            "provider": self.provider,
            "seconds": self.seconds,
            "found": [{"name": name, "value": value} for name, value in self.found],
            "output": str(self.output),
        }

    def __str__(self) -> str:
        """Give one line for everything that was found."""
        return "\n".join(f"{name}  {value:g}" for name, value in self.found)


def is_picture_run(card: ModelCard, given: Path, output: Path) -> bool:
    """Tell whether a picture is labelled or classified, or the network's own arrays are written."""
    if given.suffix.lower() not in PICTURES or output.suffix.lower() == ".npz" or len(card.inputs) != 1:
        return False
    preparation = card.inputs[0].preparation
    flat = preparation.kind == "volume" and preparation.layout == "NCHW"
    return flat or (card.task == CLASSES and preparation.kind == "picture")


def run_picture(
    context: Context, given: Path, output: Path, model: StoredModel, runner: Runner
) -> PictureReport:
    """Label, count or classify, and write the result.

    Labels and the numbers of objects are written as a PNG or TIFF of 8 or 16 bits, classes as JSON.

    Raises
    ------
    UsageError
        When the output has another suffix.
    BadInput
        When the picture cannot be read, or does not fit the model.
    """
    card, start = model.card, time.perf_counter()
    wanted = (".json",) if card.task == CLASSES else _LABEL_PICTURES
    if output.suffix.lower() not in wanted:
        text = QT_TRANSLATE_NOOP("Message", "{path} does not end in {kinds}.")
        raise UsageError(message(text, path=str(output), kinds=", ".join(wanted)))
    if card.task == CLASSES:
        found = _classify(given, model, runner, context.progress)
        with atomic_file(output) as partial:
            partial.write_text(json.dumps({"classes": dict(found)}, ensure_ascii=False, indent=1), "utf-8")
    else:
        labels, found = _label(given, model, runner, context.progress)
        _write(output, labels)
    seconds = time.perf_counter() - start
    return PictureReport(card, runner.providers(model)[0], seconds, found, output)


def _classify(
    given: Path, model: StoredModel, runner: Runner, progress: Progress
) -> tuple[tuple[str, float], ...]:
    output = model.card.outputs[0]
    values = runner.run(model, read_inputs(given, model.card), progress=progress)[output.name][0]
    names = [label.name for label in output.labels]
    return tuple((name, round(float(value), 6)) for name, value in zip(names, values, strict=True))


def _label(
    given: Path, model: StoredModel, runner: Runner, progress: Progress
) -> tuple[NDArray[np.integer], tuple[tuple[str, float], ...]]:
    picture = read_grey_or_colour(given, len(model.card.inputs[0].preparation.channels) or 1)
    scores = picture_scores(network_of(runner, model), picture, progress)
    if model.card.task == OBJECTS:
        objects = instances_of(scores)
        return objects, (("objects", float(objects.max())),)
    output = label_output(model.card)
    values = label_values(output)
    labels = values[scores.argmax(0)]
    named = zip(values.tolist(), output.labels, strict=True)
    return labels, tuple((label.name, float((labels == value).sum())) for value, label in named if value)


def picture_scores(
    network: VolumeNetwork, picture: NDArray[Any], progress: Progress = SILENT
) -> NDArray[np.float32]:
    """Give the scores of every pixel.

    Parameters
    ----------
    picture : (h, w) or (h, w, channels)
        Stored values.

    Returns
    -------
    ndarray of float32, (labels, h, w)
    """
    preparation = network.card.inputs[0].preparation
    described = preparation.channels or (ChannelPreparation(preparation.normalisation, preparation.window),)
    channels = np.moveaxis(picture, -1, 0) if picture.ndim == 3 else picture[None]
    steps = (preparation.spacing_mm or (1.0, 1.0))[-2:]
    shape = tuple(max(1, round(side / step)) for side, step in zip(picture.shape[:2], steps, strict=True))
    prepared = np.stack(
        [
            resampled(normalised(channel.astype(np.float32), how), shape, nearest=False)
            for channel, how in zip(channels, described, strict=True)
        ]
    )
    tiling = network.tiling((1, *shape))
    volume, before = padded(prepared[:, None], tiling.tile)
    (slab,) = predict(network.of_tiles(progress), volume, tiling, progress)
    top, left = before[1:]
    scores = slab.scores[:, 0, top : top + shape[0], left : left + shape[1]].astype(np.float32)
    return np.stack([resampled(channel, picture.shape[:2], nearest=False) for channel in scores])


def segment_objects(
    _store: ModelStore, runner: Runner, model: StoredModel, found: FoundVolume, progress: Progress
) -> Segmentation:
    """Count the objects of every slice, on from those of the slice before."""
    from core.provenance import Provenance

    network = network_of(runner, model)
    labels = np.zeros(found.voxels.shape, np.uint16)
    last = 0
    for k, picture in enumerate(found.voxels):
        progress.report(k / len(found.voxels))
        objects = instances_of(picture_scores(network, picture, progress))
        if last + int(objects.max()) > np.iinfo(np.uint16).max:
            text = QT_TRANSLATE_NOOP("Message", "There are more objects than a label map can hold.")
            raise BadInput(message(text))
        labels[k] = np.where(objects > 0, objects + last, 0)
        last = int(max(last, labels[k].max()))
    name = f"{model.card.id}@{model.card.version}"
    told = Provenance("models.run", (found.identifier,), {}, "objects of a neural network", name)
    segments = tuple(Segment(number, f"object {number}") for number in range(1, last + 1))
    return Segmentation(found.geometry, (labels,), segments, provenance=told)


def read_grey_or_colour(path: Path, channels: int) -> NDArray[Any]:
    """Read a picture with its own depth, in as many channels as the model takes."""
    import cv2

    data = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    flags = cv2.IMREAD_ANYDEPTH | (cv2.IMREAD_COLOR if channels == 3 else cv2.IMREAD_GRAYSCALE)
    read: Any = cv2.imdecode(data, flags) if len(data) else None
    if read is None:
        text = QT_TRANSLATE_NOOP("Message", "{path} is damaged or not a picture.")
        raise BadInput(message(text, path=str(path)))
    return np.ascontiguousarray(read[..., ::-1]) if channels == 3 else np.asarray(read)


def _write(path: Path, labels: NDArray[np.integer]) -> None:
    import cv2

    small = labels.astype(np.uint8 if int(labels.max(initial=0)) < 256 else np.uint16)
    with atomic_file(path) as partial:
        partial.write_bytes(cv2.imencode(path.suffix.lower(), small)[1].tobytes())
