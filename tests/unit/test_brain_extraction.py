import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.errors import BadInput
from core.model_card import ModelCard
from core.progress import SILENT
from core.segmentation import Segmentation
from models.brain_extraction import largest_part
from models.brain_networks import deepbet_network, hd_bet_network
from models.runner import Runner
from models.store import ModelStore
from models.volume_procedures import segment
from tests.model_factory import card_of
from tests.unit.test_volume_runner import found_of

BRIGHT = 0.6  # deepbet's normal grey value of what the networks below take for brain


def save_brightness(folder: Path, name: str, size: int, procedure: str) -> Path:
    """Save a network to which everything brighter than BRIGHT is brain."""
    sizes = ["n", 1, "d", "h", "w"]
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["volume", "weights", "bias"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["probability"], axis=1),
        ],
        name,
        [helper.make_tensor_value_info("volume", TensorProto.FLOAT, sizes)],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["n", 2, *sizes[2:]])],
        [
            numpy_helper.from_array(np.array([0, 50], np.float32).reshape(2, 1, 1, 1, 1), "weights"),
            numpy_helper.from_array(np.array([0, -50 * BRIGHT], np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    preparation: dict[str, Any] = {"kind": "volume", "layout": "NCDHW", "patch": [size] * 3}
    preparation |= {"orientation": "RAS", "procedure": procedure}
    if procedure == "brain-at-once":
        preparation |= {"spacing_mm": [2.0, 2.0, 2.0], "normalisation": "min-max"}
    output = {
        "name": "probability",
        "meaning": "Probability.",
        "labels": ["background", "Brain"],
        "label_axis": 1,
        "activation": "",
    }
    card = card_of(path, id=name, inputs=[{"name": "volume", "preparation": preparation}], outputs=[output])
    ModelCard.from_json(card)
    (folder / f"{name}.card.json").write_text(json.dumps(card))
    return path


def head() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Make a head with a bright brain that has a dark hole, and a bright speck outside."""
    k, j, i = np.meshgrid(*(np.linspace(-1, 1, size) for size in (50, 60, 44)), indexing="ij")
    radius = np.sqrt((k / 0.6) ** 2 + (j / 0.7) ** 2 + (i / 0.6) ** 2)
    brain = radius < 1
    voxels = np.where(radius < 1.3, 30, 0)
    voxels[brain] = 100
    voxels[24:27, 28:32, 20:24] = 0
    voxels[1:4, 1:4, 1:4] = 100
    return voxels.astype(np.int16), brain


def run(folder: Path, procedure: str) -> Segmentation:
    store = ModelStore(folder / "store")
    model = store.add_file(save_brightness(folder, "brain", 64, procedure))
    store.add_file(save_brightness(folder, "brain-box", 32, procedure))
    with Runner() as runner:
        return segment(store, runner, model, found_of(head()[0]), SILENT)


@pytest.mark.parametrize("procedure", ["brain-in-box", "brain-at-once"])
def test_the_brain_is_the_largest_bright_part(tmp_path: Path, procedure: str) -> None:
    segmentation = run(tmp_path, procedure)
    found, brain = segmentation.layers[0] > 0, head()[1]
    assert not found[:6].any()
    overlap = 2 * (found & brain).sum() / (found.sum() + brain.sum())
    assert overlap > 0.95
    assert segmentation.segments[0].label == "Brain"
    if procedure == "brain-in-box":
        assert found[25, 30, 22]  # the hole is filled
        assert segmentation.provenance is not None
        assert segmentation.provenance.parameters["box_model"] == "brain-box@1.0"


def test_an_empty_volume_has_no_brain(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "store")
    model = store.add_file(save_brightness(tmp_path, "brain", 64, "brain-in-box"))
    store.add_file(save_brightness(tmp_path, "brain-box", 32, "brain-in-box"))
    with Runner() as runner, pytest.raises(BadInput, match="No brain"):
        segment(store, runner, model, found_of(np.zeros((20, 20, 20), np.int16)), SILENT)
    with pytest.raises(BadInput, match="No brain"):
        largest_part(np.zeros((4, 4, 4), bool))


class RandomWeights(dict[str, Any]):
    """Weights of any name: what a network asks for tells their shape."""

    def __init__(self, shapes: dict[str, tuple[int, ...]]) -> None:
        generator = np.random.default_rng(2)
        super().__init__({name: generator.normal(size=shape).astype("f4") for name, shape in shapes.items()})


def deepbet_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"init.0.weight": (4, 1, 7, 7, 7)}
    channels = [4, 4, 6, 8, 10]
    for number in range(4):
        before, after = channels[number], channels[number + 1]
        for block, given in (("block1", before), ("block2", after)):
            shapes[f"down{number}.{block}.double_conv.0.weight"] = (after, given, 3, 3, 3)
            shapes[f"down{number}.{block}.double_conv.3.weight"] = (after, after, 3, 3, 3)
        if number:
            shapes[f"down{number}.block1.downsample.0.weight"] = (after, before, 1, 1, 1)
        low, high = channels[4 - number], channels[3 - number]
        shapes[f"up{number}.conv1.0.weight"] = (2, low, 1, 1, 1)
        shapes[f"up{number}.tp_conv.0.weight"] = (2, 2, 3, 3, 3)
        shapes[f"up{number}.conv2.0.weight"] = (high, 2, 1, 1, 1)
    shapes |= {"tp_conv1.0.weight": (4, 3, 3, 3, 3), "tp_conv1.0.bias": (3,), "conv.0.bias": (3,)}
    shapes |= {"conv.0.weight": (3, 3, 3, 3, 3), "tp_conv2.weight": (3, 2, 2, 2, 2), "tp_conv2.bias": (2,)}
    return shapes


def hd_bet_shapes(base: int = 2) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"init_conv.weight": (base, 1, 3, 3, 3), "init_conv.bias": (base,)}

    def convolution(name: str, given: int, out: int, size: int = 3) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, given, size, size, size), (out,)

    def norm(name: str, channels: int) -> None:
        shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (channels,)

    for level in range(1, 6):
        width = base * 2 ** (level - 1)
        for part in ("1", "2"):
            convolution(f"context{level}.conv{part}", width, width)
            norm(f"context{level}.bn_{part}", width)
        if level < 5:
            norm(f"down{level}.bn", width)
            convolution(f"down{level}.downsample", width, 2 * width)
            narrow = base * 2 ** (4 - level)
            convolution(f"up{level}.upsample_conv", 2 * narrow, narrow)
            norm(f"up{level}.bn", narrow)
            convolution(f"loc{level}.conv1", 2 * narrow, 2 * narrow)
            norm(f"loc{level}.bn_1", 2 * narrow)
            convolution(f"loc{level}.conv2", 2 * narrow, narrow, 1)
            norm(f"loc{level}.bn_2", narrow)
    norm("bn_after_context5", base * 16)
    for number in ("1", "2"):
        convolution(f"end_conv_{number}", 2 * base, 2 * base)
        norm(f"end_conv_{number}_bn", 2 * base)
    shapes["seg_layer.weight"] = (2, 2 * base, 1, 1, 1)
    return shapes


@pytest.mark.parametrize(
    "network",
    [deepbet_network(RandomWeights(deepbet_shapes())), hd_bet_network(RandomWeights(hd_bet_shapes()))],
)
def test_the_networks_give_a_probability_for_every_voxel(network: bytes) -> None:
    session = onnxruntime.InferenceSession(network)
    volume = np.random.default_rng(1).normal(size=(1, 1, 64, 32, 32)).astype(np.float32)
    probability = session.run(None, {"volume": volume})[0]
    assert probability.shape == (1, 2, 64, 32, 32)
    assert np.allclose(probability.sum(axis=1), 1, atol=1e-5)
    assert probability[:, 1].std() > 1e-3
