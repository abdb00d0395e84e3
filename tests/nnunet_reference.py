"""Run by a Python that has nnU-Net v2: exports a network of random weights and segments a volume with it.

`nnunet_reference.py FOLDER`: FOLDER holds `plans.json`, `dataset.json`, `image.npy` (k, j, i) and
`reference.json` with its spacing, the features of the stages, whether to mirror, and how many folds there are
(1 by default). Written are `fold_N/network.onnx`, `labels.npy`, `probabilities.npy` and `seconds.txt` (wall
time and processor time).
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet
from nnunetv2.inference.predict_from_raw_data import nnUNetPredictor
from nnunetv2.utilities.plans_handling.plans_handler import PlansManager


def main(folder: Path) -> None:
    torch.manual_seed(3)
    torch.set_num_threads(2)
    told = json.loads((folder / "reference.json").read_text())
    manager = PlansManager(json.loads((folder / "plans.json").read_text()))
    dataset = json.loads((folder / "dataset.json").read_text())
    configuration = manager.get_configuration("3d_fullres")
    heads = manager.get_label_manager(dataset).num_segmentation_heads
    folds = [
        _network(len(configuration.patch_size), told["features"], heads) for _ in range(told.get("folds", 1))
    ]
    example = torch.randn(1, 1, *configuration.patch_size)
    names = {"input_names": ["input"], "output_names": ["logits"], "dynamo": False}
    for number, network in enumerate(folds):
        place = folder / f"fold_{number}"
        place.mkdir(exist_ok=True)
        torch.onnx.export(network, (example,), place / "network.onnx", opset_version=17, **names)
    predictor = nnUNetPredictor(
        use_mirroring=told["mirror"],
        perform_everything_on_device=False,
        device=torch.device("cpu"),
        allow_tqdm=False,
    )
    axes = tuple(range(len(configuration.patch_size))) if told["mirror"] else None
    predictor.manual_initialization(
        _network(len(configuration.patch_size), told["features"], heads),
        manager,
        configuration,
        [network.state_dict() for network in folds],
        dataset,
        "nnUNetTrainer",
        axes,
    )
    image = np.load(folder / "image.npy").astype(np.float32)[None]
    start, processor = time.perf_counter(), time.process_time()
    labels_only = told.get("labels_only", False)
    given = predictor.predict_single_npy_array(
        image, {"spacing": told["spacing"]}, None, None, not labels_only
    )
    took = time.perf_counter() - start, time.process_time() - processor
    (folder / "seconds.txt").write_text("{} {}".format(*took))
    np.save(folder / "labels.npy", given if labels_only else given[0])
    if not labels_only:
        np.save(folder / "probabilities.npy", given[1].astype(np.float32))


def _network(dimensions: int, features: list[int], heads: int) -> torch.nn.Module:
    convolution, normalisation = (
        (torch.nn.Conv3d, torch.nn.InstanceNorm3d)
        if dimensions == 3
        else (torch.nn.Conv2d, torch.nn.InstanceNorm2d)
    )
    stages = len(features)
    return PlainConvUNet(
        1,
        stages,
        features,
        convolution,
        3,
        [1] + [2] * (stages - 1),
        2,
        heads,
        2,
        conv_bias=True,
        norm_op=normalisation,
        norm_op_kwargs={"eps": 1e-5, "affine": True},
        nonlin=torch.nn.LeakyReLU,
        nonlin_kwargs={"inplace": True},
        deep_supervision=False,
    ).eval()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
