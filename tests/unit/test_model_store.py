import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from core.errors import BadInput, Cancelled
from core.progress import CancelToken, SilentProgress
from models.bench import ProviderBench
from models.graph import LARGEST_GRAPH_BYTES
from models.runner import Runner
from models.speeds import Speeds
from models.store import ModelStore, RemovedModel
from tests.model_factory import save_model, save_network


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "library" / "models")


def refusal(store: ModelStore, path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        store.add_file(path)
    assert store.models() == []
    return str(caught.value.message)


def test_a_model_is_added_found_and_removed(store: ModelStore, tmp_path: Path) -> None:
    added = store.add_file(save_model(tmp_path))
    assert added.path.read_bytes() == (tmp_path / "small.onnx").read_bytes()
    assert store.models() == [added] == [store.find("small")] == [store.find("small@1.0")]
    assert [item.reason for item in store.verify()] == [None]
    assert store.remove("small") == [RemovedModel("small", "1.0", added.card.sha256)]
    assert store.models() == []
    assert list((tmp_path / "library" / "models").iterdir()) == []


def test_the_newest_version_is_found(store: ModelStore, tmp_path: Path) -> None:
    for version in ("1.9", "1.10", "1.10-beta"):
        store.add_file(save_model(tmp_path, version=version))
    assert store.find("small").card.version in ("1.10", "1.10-beta")
    assert [model.card.version for model in store.models()].index("1.9") == 2
    assert store.find("small@1.9").card.version == "1.9"


def test_the_same_version_is_replaced_only_by_force(store: ModelStore, tmp_path: Path) -> None:
    path = save_model(tmp_path)
    store.add_file(path)
    with pytest.raises(BadInput, match="in the store already"):
        store.add_file(path)
    save_model(tmp_path, title="Better")
    assert store.add_file(path, force=True).card.title == "Better"
    assert store.find("small").card.title == "Better"


def test_an_unknown_name_is_told(store: ModelStore) -> None:
    for call in (store.find, store.remove, store.verify):
        with pytest.raises(BadInput, match="no model ghost"):
            call("ghost")


def test_without_a_card_it_is_refused(store: ModelStore, tmp_path: Path) -> None:
    assert "has no model card" in refusal(store, save_network(tmp_path / "small.onnx"))


@pytest.mark.parametrize("text", ["", "{", "[1]", '"x"', "\x00", "[" * 100_000])
def test_what_is_no_card_is_refused(store: ModelStore, tmp_path: Path, text: str) -> None:
    path = save_network(tmp_path / "small.onnx")
    (tmp_path / "small.card.json").write_text(text)
    assert "model card" in refusal(store, path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"licence": "CC-BY-NC-4.0"}, "licence CC-BY-NC-4.0 is not known"),
        ({"licence": None}, "licence is missing or wrong"),
        ({"inputs": [{"name": "image"}]}, "other inputs or outputs"),
        ({"outputs": [{"name": "scores", "meaning": "x"}, {"name": "more", "meaning": "y"}]}, "other inputs"),
        (
            {"outputs": [{"name": "scores", "meaning": "x", "labels": ["a", "b", "c"], "label_axis": 1}]},
            "3 labels for scores, which has 2",
        ),
        (
            {"outputs": [{"name": "scores", "meaning": "x", "labels": ["a"], "label_axis": 9}]},
            "which has 0",
        ),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    store: ModelStore, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(store, save_model(tmp_path, **changes))


@pytest.mark.parametrize("keep", [0, 1, 40, -1, -20])
def test_a_truncated_network_is_refused(store: ModelStore, tmp_path: Path, keep: int) -> None:
    path = save_model(tmp_path)
    data = path.read_bytes()[:keep]
    path.write_bytes(data)
    card = json.loads((tmp_path / "small.card.json").read_text())
    card["sha256"] = hashlib.sha256(data).hexdigest()
    (tmp_path / "small.card.json").write_text(json.dumps(card))
    reason = refusal(store, path)
    assert "damaged" in reason or "cannot be run" in reason


@pytest.mark.parametrize(
    "location", ["../../etc/passwd", "/etc/passwd", "..", "sub/weights.bin", "C:\\x", "..\\x"]
)
def test_weights_outside_the_folder_are_refused(store: ModelStore, tmp_path: Path, location: str) -> None:
    path = save_model(tmp_path, location=location)
    assert f"outside its own folder ({location})" in refusal(store, path)


def test_weights_hidden_in_a_subgraph_are_found(store: ModelStore, tmp_path: Path) -> None:
    path = save_model(tmp_path)
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../secret")
    inner = helper.make_graph([], "inner", [], [], [tensor])
    model = onnx.load(str(path), load_external_data=False)
    model.graph.node.append(helper.make_node("If", ["c"], ["o"], then_branch=inner, else_branch=inner))
    path.write_bytes(model.SerializeToString())
    card = json.loads((tmp_path / "small.card.json").read_text())
    card["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "small.card.json").write_text(json.dumps(card))
    assert "outside its own folder (../secret)" in refusal(store, path)


def test_data_files_must_be_listed_and_travel_with_the_model(store: ModelStore, tmp_path: Path) -> None:
    path = save_model(tmp_path, location="weights.bin")
    assert "weights.bin, which its card does not list" in refusal(store, path)
    digest = hashlib.sha256((tmp_path / "weights.bin").read_bytes()).hexdigest()
    save_model(tmp_path, location="weights.bin", data_files=[{"name": "weights.bin", "sha256": "0" * 64}])
    assert "SHA-256" in refusal(store, path)
    save_model(tmp_path, location="weights.bin", data_files=[{"name": "weights.bin", "sha256": digest}])
    added = store.add_file(path)
    assert (added.folder / "weights.bin").read_bytes() == (tmp_path / "weights.bin").read_bytes()
    with Runner() as runner:
        assert runner.run(added, {"picture": np.ones((1, 3, 8, 8), np.float32)})["scores"].shape == (
            1,
            2,
            8,
            8,
        )


def test_a_file_over_two_gigabytes_is_refused_unread(store: ModelStore, tmp_path: Path) -> None:
    from models.graph import inspect_graph

    path = tmp_path / "large.onnx"
    with path.open("wb") as file:
        file.truncate(LARGEST_GRAPH_BYTES + 1)  # sparse
    with pytest.raises(BadInput, match="larger than 2 GB"):
        inspect_graph(path)


def test_verify_finds_what_was_changed(store: ModelStore, tmp_path: Path) -> None:
    added = store.add_file(save_model(tmp_path))
    added.path.write_bytes(b"other")
    (broken,) = store.verify("small@1.0")
    assert "SHA-256" in str(broken.reason)
    (added.folder / "card.json").write_text("{}")
    assert store.models() == []
    (broken,) = store.verify()
    assert "not a valid model card" in str(broken.reason)
    assert store.damaged() == [broken]
    assert store.remove("small") == [RemovedModel("small", "1.0", "")]
    assert store.verify() == store.damaged() == []


def test_a_run_gives_what_the_weights_say(store: ModelStore, tmp_path: Path) -> None:
    model = store.add_file(save_model(tmp_path))
    picture = np.random.default_rng(1).random((1, 3, 8, 8), np.float32)
    weights = np.arange(6, dtype=np.float32).reshape(2, 3)
    with Runner() as runner:
        scores = runner.run(model, {"picture": picture})["scores"]
        assert np.allclose(scores, np.einsum("oc,nchw->nohw", weights, picture), atol=1e-5)
        with pytest.raises(BadInput, match="cannot take this input"):
            runner.run(model, {"picture": picture[:, :2]})


def test_a_cancelled_run_raises(store: ModelStore, tmp_path: Path) -> None:
    model = store.add_file(save_model(tmp_path))
    token = CancelToken()
    token.cancel()
    with Runner() as runner, pytest.raises(Cancelled):
        runner.run(model, {"picture": np.zeros((1, 3, 8, 8), np.float32)}, progress=SilentProgress(token))


def test_a_version_can_be_gone_back_to(store: ModelStore, tmp_path: Path) -> None:
    for version in ("1.0", "1.1", "2.0"):
        store.add_file(save_model(tmp_path, version=version))
    assert [model.card.version for model in store.models() if model.in_use] == ["2.0"]
    assert store.revert("small").card.version == "1.1"
    assert store.find("small").card.version == "1.1"
    assert store.find("small@2.0").in_use is False
    assert store.revert("small").card.version == "1.0"
    with pytest.raises(BadInput, match="no version of small before"):
        store.revert("small")
    assert store.revert("small@2.0") == store.find("small")
    with pytest.raises(BadInput, match="no model small@9"):
        store.revert("small@9")


def test_a_newer_version_is_used_after_going_back(store: ModelStore, tmp_path: Path) -> None:
    for version in ("1.0", "1.2"):
        store.add_file(save_model(tmp_path, version=version))
    store.revert("small")
    store.add_file(save_model(tmp_path, version="1.1"))  # older than the one that was left
    assert store.find("small").card.version == "1.0"
    assert store.add_file(save_model(tmp_path, version="1.3")).in_use
    assert store.find("small").card.version == "1.3"


def test_what_was_gone_back_to_may_be_removed(store: ModelStore, tmp_path: Path) -> None:
    for version in ("1.0", "1.1"):
        store.add_file(save_model(tmp_path, version=version))
    store.revert("small")
    store.remove("small@1.0")
    assert store.find("small").card.version == "1.1"
    store.add_file(save_model(tmp_path, version="1.0"))
    store.revert("small")
    store.remove("small")
    assert list((tmp_path / "library" / "models").iterdir()) == []


def test_a_damaged_version_is_not_gone_back_to(store: ModelStore, tmp_path: Path) -> None:
    old = store.add_file(save_model(tmp_path, version="1.0"))
    store.add_file(save_model(tmp_path, version="1.1"))
    old.path.write_bytes(b"other")
    with pytest.raises(BadInput, match="SHA-256"):
        store.revert("small")
    assert store.find("small").card.version == "1.1"


def test_speeds_are_remembered_for_this_network_on_this_machine(store: ModelStore, tmp_path: Path) -> None:
    model = store.add_file(save_model(tmp_path))
    speeds = Speeds(tmp_path / "library" / "models")
    assert speeds.of(model.card) == ()
    measured = (ProviderBench("CPUExecutionProvider", 3.0, 1.5, 2.0, 8.0, 0.0),)
    speeds.remember(model.card, measured)
    assert speeds.of(model.card) == measured
    assert speeds.of(replace(model.card, sha256="0" * 64)) == ()
    (tmp_path / "library" / "models" / "speeds.json").write_text("[")
    assert speeds.of(model.card) == ()
