"""`sense models train`."""

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import BadInput, UsageError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import PartProgress, Progress
from models.training.plan import TrainingTask
from models.variants import Precision

if TYPE_CHECKING:
    from models.store import ModelStore
    from models.training.engine_process import TrainingEvent
    from models.training.smaller import VariantOutcome
    from models.training.student import Student
    from models.training.training import Trained, TrainingRequest
    from models.training.validation import FoldScores
    from viewers.training_data import RejectedCase, TrainingData

_SHORTEST_MINUTES = 0.05
_READING = 0.02


@dataclass(frozen=True)
class TrainOptions:
    """What is learnt, from what, and where the model goes."""

    task: TrainingTask = field(
        default=TrainingTask.SEGMENTATION,
        metadata={"help": "segmentation, instances (objects that touch) or classification"},
    )
    data: Path | None = field(
        default=None,
        metadata={
            "help": "folder with images/ and labels/, or with a folder of images for every class",
            "metavar": "DIR",
        },
    )
    series: tuple[str, ...] = field(
        default=(),
        metadata={"help": "series of the library that have segmentations, or all", "metavar": "UID"},
    )
    classes: Path | None = field(
        default=None,
        metadata={
            "help": "for classification: a table (.csv) of series UIDs or files and their classes",
            "metavar": "TABLE",
        },
    )
    output: Path | None = field(
        default=None, metadata={"help": "NAME.onnx; its card is written beside it", "flag": "-o"}
    )
    labels: str | None = field(
        default=None, metadata={"help": "names or numbers: liver,hips=77+78,vertebrae=26-33"}
    )
    minutes: float = field(default=20.0, metadata={"help": "time for everything"})
    folds: int | None = field(
        default=None, metadata={"help": "of the cross-validation, 0 for none; at most 5 by default"}
    )
    base: str | None = field(
        default=None, metadata={"help": "model that is tuned further: NAME.onnx or an id", "metavar": "MODEL"}
    )
    modality: str = field(default="", metadata={"help": "CT, MR, ...: where the files do not say it"})
    variants: tuple[Precision, ...] = field(
        default=(),
        metadata={
            "help": "also make a smaller network where that loses no more than the card allows: fp16 or int8",
            "name": "variant",
            "one_each": True,
        },
    )
    distil: bool = field(
        default=False,
        metadata={"help": "also teach a network of half the width: NAME-small.onnx, measured likewise"},
    )
    resume: bool = field(default=False, metadata={"help": "go on with a training that was cancelled"})
    add: bool = field(default=False, metadata={"help": "add the model to the store"})
    force: bool = field(default=False, metadata={"help": "replace an existing output"})
    seed: int = field(default=0, metadata={"help": "of the random numbers"})
    steps: int | None = field(default=None, metadata={"help": "end every model after so many steps"})


@dataclass(frozen=True)
class TrainReport:
    """What became of it."""

    trained: "Trained"
    device: str
    seconds: float
    rejected: tuple["RejectedCase", ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        card = self.trained.card
        return {
            "output": str(self.trained.path),
            "id": card.id,
            "task": card.task,
            "labels": [label.name for label in card.outputs[0].labels],
            "values": list(card.outputs[0].values),
            "device": self.device,
            "seconds": round(self.seconds, 1),
            "measured_on": self.trained.scores.data,
            "scores": _scores_json(self.trained.scores),
            "distilled": _student_json(self.trained.student),
            "variants": [_variant_json(item) for item in self.trained.variants],
            "warnings": [str(item) for item in self.trained.warnings],
            "rejected": [{"path": str(item.path), "reason": str(item.reason)} for item in self.rejected],
        }

    def __str__(self) -> str:
        """Give one line for every figure."""
        lines = [f"{self.trained.path}  {self.trained.card.id} {self.trained.card.version}"]
        lines += [f"{score.quantity}  {score.value:.3f}" for score in self.trained.scores.scores]
        if (student := self.trained.student) is not None:
            lines.append(f"{student.path}  {student.card.id} {student.card.version}")
            lines += [f"{score.quantity}  {score.value:.3f}" for score in student.scores.scores]
        lines += [str(item) for item in self.trained.warnings]
        for variant in self.trained.variants:
            lines.append(str(variant.reason) if variant.card is None else _variant_line(variant))
        return "\n".join(lines)


def _scores_json(scores: "FoldScores") -> list[dict[str, Any]]:
    return [
        {
            "quantity": score.quantity,
            "value": _number(score.value),
            "standard_deviation": _number(score.deviation),
            "cases": score.cases,
        }
        for score in scores.scores
    ]


def _student_json(student: "Student | None") -> dict[str, Any] | None:
    if student is None:
        return None
    return {
        "output": str(student.path),
        "id": student.card.id,
        "bytes": student.path.stat().st_size,
        "scores": _scores_json(student.scores),
    }


def _variant_json(variant: "VariantOutcome") -> dict[str, Any]:
    if variant.card is None or variant.path is None:
        return {"precision": variant.precision.value, "output": None, "reason": str(variant.reason)}
    loss = variant.card.measured[-1].value
    return {
        "precision": variant.precision.value,
        "output": str(variant.path),
        "id": variant.card.id,
        "loss": loss,
        "bytes": variant.path.stat().st_size,
    }


def _variant_line(variant: "VariantOutcome") -> str:
    told = _variant_json(variant)
    return f"{told['output']}  {told['id']}  loses {told['loss']:.4f}"


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def show_training(context: Context, _options: None = None) -> None:
    """Show the Training page."""
    context.window.stack.show_workspace("training")


def show_models(context: Context, _options: None = None) -> None:
    """Show the Models page."""
    context.window.stack.show_workspace("models")


def train_command(context: Context, options: TrainOptions) -> TrainReport:
    """Train a model."""
    return train(context, options, lambda _event: None)


def train(
    context: Context, options: TrainOptions, on_event: Callable[["TrainingEvent"], None]
) -> TrainReport:
    """Read the data, train, and write the model; see `TrainOptions`.

    Parameters
    ----------
    on_event : callable
        Called from this thread with what the engine tells while it learns.
    """
    from models.store import ModelStore
    from models.training.card import identifier
    from models.training.distillation import SUFFIX
    from models.training.engine_python import find_engine
    from models.training.run_folder import RunFolder
    from models.training.training import few_data_warnings, prepare_run, run_training

    started = time.monotonic()
    output = _output(options)
    engine = find_engine()
    folder = RunFolder(run_folder_of(output))
    warnings: tuple[Message, ...] = ()
    rejected: tuple[RejectedCase, ...] = ()
    if not options.resume:
        data = read_data(context, options)
        request = _request(options, data)
        warnings, rejected = few_data_warnings(data.images, request), data.rejected
        base = _base(context, options.base)
        shutil.rmtree(folder.path, ignore_errors=True)
        folder.path.mkdir(parents=True)
        prepare_run(folder, data.images, request, engine.device, base=base)
        del data
    elif not (folder.path / "plan.json").is_file():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no cancelled training to go on with.")
        raise BadInput(message(text, path=str(output)))
    part = PartProgress(context.progress, _READING, 1.0)
    store = ModelStore(context.library.models_folder)
    named = identifier(output.stem)
    ids = (named, f"{named}-{SUFFIX}", *(f"{named}-{precision.value}" for precision in options.variants))
    version = next_version(store, *ids) if options.add else "1.0"
    trained = run_training(
        folder,
        output,
        engine,
        on_event,
        part,
        version=version,
        warnings=warnings,
        variants=options.variants,
    )
    shutil.rmtree(folder.path, ignore_errors=True)
    context.library.audit.append("models.train", (trained.card.sha256,))
    if options.add:
        for path in trained.paths:
            store.add_file(path)
    return TrainReport(trained, engine.device, time.monotonic() - started, rejected)


def next_version(store: "ModelStore", *model_ids: str) -> str:
    """Give the version that follows those of the store: 1.0, 2.0, ..."""
    numbers = [model.card.version.partition(".")[0] for model in store.models() if model.card.id in model_ids]
    return f"{max((int(number) for number in numbers if number.isdigit()), default=0) + 1}.0"


def run_folder_of(output: Path) -> Path:
    """Give where a training keeps what it needs to go on: `NAME.training` beside `NAME.onnx`."""
    return output.with_suffix(".training")


def _output(options: TrainOptions) -> Path:
    from core.atomic_write import refuse_existing
    from models.training.distillation import student_path
    from models.training.smaller import variant_path

    if options.output is None or options.output.suffix.lower() != ".onnx":
        text = QT_TRANSLATE_NOOP("Message", "Name the model with -o NAME.onnx.")
        raise UsageError(message(text))
    if options.minutes < _SHORTEST_MINUTES or options.folds == 1 or (options.folds or 0) < 0:
        text = QT_TRANSLATE_NOOP("Message", "Training needs some minutes, and no or at least two folds.")
        raise UsageError(message(text))
    output = options.output.expanduser().absolute()
    students = (student_path(output),) if options.distil else ()
    for path in (output, *students, *(variant_path(output, precision) for precision in options.variants)):
        refuse_existing(path, force=options.force)
    return output


def read_data(context: Context, options: TrainOptions) -> "TrainingData":
    """Read what `data`, `series` or `classes` names.

    Raises
    ------
    UsageError, BadInput
        When it is neither or both, or there is nothing to learn from.
    """
    from viewers.training_data import read_folder, read_library

    given = [options.data is not None, bool(options.series), options.classes is not None]
    if sum(given) != 1:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "Give a folder with --data, series of the library with --series, or a table with --classes.",
        )
        raise UsageError(message(text))
    part = PartProgress(context.progress, 0.0, _READING)
    if options.task is TrainingTask.CLASSIFICATION or options.classes is not None:
        return _read_classified(context, options, part)
    if options.data is None:
        uids = () if options.series == ("all",) else options.series
        return read_library(context.library, uids, part)
    return read_folder(_existing_folder(options.data), part)


def _read_classified(context: Context, options: TrainOptions, progress: Progress) -> "TrainingData":
    """Read images that have a class each."""
    from viewers.training_classes import read_classes, read_table

    if options.task is not TrainingTask.CLASSIFICATION or options.series:
        text = QT_TRANSLATE_NOOP("Message", "Classes of series are told by a table: --classes TABLE.csv.")
        hint = QT_TRANSLATE_NOOP("Message", "It is for --task classification.")
        raise UsageError(message(text), message(hint))
    if options.classes is not None:
        return read_table(options.classes.expanduser().absolute(), context.library, progress)
    assert options.data is not None
    return read_classes(_existing_folder(options.data), context.library, progress)


def _existing_folder(path: Path) -> Path:
    folder = path.expanduser().absolute()
    if not folder.is_dir():
        text = QT_TRANSLATE_NOOP("Message", "{path}: there is no such folder.")
        raise BadInput(message(text, path=str(folder)))
    return folder


def _request(options: TrainOptions, data: "TrainingData") -> "TrainingRequest":
    from models.training.training import TrainingRequest
    from viewers.training_structures import choose_structures

    task = options.task
    if task is TrainingTask.SEGMENTATION and not options.labels and data.numbers_objects:
        task = TrainingTask.INSTANCES
    structures = (
        () if task is TrainingTask.INSTANCES else choose_structures(options.labels, data.values, data.names)
    )
    return TrainingRequest(
        task,
        structures,
        options.minutes,
        options.folds,
        options.modality or data.modality,
        options.seed,
        options.steps,
        options.distil,
    )


def _base(context: Context, name: str | None) -> Path | None:
    if name is None:
        return None
    path = Path(name).expanduser()
    if path.is_file():
        return path
    from models.store import ModelStore

    return ModelStore(context.library.models_folder).find(name).path
