from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.session import open_session
from models.volume_network import adapted_network

SHAPE = (1, 2, 96, 96, 96)


def save(path: Path, *, opset: int = 17, kind: str = "InstanceNormalization") -> Path:
    inputs = ["volume", "scale", "shift"] if kind == "InstanceNormalization" else ["volume"]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, ["normal"])],
        "net",
        [helper.make_tensor_value_info("volume", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("normal", TensorProto.FLOAT, SHAPE)],
        [
            numpy_helper.from_array(np.array([1.5, 0.5], np.float32), "scale"),
            numpy_helper.from_array(np.array([0.0, 3.0], np.float32), "shift"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.mark.parametrize("opset", [13, 17, 19])
def test_a_large_volume_is_normalised_precisely(tmp_path: Path, opset: int) -> None:
    volume = np.random.default_rng(1).normal(40, 2, SHAPE).astype(np.float32)
    wide = volume.astype(np.float64)
    mean, variance = wide.mean(axis=(2, 3, 4), keepdims=True), wide.var(axis=(2, 3, 4), keepdims=True)
    scale, shift = np.array([1.5, 0.5]).reshape(1, 2, 1, 1, 1), np.array([0.0, 3.0]).reshape(1, 2, 1, 1, 1)
    expected = (wide - mean) / np.sqrt(variance + 1e-5) * scale + shift
    path = save(tmp_path / "net.onnx", opset=opset)
    network = adapted_network(path, on_processor=True)
    assert network is not None
    onnx.checker.check_model(onnx.load_from_string(network), full_check=True)
    precise = open_session(path, ("CPUExecutionProvider",), precise=True).run(None, {"volume": volume})[0]
    plain = onnxruntime.InferenceSession(str(path)).run(None, {"volume": volume})[0]
    error = np.abs(precise - expected).max()
    assert error < 2e-5
    assert error < np.abs(plain - expected).max()


def test_other_networks_stay_as_they_are(tmp_path: Path) -> None:
    path = save(tmp_path / "net.onnx", kind="Relu")
    assert adapted_network(path, on_processor=True) is None
    open_session(path, ("CPUExecutionProvider",), precise=True)
