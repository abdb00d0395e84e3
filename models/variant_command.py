"""`sense models variant`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import UsageError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import PartProgress
from models.store import ModelStore, StoredModel
from models.variants import Precision, RecordingRunner, make_variant

_RECORDED = 0.4


@dataclass(frozen=True)
class VariantOptions:
    """Which model, what it becomes, and on what that is measured."""

    model: str = field(metadata={"help": "id, or ID@VERSION", "positional": True, "metavar": "ID"})
    inputs: tuple[Path, ...] = field(
        metadata={
            "help": "what the model takes: pictures, volumes or prepared arrays",
            "positional": True,
            "metavar": "INPUT",
        }
    )
    precision: Precision = field(default=Precision.FP16, metadata={"help": "what the weights become"})
    force: bool = field(default=False, metadata={"help": "replace the variant that is there"})


@dataclass(frozen=True)
class VariantReport:
    """The variant, and what it was made of."""

    original: StoredModel
    variant: StoredModel

    def to_json(self) -> dict[str, Any]:
        """Give the object that `--json` prints."""
        return {
            "id": self.variant.card.id,
            "version": self.variant.card.version,
            "loss": self.variant.card.measured[-1].value,
            "tolerance": self.original.card.tolerance,
            "bytes": self.variant.size_bytes,
            "bytes_of_original": self.original.size_bytes,
        }

    def __str__(self) -> str:
        """Give one line."""
        told = self.to_json()
        share = self.variant.size_bytes / self.original.size_bytes
        return f"{told['id']}@{told['version']}  loses {told['loss']:.4f}  {share:.0%} of the size"


def variant_command(context: Context, options: VariantOptions) -> VariantReport:
    """Make a smaller variant of a model where it loses little enough."""
    store = ModelStore(context.library.models_folder)
    model = store.find(options.model)
    if not options.inputs:
        text = QT_TRANSLATE_NOOP("Message", "Name at least one file that {name} takes.")
        raise UsageError(message(text, name=model.card.id))
    runner, count = RecordingRunner(model), len(options.inputs)
    try:
        for number, path in enumerate(options.inputs):
            start, end = _RECORDED * number / count, _RECORDED * (number + 1) / count
            _use(context, runner, store, model, path, PartProgress(context.progress, start, end))
    finally:
        runner.close()
    rest = PartProgress(context.progress, _RECORDED, 1.0)
    variant = make_variant(
        store, model, options.precision, runner.recorded, force=options.force, progress=rest
    )
    context.library.audit.append("models.variant", (variant.card.sha256,))
    return VariantReport(model, variant)


def _use(
    context: Context,
    runner: RecordingRunner,
    store: ModelStore,
    model: StoredModel,
    path: Path,
    progress: PartProgress,
) -> None:
    """Run the model on a file as `sense models run` would."""
    from models.class_run import is_class_run, read_class_input
    from models.input_reading import read_inputs

    described = [item.preparation.kind for item in model.card.inputs]
    if is_class_run(model.card, path) and path.suffix.lower() != ".npy":
        runner.run(model, read_class_input(context, str(path), model), progress=progress)
        return
    if described == ["volume"] and path.suffix.lower() not in (".npz", ".npy") and context.volumes:
        from models.volume_procedures import segment

        found = context.volumes.read(context.library, str(path))
        segment(store, runner, model, found, progress)
        return
    runner.run(model, read_inputs(path, model.card), progress=progress)
