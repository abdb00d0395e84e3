"""Small ONNX networks with their cards."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def save_network(path: Path, *, channels: int = 2, location: str | None = None) -> Path:
    """Save a 1x1 convolution of RGB to `channels`; `location` puts its weights into that data file."""
    weights = np.arange(channels * 3, dtype=np.float32).reshape(channels, 3, 1, 1)
    tensor = numpy_helper.from_array(weights, "weights")
    if location is not None:
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "weights"], ["scores"])],
        "small",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, channels, 8, 8])],
        [tensor],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    if location is not None and location == Path(location).name != "..":
        (path.parent / location).write_bytes(weights.tobytes())
    return path


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def card_of(path: Path, **changes: Any) -> dict[str, Any]:
    """Describe what `save_network` saved; a change to None leaves the field out."""
    card = {
        "id": "small",
        "version": "1.0",
        "sha256": sha256(path),
        "title": "Small network",
        "task": "segmentation",
        "intended_use": "Tests.",
        "licence": "MIT",
        "source": "Made by a test.",
        "inputs": [
            {
                "name": "picture",
                "preparation": {"kind": "picture", "layout": "NCHW", "value_range": [0, 1], "patch": [8, 8]},
            }
        ],
        "outputs": [
            {
                "name": "scores",
                "meaning": "A score for every class.",
                "labels": [
                    "background",
                    {"name": "liver", "concept": {"value": "10200004", "scheme": "SCT", "meaning": "Liver"}},
                ],
                "label_axis": 1,
            }
        ],
    }
    return {name: value for name, value in (card | changes).items() if value is not None}


def save_model(folder: Path, *, channels: int = 2, location: str | None = None, **changes: Any) -> Path:
    """Save network and card as `small.onnx` and `small.card.json`."""
    path = save_network(folder / "small.onnx", channels=channels, location=location)
    (folder / "small.card.json").write_text(json.dumps(card_of(path, **changes)))
    return path


def check(path: Path) -> None:
    """Let ONNX's own checker look at a network."""
    onnx.checker.check_model(str(path), full_check=True)


def save_volume_model(
    folder: Path,
    *,
    patch: tuple[int, ...] = (16, 16, 16),
    labels: int = 2,
    channel_count: int = 1,
    offset: float = 0.0,
    **preparation: Any,
) -> Path:
    """Save a network of volumes (or slices) whose score of label n is n times the value, less n squared.

    The value is the sum of the channels, plus `offset`. Label 0 is where it is below 1, label n where it lies
    between 2 n - 1 and 2 n + 1.
    """
    spatial = [1] * len(patch)
    numbers = np.arange(labels, dtype=np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["volume", "weights", "bias"], ["scores"])],
        "levels",
        [helper.make_tensor_value_info("volume", TensorProto.FLOAT, ["n", channel_count, *patch])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", labels, *patch])],
        [
            numpy_helper.from_array(
                np.repeat(numbers.reshape(labels, 1, *spatial), channel_count, axis=1), "weights"
            ),
            numpy_helper.from_array(np.float32(offset) * numbers - numbers**2, "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = folder / "levels.onnx"
    path.write_bytes(model.SerializeToString())
    described = {"kind": "volume", "layout": "NCDHW", "patch": list(patch), **preparation}
    names = ["background", *(f"level {number}" for number in range(1, labels))]
    output = {"name": "scores", "meaning": "Score.", "labels": names, "label_axis": 1}
    card = card_of(path, id="levels", inputs=[{"name": "volume", "preparation": described}], outputs=[output])
    (folder / "levels.card.json").write_text(json.dumps(card))
    return path
