"""Where the brain is in MR images: deepbet in a box around it, and HD-BET on the whole head."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard
from core.progress import PartProgress, Progress
from core.provenance import Provenance
from core.segmentation import Segmentation
from core.volume_files import FoundVolume
from models.axis_resampling import nearest_index
from models.runner import Runner
from models.store import ModelStore, StoredModel
from models.volume_preparation import axis_order
from models.volume_runner import label_output, network_of, segment_volume, segments_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOX_MODEL = "brain-box"
_DARK, _BRIGHT = 0.005, 0.995  # quantiles that become black and white
_MEAN, _DEVIATION = 0.449, 0.226  # of what deepbet was trained on
_MARGIN, _LEAST_SHARE = 0.1, 0.02
_SURE = 0.5
_MULTIPLE, _SMALLEST, _LARGEST = 16, 128, 192


def extract_in_box(
    store: ModelStore, runner: Runner, model: StoredModel, found: FoundVolume, progress: Progress
) -> Segmentation:
    """Find the brain as deepbet does: roughly in the whole head, then finely in a box around that.

    Raises
    ------
    BadInput
        When there is no brain.
    """
    preparation = model.card.inputs[0].preparation
    order = axis_order(preparation, found.geometry)
    box_model = store.find(BOX_MODEL)
    labels = np.zeros(found.voxels.shape, np.uint8)
    head = np.nan_to_num(order.apply(found.voxels).astype(np.float32))
    small = _resized(head, box_model.card.inputs[0].preparation.patch or ())
    low, high = (float(value) for value in np.quantile(small, (_DARK, _BRIGHT)))
    if not high > low:
        raise _no_brain()
    rough = _probability(runner, box_model, _normalised(small, low, high), PartProgress(progress, 0.0, 0.2))
    box = _box_around(largest_part(rough > _SURE), head.shape)
    inside = _normalised(_resized(head[box], preparation.patch or ()), low, high)
    fine = _probability(runner, model, inside, PartProgress(progress, 0.2, 0.95))
    shape = tuple(side.stop - side.start for side in box)
    brain = largest_part(_resized(fine, shape) > _SURE)
    order.apply(labels)[box] = _filled(brain)
    provenance = Provenance(
        "models.run",
        (found.identifier,),
        {"box_model": f"{box_model.card.id}@{box_model.card.version}"},
        "brain extraction in a box (deepbet)",
        _name(model.card),
    )
    return Segmentation(
        found.geometry, (labels,), segments_of(model.card, label_output(model.card)), provenance=provenance
    )


def extract_at_once(
    _store: ModelStore, runner: Runner, model: StoredModel, found: FoundVolume, progress: Progress
) -> Segmentation:
    """Find the brain as HD-BET does: in the whole head at once, and of that the largest part.

    Raises
    ------
    BadInput
        When there is no brain.
    """
    network = replace(network_of(runner, model), tile_of=_whole)
    segmentation = segment_volume(network, found, progress=progress)
    brain = largest_part(segmentation.layers[0] > 0).astype(np.uint8)
    return replace(segmentation, layers=(brain,))


def _whole(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Give the size of the volume in steps that the network can halve, within the memory that there is."""
    steps = (-(-size // _MULTIPLE) * _MULTIPLE for size in shape)
    return tuple(min(max(size, _SMALLEST), _LARGEST) for size in steps)


def _name(card: ModelCard) -> str:
    return f"{card.id}@{card.version}"


def _resized(values: "NDArray[np.float32]", shape: tuple[int, ...]) -> "NDArray[np.float32]":
    """Take the nearest voxel of the old grid for each of the new."""
    rows = [nearest_index(old, new) for old, new in zip(values.shape, shape, strict=True)]
    return values[np.ix_(*rows)]


def _normalised(values: "NDArray[np.float32]", low: float, high: float) -> "NDArray[np.float32]":
    grey = np.clip((values - low) / (high - low), 0.0, 1.0)
    grey = (grey - grey.mean()) / max(float(grey.std(ddof=1)), 1e-8)
    return (_DEVIATION * grey + _MEAN).astype(np.float32)


def _probability(
    runner: Runner, model: StoredModel, values: "NDArray[np.float32]", progress: Progress
) -> "NDArray[np.float32]":
    progress.report(0.0)
    outputs = runner.run(model, {model.card.inputs[0].name: values[None, None]}, progress=progress)
    progress.report(1.0)
    probability: Any = outputs[model.card.outputs[0].name]
    return probability[0, 1]


def _box_around(mask: "NDArray[np.bool_]", shape: tuple[int, ...]) -> tuple[slice, slice, slice]:
    """Give the box with a margin, in voxels of the head."""
    sides: list[slice] = []
    for axis, size in enumerate(shape):
        share = mask.mean(axis=tuple(other for other in range(3) if other != axis))
        there = np.flatnonzero(share > _LEAST_SHARE)
        if not len(there):
            raise _no_brain()
        scale = size / mask.shape[axis]
        centre = round(scale * (there[-1] + 1 + there[0]) / 2)
        width = round(scale * (there[-1] + 1 - there[0]) * (1 + 2 * _MARGIN))
        sides.append(slice(max(0, int(centre - width / 2)), min(size, int(centre + width / 2))))
    return sides[0], sides[1], sides[2]


def largest_part(mask: "NDArray[np.bool_]") -> "NDArray[np.bool_]":
    """Keep the largest part of what hangs together, also over corners.

    Raises
    ------
    BadInput
        When there is none.
    """
    import SimpleITK

    if not mask.any():
        raise _no_brain()
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(mask, np.uint8))
    parts = SimpleITK.GetArrayFromImage(SimpleITK.ConnectedComponent(image, True))
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.asarray(parts == sizes.argmax())


def _filled(mask: "NDArray[np.bool_]") -> "NDArray[np.uint8]":
    import SimpleITK

    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(mask, np.uint8))
    return SimpleITK.GetArrayFromImage(SimpleITK.BinaryFillhole(image, fullyConnected=False))


def _no_brain() -> BadInput:
    return BadInput(message(QT_TRANSLATE_NOOP("Message", "No brain was found in the volume.")))
