"""Labelled images as the engine takes them: on one grid, normalised, with consecutive labels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.model_card import ChannelPreparation, InputPreparation
from models.input_reading import prepare_picture
from models.training.instances import border_map
from models.training.plan import CaseFacts, Intensity, TrainingPlan, TrainingTask
from models.training.run_folder import RunFolder, block_name

if TYPE_CHECKING:
    from SimpleITK import Image

ORIENTATION = "SPL"  # slices upwards, rows to the back, columns to the left
WHOLE = "classes"  # the procedure of cards whose network is given all of a volume at once
_PROCEDURES = {TrainingTask.INSTANCES: "objects", TrainingTask.CLASSIFICATION: WHOLE}
_DOWN_BY = 1.5
_SMALLEST_DEVIATION = 1e-8


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """One image and its labels on the same grid; axes are (k, j, i), or (j, i) for a picture.

    Parameters
    ----------
    name : str
        Of the case; no patient data.
    image : (*size) or (*size, 3) numeric
        Stored values (HU for CT); k of a volume grows upwards, j to the back, i to the left.
    labels : (*size) unsigned integer
        As stored, or numbers of instances.
    spacing_mm : tuple of float
        Along the axes of the array.
    """

    name: str
    image: NDArray[Any]
    labels: NDArray[Any]
    spacing_mm: tuple[float, ...]

    @property
    def channels(self) -> int:
        """1, or 3 for colour."""
        return 3 if self.image.ndim > self.labels.ndim else 1

    @property
    def facts(self) -> CaseFacts:
        """What the plan needs to know."""
        return CaseFacts(self.labels.shape, self.spacing_mm, self.channels)


@dataclass(frozen=True)
class Structure:
    """What is learnt as one label: its name and the stored values that belong to it."""

    name: str
    values: tuple[int, ...]


def intensity_window(images: Sequence[LabelledImage]) -> tuple[float, float]:
    """Give the half per cent and the 99.5 per cent point of what lies inside of the structures."""
    inside = [
        values[:: max(1, len(values) // 100_000)]
        for values in (image.image[image.labels > 0].ravel() for image in images)
        if len(values)
    ]
    low, high = np.percentile(np.concatenate(inside), (0.5, 99.5))
    return float(low), float(max(high, low + 1.0))


def normalised(image: NDArray[Any], intensity: Intensity) -> NDArray[np.float32]:
    """Apply the window, or bring mean and standard deviation to 0 and 1."""
    values = image.astype(np.float32)
    if intensity.window is not None:
        low, high = intensity.window
        return (np.clip(values, low, high) - np.float32(low)) * np.float32(2.0 / (high - low)) - np.float32(1)
    return (values - values.mean()) / max(float(values.std()), _SMALLEST_DEVIATION)


def consecutive(labels: NDArray[Any], structures: Sequence[Structure]) -> NDArray[np.uint8]:
    """Give every structure its channel, 1 and up; all else is 0."""
    table = np.zeros(int(labels.max()) + 1, np.uint8)
    for channel, structure in enumerate(structures, start=1):
        for value in structure.values:
            if value < len(table):
                table[value] = channel
    return table[labels]


def resampled(values: NDArray[Any], shape: Sequence[int], *, nearest: bool) -> NDArray[Any]:
    """Bring an array to another number of voxels over the same extent."""
    if tuple(values.shape) == tuple(shape):
        return values
    import SimpleITK

    image: Image = SimpleITK.GetImageFromArray(np.ascontiguousarray(values))
    ratio = [old / new for old, new in zip(values.shape[::-1], shape[::-1], strict=True)]
    if not nearest and max(ratio) > _DOWN_BY:  # averaged before voxels are left out
        sigma = [max(0.4 * step, 1e-3) if step > _DOWN_BY else 1e-3 for step in ratio]
        image = SimpleITK.SmoothingRecursiveGaussian(image, sigma) if min(values.shape) > 3 else image
    origin = [0.5 * step - 0.5 for step in ratio]
    kind = SimpleITK.sitkNearestNeighbor if nearest else SimpleITK.sitkLinear
    resampler = SimpleITK.ResampleImageFilter()
    resampler.SetSize([int(side) for side in shape[::-1]])
    resampler.SetOutputSpacing(ratio)
    resampler.SetOutputOrigin(origin)
    resampler.SetOutputDirection(image.GetDirection())
    resampler.SetInterpolator(kind)
    resampler.SetUseNearestNeighborExtrapolator(True)
    return np.asarray(SimpleITK.GetArrayFromImage(resampler.Execute(image)), values.dtype)


def keep_case(
    folder: RunFolder, plan: TrainingPlan, case: LabelledImage, structures: Sequence[Structure]
) -> None:
    """Write a case for the engine, and its blocks where the cross-validation is over blocks."""
    if plan.task is TrainingTask.CLASSIFICATION:
        _keep_classified(folder, plan, case, structures)
        return
    shape = tuple(
        max(1, round(side * old / new))
        for side, old, new in zip(case.labels.shape, case.spacing_mm, plan.spacing_mm, strict=True)
    )
    channels = np.moveaxis(case.image, -1, 0) if case.channels == 3 else case.image[None]
    image = np.stack(
        [resampled(normalised(channel, plan.intensity), shape, nearest=False) for channel in channels]
    )
    if plan.task is TrainingTask.INSTANCES:
        truth = case.labels.astype(np.uint16)
        labels = border_map(resampled(truth, shape, nearest=True))
    else:
        truth = consecutive(case.labels, structures)
        labels = resampled(truth, shape, nearest=True)
    folder.add_case(case.name, image=image, labels=labels, truth=truth)
    if plan.held_blocks:
        axis, count = block_axis(labels), len(plan.folds)
        for number in range(count):
            here, there = (_block(item.shape, axis, number, count) for item in (labels, truth))
            folder.add_case(
                block_name(case.name, number),
                image=np.ascontiguousarray(image[(slice(None), *here)]),
                labels=np.ascontiguousarray(labels[here]),
                truth=np.ascontiguousarray(truth[there]),
            )


def _keep_classified(
    folder: RunFolder, plan: TrainingPlan, case: LabelledImage, structures: Sequence[Structure]
) -> None:
    """Write a picture or a volume as the model will be given it, and its class, from 0."""
    from models.class_input import class_input

    preparation = preparation_of(plan)
    truth = int(consecutive(case.labels.flat[:1], structures)[0]) - 1
    if preparation.kind == "picture":
        image = prepare_picture(case.image, preparation)[0]
    else:
        image = class_input(case.image, case.spacing_mm, preparation)[0]
    folder.add_case(case.name, image=image, truth=np.array(truth))


def preparation_of(plan: TrainingPlan) -> InputPreparation:
    """Say how a network of this plan is given an image, as its card says it."""
    if plan.task is TrainingTask.CLASSIFICATION and plan.channels == 3:
        return InputPreparation(kind="picture", layout="NCHW", value_range=(-1.0, 1.0), patch=plan.patch)
    flat, window = plan.dimensions == 2, plan.intensity.window
    if window is None:
        channel = ChannelPreparation("z-score")
    else:
        low, high = window
        channel = ChannelPreparation("fixed", window, 0.5 * (low + high), 0.5 * (high - low))
    return InputPreparation(
        kind="volume",
        layout="NCHW" if flat else "NCDHW",
        orientation="" if flat else ORIENTATION,
        spacing_mm=None if flat and set(plan.spacing_mm) == {1.0} else plan.spacing_mm,
        patch=plan.patch,
        channels=(channel,) * plan.channels,
        procedure=_PROCEDURES.get(plan.task, ""),
    )


def _block(shape: Sequence[int], axis: int, number: int, count: int) -> tuple[slice, ...]:
    cuts = [round(part * shape[axis] / count) for part in (number, number + 1)]
    return tuple(slice(*cuts) if other == axis else slice(None) for other in range(len(shape)))


def block_axis(labels: NDArray[Any], count: int = 2) -> int:
    """Choose the axis along which blocks hold every structure as evenly as can be."""
    present = [int(label) for label in np.unique(labels) if label > 0]

    def evenness(axis: int) -> float:
        other = tuple(item for item in range(labels.ndim) if item != axis)
        shares: list[float] = []
        for label in present:
            profile = (labels == label).sum(axis=other)
            parts = [part.sum() for part in np.array_split(profile, count)]
            shares.append(min(parts) / max(sum(parts), 1))
        return math.prod(max(share, 1e-3) for share in shares)

    return max(range(labels.ndim), key=evenness)
