"""The finished network as an ONNX file, and the weights of one as a start for another."""

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.training.plan import TrainingPlan

if TYPE_CHECKING:
    import torch

OPSET = 17
INPUT, OUTPUT = "image", "probabilities"
_PLAN = "sense.training-plan"


def write_network(
    path: Path, network: "torch.nn.Module", example: "torch.Tensor", plan: TrainingPlan
) -> None:
    """Write an ONNX file whose batch and image size are free, with the plan in its metadata."""
    import onnx
    import torch

    axes = {0: "batch", **{axis + 2: name for axis, name in enumerate("dhw"[-plan.dimensions :])}}
    outputs = {0: "batch"} if plan.task == "classification" else axes
    with warnings.catch_warnings():
        # The newer exporter asks for onnxscript, and this one warns that it is the older of the two.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.cpu().eval(),
            (example,),
            str(path),
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: axes, OUTPUT: outputs},
            opset_version=OPSET,
            do_constant_folding=False,  # keeps the names of the weights, for later tuning
            dynamo=False,
        )
    model = onnx.load(str(path))
    model.producer_name = "sense-workstation"
    entry = model.metadata_props.add()
    entry.key, entry.value = _PLAN, json.dumps(plan.to_json())
    onnx.save(model, str(path))


def read_weights(path: Path) -> dict[str, Any]:
    """Give the weights of a network that was trained here, by their names in PyTorch."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(str(path))
    weights = {item.name: numpy_helper.to_array(item).copy() for item in model.graph.initializer}
    for node in model.graph.node:  # equal weights are kept once and named again
        if node.op_type == "Identity" and node.input[0] in weights:
            weights[node.output[0]] = weights[node.input[0]]
    return {name.partition(".")[2]: values for name, values in weights.items() if name.startswith("0.")}


def read_trained_plan(path: Path) -> TrainingPlan | None:
    """Give the plan of a network that was trained here, None for others."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, UnicodeDecodeError):
        return None
    for entry in model.metadata_props:
        if entry.key == _PLAN:
            try:
                return TrainingPlan.from_json(json.loads(entry.value))
            except (ValueError, KeyError, TypeError):
                return None
    return None
