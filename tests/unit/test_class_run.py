"""Classes of volumes: what a network is given, and what `sense models run` and `train` do with series."""

import json
from pathlib import Path

import nibabel as nib
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from core.context import Context
from core.errors import BadInput, UsageError
from core.library import Library
from core.model_card import ChannelPreparation, InputPreparation
from imaging.importing import import_paths
from imaging.volume_access import DiskVolumes
from models.class_input import class_input, reduced
from models.run_commands import RunOptions, run_command
from models.store import ModelStore
from models.training.card import make_card, write_model
from models.training.plan import TrainingTask
from models.training.preparation import Structure
from models.training.run_folder import RunFolder
from models.training.training import TrainingRequest, make_plan, prepare_run
from models.training.validation import FoldScores
from models.variant_command import VariantOptions, variant_command
from models.variants import Precision
from tests.dicom_factory import make_ct_series
from viewers.training_classes import read_classes, read_table
from viewers.training_commands import TrainOptions, read_data


def volume_file(path: Path, bright: int, *, flipped: bool = False) -> Path:
    """A volume whose brightest voxel lies on one side; its file counts another way when it is flipped."""
    values = np.full((20, 24, 28), -900.0, np.float32)
    values[8:12, 10:14, bright : bright + 4] = 500.0
    stored = values[:, :, ::-1] if flipped else values
    affine = np.diag([-2.0 if not flipped else 2.0, -2.0, 3.0, 1.0])
    if flipped:
        affine[0, 3] = -2.0 * 27
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(stored.T.copy(), affine), path)
    return path


def test_blocks_are_averaged_until_no_side_is_twice_the_limit() -> None:
    values = np.arange(400.0)[:, None, None] * np.ones((1, 30, 200))
    small, spacing = reduced(values, (1.0, 5.0, 0.5))
    assert small.shape == (100, 30, 100)
    assert spacing == (4.0, 5.0, 1.0)
    assert small[0, 0, 0] == pytest.approx(1.5)
    assert not np.isnan(reduced(np.full((4, 4, 4), np.nan), (1.0, 1.0, 1.0))[0]).any()


@pytest.mark.parametrize("side", [9, 16, 31])
def test_the_middle_of_the_volume_comes_to_the_middle_of_the_patch(side: int) -> None:
    values = np.zeros((side, 12, 12), np.float32)
    values[side // 2 - 1 : side // 2 + 2, 5:7, 5:7] = 1.0
    kept = InputPreparation("volume", "NCDHW", spacing_mm=(1.0, 1.0, 1.0), patch=(16, 16, 16))
    given = class_input(values, (1.0, 1.0, 1.0), kept)[0, 0]
    assert given.shape == (16, 16, 16)
    centre = np.argwhere(given > 0.5).mean(axis=0)
    assert np.abs(centre - 7.5).max() <= 0.5
    assert given.sum() == pytest.approx(values.sum(), rel=1e-3)  # the size stays what it is


def test_a_picture_of_any_size_fills_the_patch() -> None:
    how = (ChannelPreparation("z-score"),)
    preparation = InputPreparation("volume", "NCHW", patch=(32, 32), channels=how)
    given = class_input(np.random.default_rng(0).random((200, 100), np.float32), (1.0, 1.0), preparation)[
        0, 0
    ]
    inside = given[:, 8:24]
    assert inside.std() > 0.3
    assert (given[:, :8] == given.min()).all()


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    for number in range(3):
        volume_file(tmp_path / "classes" / "left" / f"{number}.nii.gz", 20 - number, flipped=number == 1)
        volume_file(tmp_path / "classes" / "right" / f"{number}.nii.gz", 3 + number)
    return tmp_path / "classes"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library")


def test_volumes_of_classes_are_read_along_the_patient(classes: Path, library: Library) -> None:
    (classes / "left" / "damaged.nii.gz").write_bytes(b"no volume")
    data = read_classes(classes, library)
    assert data.names == {1: "left", 2: "right"}
    assert len(data.images) == 6
    assert [item.path.name for item in data.rejected] == ["damaged.nii.gz"]
    sides = [np.argwhere(image.image > 0.0)[:, 2].mean() for image in data.images]
    assert min(sides[:3]) > max(sides[3:])  # however the file counts
    assert all(image.spacing_mm == (3.0, 2.0, 2.0) for image in data.images)


def test_a_table_names_series_and_files(classes: Path, library: Library, tmp_path: Path) -> None:
    make_ct_series(tmp_path / "dicom")
    (series,) = import_paths(library, [tmp_path / "dicom"]).series
    table = tmp_path / "table.csv"
    lines = ["series,class", f"{series.series_uid},scan", "classes/left/0.nii.gz,ball", "gone.nii.gz,ball"]
    table.write_text("\n".join(lines), "utf-8")
    data = read_table(table, library)
    assert data.names == {1: "ball", 2: "scan"}
    assert [image.labels.flat[0] for image in data.images] == [2, 1]
    assert len(data.rejected) == 1
    for text in ("", "a,b", "\x00", "x,y\nz,y"):
        table.write_text(text, "utf-8")
        with pytest.raises(BadInput):
            read_table(table, library)


def test_classes_of_series_need_a_table(library: Library, tmp_path: Path) -> None:
    for options in (
        TrainOptions(task=TrainingTask.CLASSIFICATION, series=("all",), output=tmp_path / "x.onnx"),
        TrainOptions(classes=tmp_path / "t.csv", output=tmp_path / "x.onnx"),
        TrainOptions(classes=tmp_path / "t.csv", data=tmp_path, output=tmp_path / "x.onnx"),
    ):
        with pytest.raises(UsageError):
            read_data(Context(library), options)


def side_network(path: Path, shape: tuple[int, ...]) -> None:
    """A network that compares the brightest voxels of both sides."""
    half = shape[-1] // 2
    axes = list(range(1, len(shape) + 2))
    nodes = [
        helper.make_node("Slice", ["image", "start", "end", "last"], ["upper"]),
        helper.make_node("Slice", ["image", "zero", "start", "last"], ["lower"]),
        helper.make_node("ReduceMax", ["upper"], ["a"], axes=axes, keepdims=1),
        helper.make_node("ReduceMax", ["lower"], ["b"], axes=axes, keepdims=1),
        helper.make_node("Concat", ["a", "b"], ["both"], axis=1),
        helper.make_node("Reshape", ["both", "two"], ["flat"]),
        helper.make_node("Softmax", ["flat"], ["probabilities"], axis=1),
    ]
    numbers = {"start": [half], "end": [10**6], "last": [len(shape) + 1], "zero": [0], "two": [-1, 2]}
    graph = helper.make_graph(
        nodes,
        "sides",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 1, *shape])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor(name, TensorProto.INT64, [len(value)], value) for name, value in numbers.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)


def test_the_class_of_a_volume_is_told(classes: Path, library: Library, tmp_path: Path) -> None:
    data = read_classes(classes, library)
    structures = (Structure("left", (1,)), Structure("right", (2,)))
    request = TrainingRequest(TrainingTask.CLASSIFICATION, structures, modality="CT")
    plan = make_plan(data.images, request, "cpu")
    assert plan.dimensions == 3
    assert plan.intensity.window is not None
    prepared = RunFolder(tmp_path / "run")
    prepared.path.mkdir()
    prepare_run(prepared, data.images, request, "cpu")
    side_network(tmp_path / "raw.onnx", plan.patch)
    card = make_card(tmp_path / "raw.onnx", "sides", plan, FoldScores((), ""), "a test")
    write_model(tmp_path / "raw.onnx", tmp_path / "sides.onnx", card)
    ModelStore(library.models_folder).add_file(tmp_path / "sides.onnx")
    context = Context(library, volumes=DiskVolumes())
    for name in ("left", "right"):
        for given in sorted((classes / name).iterdir()):
            output = tmp_path / f"{name}-{given.name}.json"
            report = run_command(context, RunOptions("sides", given, output))
            found = json.loads(output.read_text("utf-8"))["classes"]
            assert max(found, key=found.get) == name
            assert report.to_json()["found"][0]["name"] == "left"
    # What is learnt from and what is run on are the same array.
    image = data.images[0]
    again = class_input(image.image, image.spacing_mm, card.inputs[0].preparation)
    np.testing.assert_array_equal(prepared.array("case-00000", "image"), again[0])
    tried = tuple(sorted((classes / "right").iterdir()))
    variant = variant_command(context, VariantOptions("sides", tried, Precision.FP16)).variant
    assert variant.card.measured[-1].data == "3 inputs"
    with pytest.raises(UsageError, match="json"):
        run_command(context, RunOptions("sides", classes / "left" / "0.nii.gz", tmp_path / "x.png"))
    (tmp_path / "picture.png").write_bytes(b"")
    with pytest.raises(BadInput, match="takes"):
        run_command(context, RunOptions("sides", tmp_path / "picture.png", tmp_path / "x.json"))
