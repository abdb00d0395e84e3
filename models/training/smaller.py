"""Smaller variants of a network that was trained here, measured on what it learnt from."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SenseError
from core.message import Message
from core.model_card import ModelCard
from core.progress import PartProgress, Progress
from models.own_card_texts import ON_PATCHES, ON_PICTURES
from models.store import StoredModel
from models.training.card import write_model
from models.training.export import INPUT
from models.training.plan import TrainingPlan, TrainingTask
from models.training.run_folder import RunFolder, whole_cases
from models.variants import Precision, build_variant

_INPUTS = 16


@dataclass(frozen=True)
class VariantOutcome:
    """A variant that was asked for: its card and file, or why there is none.

    Parameters
    ----------
    precision : Precision
    card : ModelCard, optional
    path : Path, optional
    reason : Message, optional
        Why it was not kept.
    """

    precision: Precision
    card: ModelCard | None = None
    path: Path | None = None
    reason: Message | None = None


def write_variants(
    folder: RunFolder,
    output: Path,
    card: ModelCard,
    precisions: Sequence[Precision],
    progress: Progress,
) -> tuple[VariantOutcome, ...]:
    """Write `NAME-int8.onnx` with its card beside `NAME.onnx`, where it loses no more than the card allows.

    Parameters
    ----------
    folder : RunFolder
        Of the training that is over.
    output : Path
        The network with single precision.
    card : ModelCard
        Of `output`.
    """
    if not precisions:
        return ()
    plan = folder.read_plan()
    inputs = training_inputs(folder, plan)
    told = ON_PICTURES if plan.task is TrainingTask.CLASSIFICATION else ON_PATCHES
    found: list[VariantOutcome] = []
    for number, precision in enumerate(dict.fromkeys(precisions)):
        part = PartProgress(progress, number / len(precisions), (number + 1) / len(precisions))
        with tempfile.TemporaryDirectory() as scratch:
            model = StoredModel(card, Path(scratch))
            shutil.copyfile(output, model.path)
            made = Path(scratch) / precision.value
            made.mkdir()
            try:
                variant = build_variant(model, precision, inputs, made, described=told, progress=part)
            except SenseError as error:
                found.append(VariantOutcome(precision, reason=error.message))
                continue
            path = variant_path(output, precision)
            write_model(variant.path, path, variant.card)
            found.append(VariantOutcome(precision, variant.card, path))
    return tuple(found)


def variant_path(output: Path, precision: Precision) -> Path:
    """Give where a variant of `output` is written."""
    return output.with_name(f"{output.stem}-{precision.value}.onnx")


def training_inputs(
    folder: RunFolder, plan: TrainingPlan, count: int = _INPUTS
) -> list[dict[str, NDArray[Any]]]:
    """Draw prepared inputs from the cases: pictures, or patches about labelled and other places in turn."""
    cases = whole_cases(sorted(item.name for item in (folder.path / "cases").iterdir()))
    random = np.random.default_rng(plan.seed)
    if plan.task is TrainingTask.CLASSIFICATION:
        chosen = random.permutation(cases)[:count]
        return [{INPUT: folder.array(str(name), "image")[None]} for name in chosen]
    inputs: list[dict[str, NDArray[Any]]] = []
    for number in range(count):
        name = cases[number % len(cases)]
        image, labels = folder.array(name, "image"), folder.array(name, "labels")
        labelled = np.flatnonzero(labels) if number // len(cases) % 2 == 0 else ()
        place = int(random.choice(labelled)) if len(labelled) else int(random.integers(labels.size))
        middle = [int(item) for item in np.unravel_index(place, labels.shape)]
        inputs.append({INPUT: patch_about(image, middle, plan.patch)[None]})
    return inputs


def patch_about(image: NDArray[Any], middle: Sequence[int], patch: Sequence[int]) -> NDArray[np.float32]:
    """Cut (channels, *patch) about `middle`, inside of the image; a smaller image is padded by its edge."""
    sides = image.shape[1:]
    starts = [max(0, min(m - p // 2, side - p)) for m, p, side in zip(middle, patch, sides, strict=True)]
    cut = image[(slice(None), *(slice(s, s + p) for s, p in zip(starts, patch, strict=True)))]
    padding = [(0, p - side) for p, side in zip(patch, cut.shape[1:], strict=True)]
    return np.pad(cut, [(0, 0), *padding], mode="edge").astype(np.float32)
