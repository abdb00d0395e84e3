"""The whole way from labelled images to a network with its card."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.model_card import ModelCard
from core.progress import PartProgress, Progress
from models.training.card import make_card, write_model
from models.training.engine_process import TrainingEvent, run_engine
from models.training.engine_python import Engine
from models.training.event_progress import fraction_of, part_message
from models.training.export import read_trained_plan
from models.training.instances import CLASSES
from models.training.plan import (
    Intensity,
    TrainingPlan,
    TrainingTask,
    common_grid,
    make_folds,
    stages_for,
    whole_grid,
)
from models.training.preparation import (
    LabelledImage,
    Structure,
    consecutive,
    intensity_window,
    keep_case,
)
from models.training.run_folder import RunFolder, block_name
from models.training.smaller import VariantOutcome, write_variants
from models.training.student import Student, write_student
from models.training.validation import FoldScores, score_folds
from models.variants import Precision

_FEW_IMAGES = 5
_FEW_OBJECTS = 50
_BLOCKS = 2
_PICTURE_SIDE = {"cpu": 128, "cuda": 224}
_AIR_HU = -500.0
_SAME_SIZE = 1.5
_LEARNT = 0.97  # how much of the whole work is learning


@dataclass(frozen=True)
class TrainingRequest:
    """What the user wants.

    Parameters
    ----------
    task : TrainingTask
    structures : tuple of Structure
        What is learnt, in the order of the output's channels; () for instances.
    minutes : float
        Of the whole training.
    folds : int, optional
        Of the cross-validation; by default as many as images, five at most. 0 leaves it out.
    modality : str
        "CT", "MR", ...; "" where it is unknown.
    seed : int
    steps : int, optional
        Ends each model's training early.
    distil : bool
        A network of half the width learns from every model.
    """

    task: TrainingTask
    structures: tuple[Structure, ...]
    minutes: float = 20.0
    folds: int | None = None
    modality: str = ""
    seed: int = 0
    steps: int | None = None
    distil: bool = False


@dataclass(frozen=True)
class Trained:
    """The result.

    Parameters
    ----------
    card : ModelCard
        Of the network at `path`.
    path : Path
    scores : FoldScores
        What the cross-validation gave.
    warnings : tuple of Message
    variants : tuple of VariantOutcome
        The smaller variants that were asked for.
    student : Student, optional
        The smaller network that learnt from this one.
    """

    card: ModelCard
    path: Path
    scores: FoldScores
    warnings: tuple[Message, ...]
    variants: tuple[VariantOutcome, ...] = ()
    student: Student | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All networks that were written."""
        students = () if self.student is None else (self.student.path,)
        return (self.path, *students, *(item.path for item in self.variants if item.path is not None))


def few_data_warnings(images: Sequence[LabelledImage], request: TrainingRequest) -> tuple[Message, ...]:
    """Say where the data are too few for a model that can be relied on."""
    found: list[Message] = []
    if len(images) < _FEW_IMAGES:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "{count} labelled images are few: expect the model to fail on others that look different.",
        )
        found.append(message(text, count=len(images)))
    if len(images) == 1 and request.folds != 0:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "With one image only, the cross-validation is over blocks of it and says nothing of others.",
        )
        found.append(message(text))
    for structure in request.structures:
        holding = sum(bool(np.isin(image.labels, structure.values).any()) for image in images)
        if holding < min(3, len(images)):
            text = QT_TRANSLATE_NOOP("Message", "{name} is labelled in {count} images only.")
            found.append(message(text, name=structure.name, count=holding))
    if request.task is TrainingTask.INSTANCES:
        objects = sum(len(np.unique(image.labels)) - 1 for image in images)
        if objects < _FEW_OBJECTS:
            text = QT_TRANSLATE_NOOP("Message", "{count} labelled objects are few.")
            found.append(message(text, count=objects))
    return tuple(found)


def make_plan(images: Sequence[LabelledImage], request: TrainingRequest, device: str) -> TrainingPlan:
    """Decide grid, network, intensities and folds from the data.

    Raises
    ------
    BadInput
        When a structure is in no image.
    """
    for structure in request.structures:
        if not any(np.isin(image.labels, structure.values).any() for image in images):
            text = QT_TRANSLATE_NOOP("Message", "{name} is labelled in none of the images.")
            raise BadInput(message(text, name=structure.name))
    if request.task is TrainingTask.CLASSIFICATION:
        return _plan_of_classes(images, request, device)
    grid = common_grid([image.facts for image in images], device)
    stages = stages_for(grid.spacing_mm, grid.shape, device)
    flat = len(stages.patch) == 2
    labels = CLASSES if request.task is TrainingTask.INSTANCES else ("background", *_names(request))
    names = [image.name for image in images]
    folds = make_folds(names, request.folds)
    blocks = not folds and request.folds != 0
    if blocks:
        count = max(_BLOCKS, min(request.folds or _BLOCKS, 5))
        folds = tuple(tuple(block_name(name, number) for name in names) for number in range(count))
    return TrainingPlan(
        request.task,
        labels,
        grid.spacing_mm,
        stages.patch,
        4 if flat else 2,
        stages.kernels,
        stages.strides,
        stages.features,
        images[0].channels,
        _intensity(images, request),
        _mirror_axes(images, request, flat=flat),
        folds,
        blocks,
        request.minutes,
        request.seed,
        request.steps,
        request.modality,
        _values(request),
        distil=request.distil,
    )


def _values(request: TrainingRequest) -> tuple[int, ...]:
    """Keep the values that the user's label maps have, and count where there are none or two are the same."""
    if request.task is TrainingTask.INSTANCES:
        return ()
    values = tuple(structure.values[0] for structure in request.structures)
    good = len(set(values)) == len(values) and all(0 < value < 65536 for value in values)
    return (0, *(values if good else range(1, len(values) + 1)))


def _plan_of_classes(images: Sequence[LabelledImage], request: TrainingRequest, device: str) -> TrainingPlan:
    side = _PICTURE_SIDE[device]
    volumes = images[0].labels.ndim == 3
    grid = whole_grid([image.facts for image in images], device) if volumes else None
    return TrainingPlan(
        request.task,
        _names(request),
        spacing_mm=grid.spacing_mm if grid else (1.0, 1.0),
        patch=grid.shape if grid else (side, side),
        batch=4 if volumes else 16,
        kernels=(),
        strides=(),
        features=(),
        channels=images[0].channels,
        intensity=_intensity(images, request) if volumes else Intensity(),
        mirror_axes=(),
        folds=make_folds([image.name for image in images], request.folds),
        held_blocks=False,
        minutes=request.minutes,
        seed=request.seed,
        steps=request.steps,
        modality=request.modality,
        distil=request.distil,
    )


def _names(request: TrainingRequest) -> tuple[str, ...]:
    return tuple(structure.name for structure in request.structures)


def _intensity(images: Sequence[LabelledImage], request: TrainingRequest) -> Intensity:
    """CT has values that mean something everywhere; others are brought to mean 0 and deviation 1."""
    if request.modality == "CT" or (not request.modality and _looks_like_ct(images)):
        labelled = [
            LabelledImage(i.name, i.image, consecutive(i.labels, request.structures), i.spacing_mm)
            for i in images
        ]
        return Intensity(intensity_window(labelled))
    return Intensity()


def _looks_like_ct(images: Sequence[LabelledImage]) -> bool:
    return all(i.labels.ndim == 3 and i.channels == 1 and float(i.image.min()) < _AIR_HU for i in images)


def _mirror_axes(images: Sequence[LabelledImage], request: TrainingRequest, *, flat: bool) -> tuple[int, ...]:
    """Mirror objects both ways, and a body left to right unless structures tell its sides apart."""
    if request.task is TrainingTask.INSTANCES:
        return (0, 1)
    sided = any({"left", "right", "l", "r"} & set(_words(name)) for name in _names(request))
    return () if flat or sided or any(_has_pairs(image, request) for image in images) else (2,)


def _words(name: str) -> list[str]:
    return "".join(letter if letter.isalpha() else " " for letter in name.lower()).split()


def _has_pairs(image: LabelledImage, request: TrainingRequest) -> bool:
    """Tell whether two structures are about as large as each other and lie side by side."""
    labels = consecutive(image.labels, request.structures)
    facts: list[tuple[int, NDArray[np.float64]]] = []
    for number in range(1, len(request.structures) + 1):
        places = np.argwhere(labels == number)
        if len(places):
            facts.append((len(places), places.mean(axis=0) * image.spacing_mm))
    for number, (size, centre) in enumerate(facts):
        for other_size, other_centre in facts[:number]:
            apart = np.abs(centre - other_centre)
            if (
                max(size, other_size) < _SAME_SIZE * min(size, other_size)
                and apart[2] > 2.0 * apart[:2].sum()
            ):
                return True
    return False


def prepare_run(
    folder: RunFolder,
    images: Sequence[LabelledImage],
    request: TrainingRequest,
    device: str,
    *,
    base: Path | None = None,
) -> TrainingPlan:
    """Write everything that the engine reads.

    Raises
    ------
    BadInput
        When the base model was not trained here, or does not fit the data.
    """
    plan = make_plan(images, request, device)
    if base is not None:
        plan = _like(plan, base)
        shutil.copyfile(base, folder.base)
    folder.write_plan(plan)
    for image in images:
        keep_case(folder, plan, image, request.structures)
    return plan


def _like(plan: TrainingPlan, base: Path) -> TrainingPlan:
    """Take grid, network and intensities from the model that is tuned further."""
    trained = read_trained_plan(base)
    if trained is None or trained.dimensions != plan.dimensions or trained.channels != plan.channels:
        text = QT_TRANSLATE_NOOP("Message", "{path} is no model that can be tuned further on these images.")
        hint = QT_TRANSLATE_NOOP(
            "Message", "It must have been trained by this program on images of this kind."
        )
        raise BadInput(message(text, path=str(base)), message(hint))
    return replace(
        plan,
        spacing_mm=trained.spacing_mm,
        patch=trained.patch,
        kernels=trained.kernels,
        strides=trained.strides,
        features=trained.features,
        width=trained.width,
        intensity=trained.intensity,
    )


def run_training(
    folder: RunFolder,
    output: Path,
    engine: Engine,
    on_event: Callable[[TrainingEvent], None],
    progress: Progress,
    *,
    version: str = "1.0",
    warnings: tuple[Message, ...] = (),
    variants: Sequence[Precision] = (),
) -> Trained:
    """Train what `prepare_run` prepared, or go on where it was cancelled, and write network and card.

    Parameters
    ----------
    output : Path
        `NAME.onnx`; the card becomes `NAME.card.json` beside it.
    on_event : callable
        Called from this thread with everything that the engine tells.
    variants : sequence of Precision
        Made of the network when it is there; those that lose too much are told and not written.
    """
    plan = folder.read_plan()

    def listen(event: TrainingEvent) -> None:
        if event.kind == "step":
            progress.report(_LEARNT * fraction_of(event, plan), part_message(event, plan))
        on_event(event)

    run_engine(engine, folder, listen, progress)
    scores = score_folds(folder, plan)
    card = make_card(folder.network, output.stem, plan, scores, engine.name, version=version)
    write_model(folder.network, output, card)
    student = write_student(folder, output, engine.name, version=version)
    smaller = write_variants(folder, output, card, variants, PartProgress(progress, _LEARNT, 1.0))
    return Trained(card, output, scores, warnings, smaller, student)
