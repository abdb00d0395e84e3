"""Smaller variants of a network, kept only where what they lose was measured to be little enough."""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import BadInput, SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.model_card import ModelCard, ModelMeasurement
from core.progress import SILENT, PartProgress, Progress
from models.own_card_texts import LOSS, ON_INPUTS
from models.runner import Runner
from models.session import reason_of
from models.store import ModelStore, NewModel, StoredModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SMALLEST_HALF = 256
_MOST_KEPT = 12
_LAYERS = ["Conv", "ConvTranspose", "MatMul", "Gemm"]

Inputs = Mapping[str, "NDArray[Any]"]


class Precision(StrEnum):
    """What the weights become."""

    FP16 = "fp16"
    INT8 = "int8"


class RecordingRunner(Runner):
    """Keeps what a model is given, evenly over all runs, while whole tasks are done with it.

    Parameters
    ----------
    model : StoredModel
        Which model.
    """

    def __init__(self, model: StoredModel) -> None:
        super().__init__()
        self._watched = model.path
        self._runs = 0
        self._every = 1
        self.recorded: list[dict[str, NDArray[Any]]] = []

    def run(
        self, model: StoredModel, inputs: "Mapping[str, NDArray[Any]]", *, progress: Progress = SILENT
    ) -> "dict[str, NDArray[np.generic]]":
        """Run the model and remember what it was given."""
        if model.path == self._watched:
            if self._runs % self._every == 0:
                self.recorded.append({name: values.copy() for name, values in inputs.items()})
            if len(self.recorded) == 2 * _MOST_KEPT:
                self.recorded = self.recorded[::2]
                self._every *= 2
            self._runs += 1
        return super().run(model, inputs, progress=progress)


def make_variant(
    store: ModelStore,
    model: StoredModel,
    precision: Precision,
    inputs: Sequence[Inputs],
    *,
    force: bool = False,
    progress: Progress = SILENT,
) -> StoredModel:
    """Make a variant of a model as `build_variant` does, and add it to the store as `ID-int8`."""
    with tempfile.TemporaryDirectory() as folder:
        variant = build_variant(model, precision, inputs, Path(folder), progress=progress)
        return store.add((variant,), force=force)[0]


def build_variant(
    model: StoredModel,
    precision: Precision,
    inputs: Sequence[Inputs],
    folder: Path,
    *,
    described: str = ON_INPUTS,
    progress: Progress = SILENT,
) -> NewModel:
    """Make a variant of a model in `folder`, and measure what it loses.

    Parameters
    ----------
    inputs : sequence of mapping
        Prepared inputs. For int8 every other one tells the ranges of the values; the loss is measured on the
        rest, for fp16 on all.
    described : str
        What the inputs are, for the card of the variant; `{count}` is filled.

    Raises
    ------
    SenseError
        When it loses more than the card allows.
    BadInput
        When the network cannot be converted, or there are too few inputs.
    """
    if not inputs or (precision is Precision.INT8 and len(inputs) < 2):
        text = QT_TRANSLATE_NOOP("Message", "Too few inputs to measure what a variant loses.")
        raise BadInput(message(text))
    target = folder / "model.onnx"
    if precision is Precision.FP16:
        target.write_bytes(with_half_weights(model.path))
        tested = list(inputs)
    else:
        quantise(model.path, target, inputs[::2], PartProgress(progress, 0.0, 0.5))
        tested = list(inputs[1::2])
    card = _card(model, precision, target)
    candidate = StoredModel(card, folder, model.pack)
    loss = measured_loss(model, candidate, tested, PartProgress(progress, 0.5, 0.95))
    if loss > model.card.tolerance:
        text = QT_TRANSLATE_NOOP(
            "Message",
            "The {kind} variant of {name} loses {loss:.4f}, more than the {limit:.4f} of its card.",
        )
        limit = model.card.tolerance
        raise SenseError(message(text, kind=precision.value, name=model.card.id, loss=loss, limit=limit))
    told = ModelMeasurement(
        LOSS.format(name=model.card.id, version=model.card.version),
        round(loss, 6),
        "",
        described.format(count=len(tested)),
    )
    return NewModel(target, replace(card, measured=(*card.measured, told)), model.pack)


def _card(model: StoredModel, precision: Precision, network: Path) -> ModelCard:
    card = model.card
    return replace(
        card,
        id=f"{card.id}-{precision.value}"[:64],
        sha256=hashlib.sha256(network.read_bytes()).hexdigest(),
        title=f"{card.title} ({precision.value})",
        source=f"{card.source}; weights made {precision.value} on this machine",
        data_files=(),
    )


def with_half_weights(path: Path) -> bytes:
    """Give the network with its weights in half precision, which are widened when it is loaded."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    network = onnx.load(str(path))
    graph = network.graph
    casts: list[Any] = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT:
            continue
        values = numpy_helper.to_array(tensor)
        half = values.astype(np.float16)
        if values.size < _SMALLEST_HALF or not np.isfinite(half).all():
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return network.SerializeToString()


class _Calibration:
    """Gives the inputs one after the other, as ONNX Runtime's calibration asks for them."""

    def __init__(self, inputs: Sequence[Inputs], progress: Progress) -> None:
        self._inputs, self._given, self._progress = inputs, 0, progress

    def get_next(self) -> dict[str, Any] | None:
        self._progress.report(self._given / len(self._inputs))
        if self._given == len(self._inputs):
            return None
        self._given += 1
        return dict(self._inputs[self._given - 1])


def quantise(path: Path, target: Path, inputs: Sequence[Inputs], progress: Progress = SILENT) -> None:
    """Write the network with 8-bit weights and values, whose ranges the inputs tell (static, per channel).

    Raises
    ------
    BadInput
        When ONNX Runtime cannot quantise it.
    """
    from onnxruntime import quantization

    calibration: Any = _Calibration(inputs, progress)
    try:
        quantization.quantize_static(
            str(path),
            str(target),
            calibration,
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=_LAYERS,
            per_channel=True,
            weight_type=quantization.QuantType.QInt8,
            activation_type=quantization.QuantType.QUInt8,
        )
    except (SenseError, MemoryError):
        raise
    except Exception as error:  # whatever ONNX Runtime's tools make of a network that they do not know
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be quantised: {reason}.")
        raise BadInput(message(text, path=str(path), reason=reason_of(error))) from error


def measured_loss(
    model: StoredModel, variant: StoredModel, inputs: Sequence[Inputs], progress: Progress = SILENT
) -> float:
    """Compare a variant with its original; see `ModelCard.tolerance`."""
    losses: list[float] = []
    with Runner() as runner:
        for done, given in enumerate(inputs):
            progress.report(done / len(inputs))
            expected = runner.run(model, given, progress=progress)
            found = runner.run(variant, given, progress=progress)
            for output in model.card.outputs:
                before, after = expected[output.name], found[output.name]
                if output.labels and model.card.task == "segmentation":
                    losses.append(_label_loss(before, after, output.label_axis))
                else:
                    losses.append(_value_loss(before, after))
    return sum(losses) / len(losses)


def _label_loss(before: Any, after: Any, axis: int) -> float:
    import numpy as np

    one, other = before.argmax(axis=axis), after.argmax(axis=axis)
    dice: list[float] = []
    for label in np.union1d(one, other):
        first, second = one == label, other == label
        dice.append(2.0 * float((first & second).sum()) / float(first.sum() + second.sum()))
    return 1.0 - sum(dice) / len(dice)


def _value_loss(before: Any, after: Any) -> float:
    import numpy as np

    wide = np.asarray(before, np.float64)
    extent = float(wide.max() - wide.min()) or max(float(np.abs(wide).max()), 1.0)
    return float(np.abs(np.asarray(after, np.float64) - wide).mean()) / extent
