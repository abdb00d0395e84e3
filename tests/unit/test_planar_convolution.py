from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models import planar_convolution
from models.planar_convolution import with_planar_convolutions
from models.session import open_session
from models.volume_network import adapted_network

CHANNELS, WIDE = 16, 8


def network(
    shape: tuple[int | str, ...],
    kernel: tuple[int, int, int] = (3, 3, 3),
    *,
    bias: bool = True,
    **attributes: object,
) -> onnx.ModelProto:
    random = np.random.default_rng(0)
    own = [numpy_helper.from_array(random.normal(size=(WIDE, CHANNELS, *kernel)).astype(np.float32), "w")]
    own += [numpy_helper.from_array(random.normal(size=WIDE).astype(np.float32), "b")] if bias else []
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", *(item.name for item in own)], ["y"], **attributes)],
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", WIDE, "d", "h", "w"])],
        own,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def results(model: onnx.ModelProto, shape: tuple[int, ...]) -> tuple[np.ndarray, onnx.ModelProto, np.ndarray]:
    volume = np.random.default_rng(1).normal(size=shape).astype(np.float32)

    def run(one: onnx.ModelProto) -> np.ndarray:
        session = onnxruntime.InferenceSession(one.SerializeToString(), providers=["CPUExecutionProvider"])
        return session.run(None, {"x": volume})[0]

    before = run(model)
    assert with_planar_convolutions(model)
    onnx.checker.check_model(model, full_check=True)
    return before, model, run(model)


@pytest.mark.parametrize(
    ("kernel", "attributes"),
    [
        ((3, 3, 3), {"pads": [1] * 6}),
        ((3, 3, 3), {"pads": [1] * 6, "strides": [2, 2, 2]}),
        ((3, 3, 3), {"pads": [1, 0, 2, 0, 1, 1], "strides": [2, 1, 3]}),
        ((3, 3, 3), {}),
        ((2, 1, 3), {"pads": [1, 0, 0, 0, 0, 2]}),
        ((5, 3, 1), {"pads": [2, 1, 0, 2, 1, 0], "strides": [1, 2, 2]}),
    ],
)
@pytest.mark.parametrize("bias", [True, False])
def test_slices_give_what_the_volume_gives(
    kernel: tuple[int, int, int], attributes: dict[str, list[int]], bias: bool
) -> None:
    shape = (1, CHANNELS, 9, 10, 13)
    before, _, after = results(network(shape, kernel, bias=bias, **attributes), shape)
    assert after.shape == before.shape
    assert np.abs(after - before).max() < 1e-4 * np.abs(before).max()


@pytest.mark.parametrize(("stride", "pads", "chunks"), [(1, 1, 3), (2, 1, 2), (1, 2, 4)])
def test_large_volumes_go_in_chunks(
    monkeypatch: pytest.MonkeyPatch, stride: int, pads: int, chunks: int
) -> None:
    shape = (1, CHANNELS, 11, 8, 8)
    monkeypatch.setattr(planar_convolution, "_CHUNK_BYTES", 4 * 3 * CHANNELS * 8 * 8 * 4)  # four slices
    attributes = {"pads": [pads, 1, 1] * 2, "strides": [stride] * 3}
    before, model, after = results(network(shape, **attributes), shape)
    assert sum(node.op_type == "Conv" for node in model.graph.node) == chunks
    assert np.abs(after - before).max() < 1e-4 * np.abs(before).max()


@pytest.mark.parametrize(
    ("shape", "kernel", "attributes"),
    [
        ((1, CHANNELS, "d", 8, 8), (3, 3, 3), {}),  # of any depth
        ((2, CHANNELS, 8, 8, 8), (3, 3, 3), {}),
        ((1, CHANNELS, 8, 8, 8), (1, 3, 3), {}),
        ((1, CHANNELS, 8, 8, 8), (3, 3, 3), {"dilations": [2, 2, 2]}),
        ((1, CHANNELS, 8, 8, 8), (3, 3, 3), {"auto_pad": "SAME_UPPER"}),
        ((1, CHANNELS, 8, 8, 8), (3, 3, 3), {"pads": [3, 1, 1, 3, 1, 1]}),
        ((1, 2 * CHANNELS, 8, 8, 8), (3, 3, 3), {"group": 2}),
    ],
)
def test_others_stay_as_they_are(
    shape: tuple[int | str, ...], kernel: tuple[int, int, int], attributes: dict[str, object]
) -> None:
    model = network(shape, kernel, **attributes)
    before = model.SerializeToString()
    assert not with_planar_convolutions(model)
    assert model.SerializeToString() == before


def test_only_a_processor_computes_slices_and_old_weights_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network((1, CHANNELS, 8, 8, 8), pads=[1] * 6).SerializeToString())
    assert adapted_network(path, on_processor=False) is None
    adapted = adapted_network(path, on_processor=True)
    if not planar_convolution.planar_convolutions_help():
        pytest.skip("this processor has no direct convolutions of pictures")
    assert adapted is not None
    assert "w" not in {tensor.name for tensor in onnx.load_from_string(adapted).graph.initializer}
    session = open_session(path, ("CPUExecutionProvider",), precise=True)
    assert session.run(None, {"x": np.zeros((1, CHANNELS, 8, 8, 8), np.float32)})[0].shape[1] == WIDE
