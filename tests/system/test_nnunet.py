"""Voxel for voxel what nnU-Net v2's own predictor gives; SENSE_TRAIN_PYTHON names a Python that has it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.progress import SILENT
from models.adding import add
from models.runner import Runner
from models.store import ModelStore
from models.volume_procedures import segment
from tests.nnunet_plans_factory import dataset, plans, save_plans
from tests.unit.test_volume_runner import found_of

PYTHON = os.environ.get("SENSE_TRAIN_PYTHON", sys.executable)
LABELS = {"background": 0, "a": 1, "b": 2}
REGIONS = {"background": 0, "whole": [1, 2], "core": 2}


@pytest.fixture(scope="module")
def engine() -> str:
    probe = subprocess.run([PYTHON, "-c", "import nnunetv2, torch"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(
            "nnU-Net v2 and PyTorch are not installed; SENSE_TRAIN_PYTHON may name a Python with them"
        )
    return PYTHON


def blobs(shape: tuple[int, int, int]) -> np.ndarray[Any, Any]:
    """Make something like organs in a body with air around it."""
    generator = np.random.default_rng(5)
    k, j, i = np.meshgrid(*(np.linspace(-1, 1, size) for size in shape), indexing="ij")
    body = (j / 0.9) ** 2 + (i / 0.8) ** 2 < 1
    waves = np.sin(5 * k + 3 * j) * np.cos(4 * i - 2 * k)
    return np.where(body, 100 * waves + generator.normal(0, 20, shape) + 60, 0).astype(np.float32)


CASES: dict[str, dict[str, Any]] = {
    "even": {"patch": [20, 24, 24], "wanted": [2.6, 2.2, 2.2], "spacing": [2.0, 2.0, 2.0], "mirror": True},
    "thick": {"patch": [8, 24, 24], "wanted": [8.0, 1.7, 1.8], "spacing": [9.0, 2.0, 2.0], "mirror": False},
    "slices": {"patch": [24, 24], "wanted": [2.4, 2.3], "spacing": [5.0, 2.0, 2.0], "mirror": True},
    "regions": {
        "patch": [16, 16, 16],
        "wanted": [2.9, 3.1, 3.0],
        "spacing": [2.0, 2.0, 2.0],
        "mirror": False,
        "labels": REGIONS,
        "scheme": "ZScoreNormalization",
        "transpose": [1, 0, 2],
    },
    "folds": {
        "patch": [16, 16, 16],
        "wanted": [2.5, 2.5, 2.5],
        "spacing": [2.0, 2.0, 2.0],
        "mirror": False,
        "folds": 3,
    },
}


@pytest.mark.parametrize("name", CASES)
def test_labels_are_those_of_nnunet(tmp_path: Path, engine: str, name: str) -> None:
    case = CASES[name]
    labels, turn = case.get("labels", LABELS), case.get("transpose", [0, 1, 2])
    planned = plans(
        case["patch"],
        case["wanted"],
        scheme=case.get("scheme", "CTNormalization"),
        masked="scheme" in case,
        transpose_forward=turn,
        transpose_backward=[turn.index(axis) for axis in range(3)],
    )
    described = dataset(labels, **({"regions_class_order": [1, 2]} if labels is REGIONS else {}))
    if not case["mirror"]:
        planned["dataset_name"] += " NoMirroring"
    folder = tmp_path / ("NoMirroring" if not case["mirror"] else "Mirroring")
    save_plans(folder, planned, described)
    shape = (12, 40, 44) if len(case["patch"]) == 2 else (30, 40, 44)
    image = blobs(shape)
    np.save(folder / "image.npy", image)
    told = {"spacing": case["spacing"], "features": [4, 8], "mirror": case["mirror"]}
    told["folds"] = case.get("folds", 1)
    (folder / "reference.json").write_text(json.dumps(told))
    script = Path(__file__).parents[1] / "nnunet_reference.py"
    limits = {"OMP_NUM_THREADS": "2", "nnUNet_def_n_proc": "1"}
    subprocess.run(
        [engine, str(script), str(folder)], check=True, capture_output=True, env=os.environ | limits
    )
    store = ModelStore(tmp_path / "store")
    model, *others = (
        add(store, str(folder / f"fold_{number}" / "network.onnx"), licence="MIT")[0]
        for number in range(told["folds"])
    )
    with Runner() as runner:
        found = found_of(image, tuple(case["spacing"]))
        ours = segment(store, runner, model, found, SILENT, others=others).layers[0]
    theirs, probabilities = np.load(folder / "labels.npy"), np.load(folder / "probabilities.npy")
    if labels is REGIONS:
        sure = (np.abs(probabilities - 0.5) > 1e-3).all(axis=0)
    else:
        ordered = np.sort(probabilities, axis=0)
        sure = ordered[-1] - ordered[-2] > 1e-3
    assert sure.mean() > 0.9
    assert len(np.unique(theirs)) > 1
    assert (ours == theirs)[sure].mean() >= 0.9999
