"""Segments volumes with networks that see them in tiles, as the card of the model says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard, ModelLabel, ModelOutput
from core.progress import SILENT, PartProgress, Progress, QuietProgress
from core.provenance import Provenance
from core.segmentation import Algorithm, AlgorithmType, Segment, Segmentation
from core.volume_files import FoundVolume
from models.label_rows import LabelRows
from models.runner import Runner
from models.store import ModelStore, StoredModel
from models.tiled_prediction import Network, Tiling, averaged, padded, predict
from models.volume_preparation import PreparedVolume, prepare_volume

_PREPARED = 0.05
_LEAST_WEIGHT = 0.01
_TILES_AT_ONCE = 4  # a CPU gains nothing from more than one
_ANATOMY = CodedConcept("123037004", "SCT", "Anatomical Structure")
# Runs one input of the network for its only output that counts.
Call = Callable[[NDArray[np.float32], Progress], NDArray[np.float32]]


@dataclass(frozen=True)
class VolumeNetwork:
    """A network of volumes or of their slices, as it is called.

    Parameters
    ----------
    card : ModelCard
        Of the model.
    call : callable
        Gives the scores (n, classes, ...) of tiles (n, channels, ...).
    patch : tuple of int
        Size of the tiles, d, h, w or h, w.
    batch : int
        How many tiles it may be given at once.
    tile_of : callable, optional
        Gives the size of the tiles for a volume of the size (d, h, w), where they are not `patch`.
    beside : tuple of VolumeNetwork
        Networks of the same design whose scores are averaged with its own.
    names : tuple of str
        `ID@VERSION` of the models that it is made of, where these are several.
    """

    card: ModelCard
    call: Call
    patch: tuple[int, ...]
    batch: int = 1
    tile_of: Callable[[tuple[int, ...]], tuple[int, ...]] | None = None
    beside: "tuple[VolumeNetwork, ...]" = ()
    names: tuple[str, ...] = ()

    @property
    def flat(self) -> bool:
        """Whether it takes pictures."""
        return len(self.patch) == 2

    def tiling(self, shape: tuple[int, ...]) -> Tiling:
        """Tell how a volume of this size is cut for it."""
        preparation = self.card.inputs[0].preparation
        tile = self.tile_of(shape) if self.tile_of else self.patch
        height, width = tile[-2:]
        depth = 1 if self.flat else tile[0]
        # Axes are counted as the network's own: those of pictures from the height.
        mirrored = tuple(axis + 1 if self.flat else axis for axis in preparation.mirror_axes)
        least = 0.0 if preparation.blending == "nnunet" else _LEAST_WEIGHT
        return Tiling((depth, height, width), preparation.overlap, mirrored, self.batch, least)

    def of_tiles(self, progress: Progress) -> Network:
        """Give a function of tiles (n, channels, d, h, w), whatever the network's own axes are."""

        def network(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
            if self.flat:
                scores = self.call(np.ascontiguousarray(tiles[:, :, 0]), progress)
                return scores[:, :, None] if scores.ndim == 4 else scores
            return self.call(np.ascontiguousarray(tiles), progress)

        return network


def segment_volume(
    network: VolumeNetwork, found: FoundVolume, *, progress: Progress = SILENT
) -> Segmentation:
    """Segment a volume; the label map lies on its own voxels.

    Memory stays bounded: besides the volume on the network's grid, only the scores of as many rows as a tile
    is deep are held.

    Raises
    ------
    BadInput
        When the volume or the card does not fit the network.
    """
    card = network.card
    preparation, output = card.inputs[0].preparation, label_output(card)
    prepared = prepare_volume(found.voxels, found.geometry, preparation, flat=network.flat)
    rest = PartProgress(progress, _PREPARED, 1.0)
    rest.report(0.0)
    values = label_values(output)
    labels = np.zeros(found.voxels.shape[-3:], np.uint8 if values.max(initial=0) < 256 else np.uint16)
    fill_labels(network, prepared, labels, output, values, rest)
    provenance = Provenance(
        "models.run",
        (found.identifier, *found.further),
        {"overlap": preparation.overlap, "mirror_axes": list(preparation.mirror_axes)},
        "tiles of a neural network",
        " + ".join(network.names) or f"{card.id}@{card.version}",
    )
    segments = segments_of(card, output)
    return Segmentation(found.geometry, (labels,), segments, provenance=provenance)


def fill_labels(
    network: VolumeNetwork,
    prepared: PreparedVolume,
    labels: NDArray[Any],
    output: ModelOutput,
    values: NDArray[np.int64],
    progress: Progress,
) -> None:
    """Run the network over a prepared volume and write the label map of the whole one."""
    shape = prepared.values.shape[1:]
    tiling = network.tiling(shape)
    volume, before = padded(prepared.values, tiling.tile)
    part = prepared.order.apply(labels)[prepared.part]
    rows = LabelRows(
        shape,
        before,
        part,
        values=values,
        overlapping=output.overlapping,
        threshold=0.0 if output.activation == "sigmoid" else 0.5,
        coarse=prepared.coarse,
    )
    predictions = [predict(network.of_tiles(progress), volume, tiling, progress)]
    for other in network.beside:
        quiet = QuietProgress(progress)
        predictions.append(predict(other.of_tiles(quiet), volume, tiling, quiet))
    for slab in averaged(predictions):
        if slab.scores.shape[0] != len(values):
            text = QT_TRANSLATE_NOOP("Message", "The card has {labels} labels; the network gives {channels}.")
            raise BadInput(message(text, labels=len(values), channels=slab.scores.shape[0]))
        rows.add(slab)


def label_output(card: ModelCard) -> ModelOutput:
    """Give the output that holds the scores of labels.

    Raises
    ------
    BadInput
        When there is none, or the model takes something else than one volume.
    """
    labelled = [output for output in card.outputs if output.labels]
    if len(card.inputs) != 1 or card.inputs[0].preparation.kind != "volume" or not labelled:
        text = QT_TRANSLATE_NOOP("Message", "The model {name} does not segment volumes.")
        raise BadInput(message(text, name=card.id))
    return labelled[0]


def label_values(output: ModelOutput) -> NDArray[np.int64]:
    """Give the value of every channel in the label map."""
    first = 1 if output.overlapping else 0
    return np.array(output.values or range(first, first + len(output.labels)), np.int64)


def segments_of(card: ModelCard, output: ModelOutput) -> tuple[Segment, ...]:
    """Describe the labels as segments made by this model."""
    made = Algorithm(card.id, card.version)
    by_value: dict[int, ModelLabel] = {}
    for value, label in zip(label_values(output).tolist(), output.labels, strict=True):
        by_value[value] = label
    return tuple(
        Segment(
            value,
            label.name,
            category=_ANATOMY if label.concept else Segment(value, "").category,
            type=label.concept or Segment(value, "").type,
            algorithm_type=AlgorithmType.AUTOMATIC,
            algorithm=made,
        )
        for value, label in sorted(by_value.items())
        if value > 0
    )


def segment_in_tiles(
    _store: ModelStore, runner: Runner, model: StoredModel, found: FoundVolume, progress: Progress
) -> Segmentation:
    """Segment a volume with a stored model."""
    return segment_volume(network_of(runner, model), found, progress=progress)


def network_of(runner: Runner, model: StoredModel) -> VolumeNetwork:
    """Make a stored model callable on tiles.

    Raises
    ------
    BadInput
        When neither the card nor the network tells the size of the tiles.
    """
    card, output = model.card, label_output(model.card)
    wanted = runner.inputs(model)[0]
    patch = card.inputs[0].preparation.patch or wanted.shape[2:]
    if len(patch) not in (2, 3) or None in patch:
        text = QT_TRANSLATE_NOOP("Message", "The card of {name} does not tell the size of the tiles.")
        raise BadInput(message(text, name=card.id))
    kind = np.float16 if wanted.dtype == "tensor(float16)" else np.float32
    on_cpu = runner.providers(model)[0] == "CPUExecutionProvider"
    batch = _TILES_AT_ONCE if wanted.shape[:1] == (None,) and not on_cpu else 1

    def call(tiles: NDArray[np.float32], progress: Progress) -> NDArray[np.float32]:
        scores = runner.run(model, {wanted.name: tiles.astype(kind, copy=False)}, progress=progress)
        return np.asarray(scores[output.name], np.float32)

    return VolumeNetwork(card, call, tuple(size for size in patch if size is not None), batch)
