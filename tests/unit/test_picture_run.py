"""Networks of pictures that can be worked out by hand: one convolution of 1 x 1, then softmax."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save

from core.context import Context
from core.errors import BadInput, UsageError
from core.library import Library
from core.model_card import (
    ChannelPreparation,
    InputPreparation,
    ModelCard,
    ModelInput,
    ModelLabel,
    ModelOutput,
)
from core.segmentation import Segmentation
from core.volume_files import FoundVolume
from imaging.volume_access import DiskVolumes
from models.admission import card_path_of, sha256_of
from models.run_commands import RunOptions, run_command
from models.runner import Runner
from models.store import ModelStore
from models.volume_procedures import segment

GREY = ChannelPreparation("fixed", (0.0, 255.0), 128.0, 64.0)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Library.open(tmp_path / "library"), volumes=DiskVolumes())


def add_network(context: Context, folder: Path, weights: list[float], card: ModelCard) -> str:
    """Make and add a network whose scores are the grey value times `weights`."""
    count = len(weights)
    kernel = numpy_helper.from_array(np.array(weights, np.float32).reshape(count, 1, 1, 1), "w")
    nodes = [
        helper.make_node("Conv", ["image", "w"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, "h", "w"])
        for name, channels in (("image", 1), ("probabilities", count))
    ]
    graph = helper.make_graph(nodes, "made", ends[:1], ends[1:], [kernel])
    path = folder / f"{card.id}.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    told = replace(card, sha256=sha256_of(path))
    card_path_of(path).write_text(json.dumps(told.to_json()), "utf-8")
    ModelStore(context.library.models_folder).add_file(path)
    return card.id


def card_of(name: str, task: str, *labels: str, procedure: str = "") -> ModelCard:
    preparation = InputPreparation("volume", "NCHW", patch=(16, 16), channels=(GREY,), procedure=procedure)
    output = ModelOutput(
        "probabilities", "probabilities", tuple(ModelLabel(label) for label in labels), 1, activation=""
    )
    return ModelCard(
        name,
        "1.0",
        "0" * 64,
        name,
        task,
        "tests",
        "MIT",
        "a test",
        (ModelInput("image", preparation),),
        (output,),
    )


@pytest.fixture
def discs(tmp_path: Path) -> tuple[Path, np.ndarray]:
    """A picture of 45 x 70 pixels, no multiple of the tile, with two bright discs; and where they are."""
    j, i = np.mgrid[:45, :70]
    inside = ((j - 12) ** 2 + (i - 15) ** 2 < 64) | ((j - 30) ** 2 + (i - 50) ** 2 < 100)
    cv2.imwrite(str(tmp_path / "discs.png"), np.where(inside, 230, 20).astype(np.uint8))
    return tmp_path / "discs.png", inside


def test_labels_are_written_with_the_values_of_the_card(
    context: Context, tmp_path: Path, discs: tuple[Path, np.ndarray]
) -> None:
    card = card_of("bright", "segmentation", "background", "disc")
    card = replace(card, outputs=(replace(card.outputs[0], values=(0, 300)),))
    name = add_network(context, tmp_path, [0.0, 4.0], card)
    report = run_command(context, RunOptions(name, discs[0], tmp_path / "labels.png"))
    labels = cv2.imread(str(tmp_path / "labels.png"), cv2.IMREAD_UNCHANGED)
    assert (labels == np.where(discs[1], 300, 0)).all()
    assert report.to_json()["found"] == [{"name": "disc", "value": float(discs[1].sum())}]
    with pytest.raises(BadInput, match="exists"):
        run_command(context, RunOptions(name, discs[0], tmp_path / "labels.png"))
    with pytest.raises(UsageError):
        run_command(context, RunOptions(name, discs[0], tmp_path / "labels.txt"))
    (tmp_path / "broken.png").write_bytes(b"nothing")
    with pytest.raises(BadInput, match="damaged"):
        run_command(context, RunOptions(name, tmp_path / "broken.png", tmp_path / "other.png"))


def test_objects_are_counted_in_pictures_and_in_slices(
    context: Context, tmp_path: Path, discs: tuple[Path, np.ndarray]
) -> None:
    card = card_of("cells", "instance-segmentation", "background", "body", "border", procedure="objects")
    name = add_network(context, tmp_path, [-4.0, 4.0, 0.0], card)
    report = run_command(context, RunOptions(name, discs[0], tmp_path / "objects.png"))
    objects = cv2.imread(str(tmp_path / "objects.png"), cv2.IMREAD_UNCHANGED)
    assert set(np.unique(objects)) == {0, 1, 2}
    assert ((objects > 0) == discs[1]).all()
    assert str(report) == "objects  2"
    grey = cv2.imread(str(discs[0]), cv2.IMREAD_UNCHANGED)
    cv2.imwrite(str(tmp_path / "a.png"), grey)
    found = _numbered(context, name, np.stack([grey, grey]))
    assert set(np.unique(found.layers[0][1])) == {0, 3, 4}
    assert len(found.segments) == 4


def _numbered(context: Context, name: str, slices: np.ndarray) -> Segmentation:
    import nibabel as nib

    path = context.library.folder / "stack.nii.gz"
    nib.save(nib.Nifti1Image(slices.T.astype(np.float32), np.diag([-1.0, -1.0, 2.0, 1.0])), path)
    assert context.volumes is not None
    volume: FoundVolume = context.volumes.read(context.library, str(path))
    with Runner() as runner:
        store = ModelStore(context.library.models_folder)
        return segment(store, runner, store.find(name), volume, context.progress)
