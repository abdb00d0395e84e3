import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from core.errors import BadInput, SenseError
from models.runner import Runner
from models.store import ModelStore, StoredModel
from models.variants import Precision, RecordingRunner, make_variant
from tests.model_factory import card_of

SIZE = (1, 3, 16, 16)


def add_network(folder: Path, *, scale: float = 1.0, **changes: Any) -> tuple[ModelStore, StoredModel]:
    """Add a network of two convolutions; of a large `scale` halves and bytes can hold little."""
    generator = np.random.default_rng(4)
    first = generator.normal(size=(16, 3, 3, 3)).astype(np.float32) * scale
    second = generator.normal(size=(2, 16, 3, 3)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Conv", ["picture", "first"], ["hidden"], pads=[1] * 4),
            helper.make_node("Relu", ["hidden"], ["active"]),
            helper.make_node("Conv", ["active", "second"], ["scores"], pads=[1] * 4),
        ],
        "net",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, SIZE)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 2, 16, 16])],
        [numpy_helper.from_array(first, "first"), numpy_helper.from_array(second, "second")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    (folder / "net.card.json").write_text(json.dumps(card_of(path, id="net", **changes)))
    store = ModelStore(folder / "store")
    return store, store.add_file(path)


def inputs(count: int = 6) -> list[dict[str, Any]]:
    generator = np.random.default_rng(7)
    return [{"picture": generator.normal(size=SIZE).astype(np.float32)} for _ in range(count)]


@pytest.mark.parametrize("precision", Precision)
def test_a_variant_is_smaller_and_tells_what_it_loses(tmp_path: Path, precision: Precision) -> None:
    store, model = add_network(tmp_path, tolerance=0.1)
    variant = make_variant(store, model, precision, inputs())
    assert variant.card.id == f"net-{precision.value}"
    told = variant.card.measured[-1]
    assert told.quantity == "loss against net@1.0"
    assert 0 <= told.value <= 0.1
    weights = onnx.load(str(variant.path)).graph.initializer
    kinds = {TensorProto.FLOAT16} if precision is Precision.FP16 else {TensorProto.INT8}
    assert kinds <= {tensor.data_type for tensor in weights}
    given = inputs(1)[0]
    with Runner() as runner:
        before, after = runner.run(model, given)["scores"], runner.run(variant, given)["scores"]
    assert not np.array_equal(before, after)
    assert np.abs(before - after).mean() < 0.05 * np.ptp(before)
    assert store.find("net").path == model.path


def test_a_variant_that_loses_too_much_is_not_kept(tmp_path: Path) -> None:
    store, model = add_network(tmp_path, tolerance=0.0)
    with pytest.raises(SenseError, match="int8 variant of net loses"):
        make_variant(store, model, Precision.INT8, inputs())
    assert [stored.card.id for stored in store.models()] == ["net"]


def test_there_must_be_something_to_measure_on(tmp_path: Path) -> None:
    store, model = add_network(tmp_path)
    for precision, given in ((Precision.FP16, inputs(0)), (Precision.INT8, inputs(1))):
        with pytest.raises(BadInput, match="Too few"):
            make_variant(store, model, precision, given)


def test_inputs_are_remembered_evenly(tmp_path: Path) -> None:
    _, model = add_network(tmp_path)
    runner = RecordingRunner(model)
    for number in range(100):
        runner.run(model, {"picture": np.full(SIZE, number, np.float32)})
    runner.close()
    numbers = [float(given["picture"].flat[0]) for given in runner.recorded]
    assert len(numbers) <= 24
    assert len(set(np.diff(numbers))) == 1
    assert numbers[0] == 0
    assert numbers[-1] > 80
