"""What `sense models run` does with a volume: the labels are written on its own voxels."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.model_card import ModelCard
from core.progress import PartProgress
from models.store import ModelStore, StoredModel

if TYPE_CHECKING:
    from core.segmentation import Segmentation

LABEL_SUFFIXES = (".nii.gz", ".nii", ".nrrd", ".dcm")
_READ, _RUN = 0.1, 0.95


@dataclass(frozen=True)
class LabelVolume:
    """How much of a structure was found."""

    number: int
    label: str
    volume_ml: float


@dataclass(frozen=True)
class VolumeReport:
    """What a run gave.

    Parameters
    ----------
    card : ModelCard
        The model.
    provider : str
        Where it ran.
    seconds : float
        Wall time, with loading the model, without reading and writing.
    labels : tuple of LabelVolume
        Every structure that the model knows.
    outputs : tuple of Path
        The files.
    notes : tuple of Message
        What is odd about the volume.
    """

    card: ModelCard
    provider: str
    seconds: float
    labels: tuple[LabelVolume, ...]
    outputs: tuple[Path, ...]
    notes: tuple[Message, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "id": self.card.id,
            "version": self.card.version,
            "provider": self.provider,
            "seconds": self.seconds,
            "labels": [
                {"number": item.number, "label": item.label, "volume_ml": item.volume_ml}
                for item in self.labels
            ],
            "output": str(self.outputs[0]),
            "outputs": [str(path) for path in self.outputs],
            "warnings": [str(note) for note in self.notes],
        }

    def __str__(self) -> str:
        """Give one line for every structure."""
        return "\n".join(f"{item.number}  {item.label}  {item.volume_ml:.1f} ml" for item in self.labels)


def is_volume_run(card: ModelCard, output: Path) -> bool:
    """Tell whether the model takes a volume and labels are asked for, not the network's own arrays."""
    takes_volume = len(card.inputs) == 1 and card.inputs[0].preparation.kind == "volume"
    return takes_volume and output.suffix.lower() != ".npz"


def run_volume(
    context: Context,
    given: str,
    output: Path,
    model: StoredModel,
    *,
    further: tuple[str, ...] = (),
    others: tuple[StoredModel, ...] = (),
    part: str | None = None,
    reference: str | None = None,
    force: bool = False,
) -> VolumeReport:
    """Segment a volume and write its labels.

    Parameters
    ----------
    further : tuple of str
        The second channel and the next ones, named like the first.
    others : tuple of StoredModel
        Models whose scores are averaged with those of `model`.

    Raises
    ------
    UsageError
        When the output is no label map.
    BadInput
        When the volume cannot be read, or does not fit the model.
    """
    from models.channel_reading import read_channels
    from models.runner import Runner
    from models.volume_procedures import segment

    if not output.name.lower().endswith(LABEL_SUFFIXES):
        text = QT_TRANSLATE_NOOP("Message", "{path} is not the name of a label map ({kinds}).")
        raise UsageError(message(text, path=str(output), kinds=", ".join(LABEL_SUFFIXES)))
    volumes = context.volumes
    if volumes is None:
        raise RuntimeError("commands that read volumes are given what reads them")
    progress = context.progress
    reading = PartProgress(progress, 0.0, _READ)
    found = read_channels(volumes, context.library, given, further, part=part, progress=reading)
    with Runner() as runner:
        start = time.perf_counter()
        segmentation = segment(
            ModelStore(context.library.models_folder),
            runner,
            model,
            found,
            PartProgress(progress, _READ, _RUN),
            others=others,
        )
        seconds = time.perf_counter() - start
        provider = runner.providers(model)[0]
    files = volumes.write_labels(
        context.library, output, segmentation, found, reference=reference, force=force
    )
    return VolumeReport(model.card, provider, seconds, _labels(segmentation), files, found.notes)


def _labels(segmentation: "Segmentation") -> tuple[LabelVolume, ...]:
    column, row, depth = segmentation.geometry.spacing_mm
    millilitres = column * row * depth / 1000.0
    counts = segmentation.voxel_counts()
    return tuple(
        LabelVolume(segment.number, segment.label, counts[segment.number] * millilitres)
        for segment in segmentation.structures
    )
