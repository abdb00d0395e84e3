"""What is decided before training: grid, patch, network and folds, from facts of the data."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_FEATURES_3D = (16, 32, 64, 96, 128, 160)
_FEATURES_2D = (16, 32, 64, 128, 160, 192, 224)
# Voxels of one patch. Larger ones see more and cost more; a CPU makes two to three steps a second with these.
_PATCH_VOXELS = {("cpu", 3): 48**3, ("cpu", 2): 192**2, ("cuda", 3): 112**3, ("cuda", 2): 512**2}
_WHOLE_VOXELS = {"cpu": 64**3, "cuda": 128**3}  # of a volume that is classified
_WHOLE_STEP = 8
_LARGEST_VOLUME = {"cpu": 8_000_000, "cuda": 40_000_000}
_ANISOTROPIC = 3.0
_COARSER = 2.0
_SMALLEST_FEATURE_MAP = 4
_MOST_FOLDS = 5
_SHARE_OF_FOLDS = 0.4


class TrainingTask(StrEnum):
    """What the model shall tell."""

    SEGMENTATION = "segmentation"
    INSTANCES = "instances"
    CLASSIFICATION = "classification"


@dataclass(frozen=True)
class CaseFacts:
    """What the plan needs to know of one labelled image.

    Parameters
    ----------
    shape : tuple of int
        Voxels along the axes of the array: (k, j, i), or (j, i) for a picture.
    spacing_mm : tuple of float
        Likewise; 1 where it is unknown.
    channels : int
        1, or 3 for colour.
    """

    shape: tuple[int, ...]
    spacing_mm: tuple[float, ...]
    channels: int = 1


@dataclass(frozen=True)
class Intensity:
    """How stored values become what the network takes.

    Parameters
    ----------
    window : tuple of float, optional
        Values are clipped to it and mapped to -1 to 1; None for mean 0 and deviation 1 of each image.
    """

    window: tuple[float, float] | None = None


@dataclass(frozen=True)
class TrainingPlan:
    """All decisions of one training, kept beside its results.

    Parameters
    ----------
    task : TrainingTask
    labels : tuple of str
        The channels of the output; "background" first, except for classification.
    spacing_mm, patch : tuple
        Along the axes of the array.
    batch : int
    kernels, strides : tuple of tuple of int
        Of every stage of the U-Net, per axis.
    features : tuple of int
        Channels of every stage.
    channels : int
        Of the image.
    intensity : Intensity
    mirror_axes : tuple of int
        Axes of the array along which an image may be mirrored without changing its labels.
    folds : tuple of (tuple of str)
        The cases that each model of the cross-validation does not see; () without cross-validation.
    held_blocks : bool
        True where the folds are blocks of one image, for want of several.
    minutes : float
        Of the whole training.
    seed : int
    steps : int, optional
        Ends each model's training after so many steps, whatever the time.
    modality : str
        DICOM term, "" where it is unknown.
    values : tuple of int
        The value of every label in a label map.
    width : float
        Share of `features` that the network has in every stage.
    distil : bool
        A network of half the width learns from every model, in a part of its time.
    """

    task: TrainingTask
    labels: tuple[str, ...]
    spacing_mm: tuple[float, ...]
    patch: tuple[int, ...]
    batch: int
    kernels: tuple[tuple[int, ...], ...]
    strides: tuple[tuple[int, ...], ...]
    features: tuple[int, ...]
    channels: int
    intensity: Intensity
    mirror_axes: tuple[int, ...]
    folds: tuple[tuple[str, ...], ...]
    held_blocks: bool
    minutes: float
    seed: int = 0
    steps: int | None = None
    modality: str = ""
    values: tuple[int, ...] = ()
    width: float = 1.0
    distil: bool = False

    @property
    def dimensions(self) -> int:
        """2 for pictures, 3 for volumes."""
        return len(self.patch)

    @property
    def fold_minutes(self) -> float:
        """Time for one model of the cross-validation."""
        return self.minutes * _SHARE_OF_FOLDS / len(self.folds) if self.folds else 0.0

    @property
    def final_minutes(self) -> float:
        """Time for the model that is kept."""
        return self.minutes - self.fold_minutes * len(self.folds)

    def to_json(self) -> dict[str, Any]:
        """Give a form that `from_json` reads back."""
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "TrainingPlan":
        """Read what `to_json` gave."""
        values = {name: _tuples(value) for name, value in data.items()}
        values["task"] = TrainingTask(data["task"])
        window = data["intensity"]["window"]
        values["intensity"] = Intensity(None if window is None else (float(window[0]), float(window[1])))
        return TrainingPlan(**values)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


@dataclass(frozen=True)
class _Grid:
    spacing_mm: tuple[float, ...]
    shape: tuple[int, ...]


def common_grid(cases: Sequence[CaseFacts], device: str) -> _Grid:
    """Choose the spacing that all images are resampled to, and give the median shape there.

    The median of the spacings; along an axis that is over three times coarser than the others the finest
    tenth, as nnU-Net does (Isensee 2021). Where the median image would be too large for `device`, all axes
    become coarser.
    """
    axes = range(len(cases[0].shape))
    spacing = [_median([case.spacing_mm[axis] for case in cases]) for axis in axes]
    coarse = max(axes, key=lambda axis: spacing[axis])
    others = [spacing[axis] for axis in axes if axis != coarse]
    if len(spacing) == 3 and spacing[coarse] > _ANISOTROPIC * max(others):
        ordered = sorted(case.spacing_mm[coarse] for case in cases)
        spacing[coarse] = max(ordered[len(ordered) // 10], max(others))

    def median_shape() -> tuple[int, ...]:
        return tuple(
            max(1, round(_median([case.shape[a] * case.spacing_mm[a] for case in cases]) / spacing[a]))
            for a in axes
        )

    excess = math.prod(median_shape()) / _LARGEST_VOLUME[device]
    if excess > 1.0:
        spacing = [step * excess ** (1.0 / len(spacing)) for step in spacing]
    return _Grid(tuple(round(step, 6) for step in spacing), median_shape())


def whole_grid(cases: Sequence[CaseFacts], device: str) -> _Grid:
    """Choose the grid on which a network sees whole volumes.

    The same spacing along all axes, room for nine of ten volumes, and as many voxels as `device` learns from
    in reasonable time.
    """
    axes = range(len(cases[0].shape))

    def extent(axis: int) -> float:
        ordered = sorted(case.shape[axis] * case.spacing_mm[axis] for case in cases)
        return ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)]

    extents = [extent(axis) for axis in axes]
    finest = min(min(case.spacing_mm) for case in cases)
    spacing = max(finest, (math.prod(extents) / _WHOLE_VOXELS[device]) ** (1.0 / len(extents)))
    sides = tuple(max(2, math.ceil(length / spacing / _WHOLE_STEP)) * _WHOLE_STEP for length in extents)
    return _Grid((round(spacing, 6),) * len(sides), sides)


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else 0.5 * (ordered[middle - 1] + ordered[middle])


@dataclass(frozen=True)
class Stages:
    """The stages of a U-Net, the first at full resolution, and the patch that they divide evenly."""

    patch: tuple[int, ...]
    kernels: tuple[tuple[int, ...], ...]
    strides: tuple[tuple[int, ...], ...]
    features: tuple[int, ...]


def stages_for(spacing_mm: Sequence[float], shape: Sequence[int], device: str) -> Stages:
    """Lay out the U-Net: axes are halved until they are small or much coarser than the finest one."""
    dimensions = len(shape)
    features = _FEATURES_3D if dimensions == 3 else _FEATURES_2D
    size = _patch_size(spacing_mm, shape, _PATCH_VOXELS[device, dimensions])
    step, left = list(spacing_mm), [float(item) for item in size]
    strides: list[tuple[int, ...]] = [(1,) * dimensions]
    kernels: list[tuple[int, ...]] = []
    while True:
        finest = min(step)
        kernels.append(tuple(1 if item > _COARSER * finest else 3 for item in step))
        halved = [
            item <= _COARSER * finest and side >= 2 * _SMALLEST_FEATURE_MAP
            for item, side in zip(step, left, strict=True)
        ]
        if not any(halved) or len(kernels) == len(features):
            break
        strides.append(tuple(2 if halve else 1 for halve in halved))
        for axis, halve in enumerate(halved):
            step[axis] *= 2 if halve else 1
            left[axis] /= 2 if halve else 1
    divisors = [math.prod(stride[axis] for stride in strides) for axis in range(dimensions)]
    patch = tuple(max(1, round(side / by)) * by for side, by in zip(size, divisors, strict=True))
    return Stages(patch, tuple(kernels), tuple(strides), features[: len(kernels)])


def _patch_size(spacing_mm: Sequence[float], shape: Sequence[int], voxels: int) -> list[int]:
    """Give sides of about equal length in millimetres, none longer than the image, `voxels` in all."""
    low, high = 0.0, max(side * step for side, step in zip(shape, spacing_mm, strict=True))
    for _ in range(40):
        length = 0.5 * (low + high)
        sides = [min(float(side), length / step) for side, step in zip(shape, spacing_mm, strict=True)]
        low, high = (length, high) if math.prod(sides) <= voxels else (low, length)
    return [
        max(1, round(min(float(side), high / step))) for side, step in zip(shape, spacing_mm, strict=True)
    ]


def make_folds(cases: Sequence[str], wanted: int | None) -> tuple[tuple[str, ...], ...]:
    """Deal the cases to folds, five at most."""
    count = min(len(cases), _MOST_FOLDS if wanted is None else wanted)
    return tuple(tuple(cases[number::count]) for number in range(count)) if count >= 2 else ()
