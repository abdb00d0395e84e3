"""Plans as nnU-Net v2 writes them."""

import json
from pathlib import Path
from typing import Any

RESAMPLING: dict[str, Any] = {"is_seg": False, "order_z": 0, "force_separate_z": None}


def plans(
    patch: list[int],
    spacing: list[float],
    *,
    scheme: str = "CTNormalization",
    masked: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """Describe one configuration, "3d_fullres"."""
    configuration = {
        "data_identifier": "nnUNetPlans_3d_fullres",
        "preprocessor_name": "DefaultPreprocessor",
        "batch_size": 2,
        "patch_size": patch,
        "median_image_size_in_voxels": patch,
        "spacing": spacing,
        "normalization_schemes": [scheme],
        "use_mask_for_norm": [masked],
        "resampling_fn_data": "resample_data_or_seg_to_shape",
        "resampling_fn_seg": "resample_data_or_seg_to_shape",
        "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
        "resampling_fn_data_kwargs": {**RESAMPLING, "order": 3},
        "resampling_fn_seg_kwargs": {**RESAMPLING, "order": 1, "is_seg": True},
        "resampling_fn_probabilities_kwargs": {**RESAMPLING, "order": 1},
        "architecture": {"network_class_name": "", "arch_kwargs": {}, "_kw_requires_import": []},
        "batch_dice": True,
    }
    measured = {"mean": 80.0, "std": 120.0, "percentile_00_5": -300.0, "percentile_99_5": 700.0}
    told: dict[str, Any] = {
        "dataset_name": "Dataset007_Organs",
        "plans_name": "nnUNetPlans",
        "image_reader_writer": "SimpleITKIO",
        "label_manager": "LabelManager",
        "transpose_forward": [0, 1, 2],
        "transpose_backward": [0, 1, 2],
        "foreground_intensity_properties_per_channel": {"0": measured},
        "configurations": {"3d_fullres": {**configuration}},
    }
    return told | more


def dataset(labels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"labels": labels, "channel_names": {"0": "CT"}, "file_ending": ".nii.gz", **more}


def save_plans(folder: Path, planned: dict[str, Any], described: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "plans.json").write_text(json.dumps(planned))
    (folder / "dataset.json").write_text(json.dumps(described))
