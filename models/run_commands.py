"""`sense models run` and `sense models bench`."""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.context import Context
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard
from models.bench import ProviderBench
from models.speeds import Speeds
from models.store import ModelStore, StoredModel

if TYPE_CHECKING:
    from models.applications import Application
    from models.picture_run import PictureReport
    from models.volume_run import VolumeReport


@dataclass(frozen=True)
class RunOptions:
    """Which model, on what, and where the outputs go."""

    model: str = field(metadata={"help": "id, or ID@VERSION", "positional": True, "metavar": "ID"})
    input: Path = field(
        metadata={
            "help": "a picture, a text, a WAV file, a volume (series UID, DICOM folder, .nii.gz, .nrrd,"
            " .mha), or prepared arrays (.npz, .npy)",
            "positional": True,
            "metavar": "INPUT",
        }
    )
    output: Path = field(
        metadata={
            "help": "NAME.npz; .txt or .json for text, things or classes; .nii.gz, .nrrd, .dcm for a volume;"
            " .png for the labels of a picture",
            "flag": "-o",
            "metavar": "OUT",
        }
    )
    channel: tuple[Path, ...] = field(
        default=(),
        metadata={
            "help": "further channels on the voxels of INPUT, in the order of the model's card",
            "metavar": "VOLUME",
        },
    )
    ensemble: tuple[str, ...] = field(
        default=(),
        metadata={
            "help": "further models of the same design, such as other folds, whose scores are averaged",
            "metavar": "ID",
        },
    )
    part: str | None = field(
        default=None,
        metadata={"help": "which volume of a series that holds several", "metavar": "P"},
    )
    reference: str | None = field(
        default=None,
        metadata={
            "help": "series that a .dcm refers to where the volume is a file",
            "metavar": "SERIES_UID|DIR",
        },
    )
    force: bool = field(default=False, metadata={"help": "replace an existing output"})


@dataclass(frozen=True)
class BenchOptions:
    """Which model."""

    model: str = field(metadata={"help": "id, or ID@VERSION", "positional": True, "metavar": "ID"})


@dataclass(frozen=True)
class RunReport:
    """What a run gave.

    Parameters
    ----------
    card : ModelCard
        The model.
    provider : str
        Where it ran.
    milliseconds : float
        Wall time of the run, with loading.
    outputs : tuple of dict
        Name, shape, type and range of every output.
    output : Path
        The file.
    """

    card: ModelCard
    provider: str
    milliseconds: float
    outputs: tuple[dict[str, Any], ...]
    output: Path

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "id": self.card.id,
            "version": self.card.version,
            "provider": self.provider,
            "milliseconds": self.milliseconds,
            "outputs": list(self.outputs),
            "output": str(self.output),
        }

    def __str__(self) -> str:
        """Give one line for every output."""
        return "\n".join(f"{item['name']}  {item['shape']}  {item['meaning']}" for item in self.outputs)


@dataclass(frozen=True)
class BenchReport:
    """The figures of one model."""

    card: ModelCard
    results: tuple[ProviderBench, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints; `measured` is what the card says of its quality."""
        return {
            "id": self.card.id,
            "version": self.card.version,
            "reference": "CPUExecutionProvider",
            "results": [asdict(result) for result in self.results],
            "measured": [asdict(measurement) for measurement in self.card.measured],
        }

    def __str__(self) -> str:
        """Give one line for every provider."""
        return "\n".join(
            f"{result.provider}: {result.median_ms:.2f} ms (slowest {result.slowest_ms:.2f}),"
            f" {result.memory_mb:.0f} MB, differs from the CPU by {result.difference:.1e} of the range"
            for result in self.results
        )


def run_command(context: Context, options: RunOptions) -> "RunReport | VolumeReport | PictureReport":
    """Run one model and write its outputs."""
    from core.atomic_write import refuse_existing
    from models.applications import application_of
    from models.class_run import is_class_run, run_classes
    from models.picture_run import is_picture_run, run_picture
    from models.runner import Runner
    from models.volume_run import is_volume_run, run_volume

    output = options.output.absolute()
    store = ModelStore(context.library.models_folder)
    model = store.find(options.model)
    alone = not options.channel and not options.ensemble
    if alone and is_class_run(model.card, output):
        refuse_existing(output, force=options.force)
        told = run_classes(context, str(options.input), output, model, part=options.part)
        context.library.audit.append("models.run", (model.card.sha256,))
        return told
    if alone and is_picture_run(model.card, options.input, output):
        refuse_existing(output, force=options.force)
        with Runner() as runner:
            labelled = run_picture(context, options.input, output, model, runner)
        context.library.audit.append("models.run", (model.card.sha256,))
        return labelled
    if is_volume_run(model.card, output):
        refuse_existing(output, force=options.force)
        segmented = run_volume(
            context,
            str(options.input),
            output,
            model,
            further=tuple(map(str, options.channel)),
            others=tuple(store.find(name) for name in options.ensemble),
            part=options.part,
            reference=options.reference,
            force=options.force,
        )
        context.library.audit.append("models.run", (model.card.sha256,))
        return segmented
    if options.channel or options.ensemble:
        text = QT_TRANSLATE_NOOP("Message", "Channels and ensembles are for models that label volumes.")
        raise UsageError(message(text))
    application = application_of(model.card.id, options.input, output) if model.pack else None
    if application is None and output.suffix.lower() != ".npz":
        text = QT_TRANSLATE_NOOP("Message", "{path} is not the name of a .npz file.")
        raise UsageError(message(text, path=str(options.output)))
    refuse_existing(output, force=options.force)
    if application is not None:
        report = _applied(context, application, options.input, output, store, model)
    else:
        report = _run(context, options.input, output, model)
    context.library.audit.append("models.run", (model.card.sha256,))
    return report


def _applied(
    context: Context,
    application: "Application",
    given: Path,
    output: Path,
    store: ModelStore,
    model: StoredModel,
) -> RunReport:
    """Do the whole task around a model."""
    from core.atomic_write import atomic_file
    from models.applications import run_application
    from models.runner import Runner

    with Runner() as runner, atomic_file(output) as partial:
        start = time.perf_counter()
        shape = run_application(application, store, runner, given, partial, context.progress)
        milliseconds = (time.perf_counter() - start) * 1000.0
        provider = runner.providers(model)[0]
    kind = output.suffix.lower().removeprefix(".")
    described = {"name": output.name, "shape": list(shape), "dtype": kind, "meaning": application.meaning}
    return RunReport(model.card, provider, milliseconds, (described,), output)


def _run(context: Context, given: Path, output: Path, model: StoredModel) -> RunReport:
    """Run the network alone."""
    import numpy as np

    from core.atomic_write import atomic_file
    from models.input_reading import read_inputs
    from models.runner import Runner

    inputs = read_inputs(given, model.card)
    with Runner() as runner:
        start = time.perf_counter()
        values = runner.run(model, inputs, progress=context.progress)
        milliseconds = (time.perf_counter() - start) * 1000.0
        provider = runner.providers(model)[0]
    with atomic_file(output) as partial:
        arrays: dict[str, Any] = dict(values)
        np.savez(partial, **arrays)
    meanings = {item.name: item.meaning for item in model.card.outputs}
    outputs = tuple(
        {"name": name, "shape": list(value.shape), "dtype": str(value.dtype), "meaning": meanings[name]}
        for name, value in values.items()
    )
    return RunReport(model.card, provider, milliseconds, outputs, output)


def bench_command(context: Context, options: BenchOptions) -> BenchReport:
    """Measure one model."""
    from models.bench import bench

    folder = context.library.models_folder
    model = ModelStore(folder).find(options.model)
    results = tuple(bench(model, progress=context.progress))
    Speeds(folder).remember(model.card, results)
    return BenchReport(model.card, results)
