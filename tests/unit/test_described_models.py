import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import BadInput
from core.model_card import InputPreparation
from core.progress import SILENT
from models.adding import add
from models.runner import Runner
from models.store import ModelStore, StoredModel
from models.volume_procedures import segment
from tests.model_factory import save_volume_model
from tests.nnunet_plans_factory import dataset, plans, save_plans
from tests.unit.test_volume_runner import found_of

LABELS = {"background": 0, "liver": 1, "spleen": 2}


def save_network(folder: Path, labels: int = 3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = save_volume_model(folder, labels=labels)
    (folder / "levels.card.json").unlink()
    return path


def added(tmp_path: Path, path: Path, licence: str = "") -> StoredModel:
    return add(ModelStore(tmp_path / "store"), str(path), licence=licence)[0]


def preparation(model: StoredModel) -> InputPreparation:
    return model.card.inputs[0].preparation


def test_a_network_with_plans_of_nnunet_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "nnUNetTrainer__nnUNetPlans__3d_fullres"
    save_plans(folder, plans([16, 16, 16], [2.0, 1.5, 1.0]), dataset(LABELS, licence="CC-BY-4.0"))
    model = added(tmp_path, save_network(folder / "fold_0"))
    assert (model.card.id, model.card.licence, model.card.modality) == (
        "dataset007-organs",
        "CC-BY-4.0",
        "CT",
    )
    assert [label.name for label in model.card.outputs[0].labels] == list(LABELS)
    prepared = preparation(model)
    assert (prepared.spacing_mm, prepared.patch) == ((2.0, 1.5, 1.0), (16, 16, 16))
    assert (prepared.interpolation, prepared.crop, prepared.blending) == ("cubic", "nonzero", "nnunet")
    assert prepared.mirror_axes == (0, 1, 2)
    assert prepared.channels[0].window == (-300.0, 700.0)
    voxels = np.full((20, 20, 20), 80, np.int16)
    voxels[:10] = 80 + 240  # two deviations: the first label
    with Runner() as runner:
        found = segment(
            ModelStore(tmp_path / "store"), runner, model, found_of(voxels, (2.0, 1.5, 1.0)), SILENT
        )
    assert np.array_equal(found.layers[0], (voxels > 80).astype(np.uint8))


def test_the_folds_of_a_cross_validation_are_models_beside_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "nnUNetTrainer__nnUNetPlans__3d_fullres"
    save_plans(folder, plans([16, 16, 16], [1, 1, 1]), dataset(LABELS, licence="CC-BY-4.0"))
    models = [added(tmp_path, save_network(folder / f"fold_{number}")) for number in range(3)]
    names = ["dataset007-organs", "dataset007-organs-fold-1", "dataset007-organs-fold-2"]
    assert [model.card.id for model in models] == names


def test_regions_overlap_and_come_in_their_order(tmp_path: Path) -> None:
    labels = {"background": 0, "whole": [1, 2], "core": 2, "ignore": 3}
    save_plans(tmp_path, plans([16, 16, 16], [1, 1, 1]), dataset(labels, regions_class_order=[1, 2]))
    model = added(tmp_path, save_network(tmp_path, labels=2), "MIT")
    output = model.card.outputs[0]
    assert ([label.name for label in output.labels], output.values) == (["whole", "core"], (1, 2))
    assert output.overlapping
    assert output.activation == "sigmoid"


def test_networks_of_totalsegmentator_see_the_patient_upright_and_unmirrored(tmp_path: Path) -> None:
    folder = tmp_path / "Dataset291_TotalSegmentator" / "nnUNetTrainerNoMirroring__nnUNetPlans__3d_fullres"
    save_plans(folder, plans([16, 16, 16], [1.5, 1.5, 1.5], transpose_forward=[1, 0, 2]), dataset(LABELS))
    model = added(tmp_path, save_network(folder / "fold_0"), "Apache-2.0")
    assert preparation(model).mirror_axes == ()
    assert preparation(model).orientation == "ASR"


@pytest.mark.parametrize(
    ("planned", "named"),
    [
        (plans([16, 16, 16], [1, 1, 1], scheme="RGBNormalization"), "RGBNormalization"),
        (
            plans([8, 16, 16], [1, 1, 1], configurations={"other": {"patch_size": [8, 16, 16]}}),
            "configurations",
        ),
        ({"configurations": 3}, "plans.json"),
    ],
)
def test_plans_that_cannot_be_followed_are_refused(
    tmp_path: Path, planned: dict[str, Any], named: str
) -> None:
    save_plans(tmp_path, planned, dataset(LABELS))
    with pytest.raises(BadInput, match=named):
        added(tmp_path, save_network(tmp_path), "MIT")


def test_a_licence_must_be_told(tmp_path: Path) -> None:
    save_plans(tmp_path, plans([16, 16, 16], [1, 1, 1]), dataset(LABELS))
    path = save_network(tmp_path)
    with pytest.raises(BadInput, match="--licence"):
        added(tmp_path, path)
    with pytest.raises(BadInput, match="Proprietary"):
        added(tmp_path, path, "Proprietary")


def save_bundle(folder: Path, **changes: Any) -> Path:
    transforms: list[dict[str, Any]] = [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS"},
        {"_target_": "Spacingd", "keys": "image", "pixdim": "@pixdim", "mode": "bilinear"},
        {
            "_target_": "ScaleIntensityRanged",
            "a_min": -57,
            "a_max": 164,
            "b_min": 0,
            "b_max": 1,
            "clip": True,
        },
    ]
    inference = {
        "pixdim": [1.5, 1.5, 2.0],
        "patch": [16, 16, 16],
        "preprocessing": {"_target_": "Compose", "transforms": transforms},
        "inferer": {"_target_": "SlidingWindowInferer", "roi_size": "@patch", "overlap": 0.25},
    }
    metadata = {
        "name": "Spleen CT",
        "version": "0.5.0",
        "authors": "MONAI team",
        "eval_metrics": {"mean_dice": 0.96},
        "network_data_format": {
            "inputs": {"image": {"modality": "CT", "num_channels": 1, "spatial_shape": [16, 16, 16]}},
            "outputs": {"pred": {"channel_def": {"0": "background", "1": "spleen"}}},
        },
    }
    (folder / "configs").mkdir(parents=True)
    (folder / "configs" / "metadata.json").write_text(json.dumps(metadata))
    (folder / "configs" / "inference.json").write_text(json.dumps(inference | changes))
    return save_network(folder / "models", labels=2)


def test_a_bundle_of_monai_is_taken(tmp_path: Path) -> None:
    model = added(tmp_path, save_bundle(tmp_path / "bundle"), "Apache-2.0")
    prepared = preparation(model)
    assert (model.card.id, model.card.version) == ("spleen-ct", "0.5.0")
    assert (model.card.measured[0].quantity, model.card.measured[0].value) == ("mean_dice", 0.96)
    assert (prepared.orientation, prepared.spacing_mm, prepared.overlap) == ("RAS", (1.5, 1.5, 2.0), 0.25)
    channel = prepared.channels[0]
    assert channel.window == (-57, 164)
    assert (np.array([-57, 164]) - channel.mean) / channel.standard_deviation == pytest.approx([0, 1])
    shutil.rmtree(tmp_path / "bundle" / "configs")
    with pytest.raises(BadInput, match="no model card"):
        added(tmp_path, tmp_path / "bundle" / "models" / "levels.onnx")


def test_expressions_of_bundles_are_not_run(tmp_path: Path) -> None:
    path = save_bundle(tmp_path / "bundle", pixdim="$__import__('os').system('true')")
    with pytest.raises(BadInput, match="__import__"):
        added(tmp_path, path, "Apache-2.0")
