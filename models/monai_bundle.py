"""Model cards from bundles of MONAI: `configs/metadata.json` and `configs/inference.json`.

The transforms of `preprocessing` that are known here are those of segmentation networks of volumes.
"""

from collections.abc import Mapping
from typing import Any

from core.model_card import (
    ChannelPreparation,
    InputPreparation,
    ModelLabel,
    ModelMeasurement,
    ModelOutput,
)
from models.graph import Graph
from models.nnunet_plans import CardParts, UnreadablePlans

# What changes nothing of the values, or is done for every volume anyway.
_IGNORED = (
    *("LoadImaged", "EnsureChannelFirstd", "AddChanneld", "AsChannelFirstd", "EnsureTyped", "ToTensord"),
    *("CastToTyped", "FromMetaTensord", "ToDeviced", "SelectItemsd"),
)


def bundle_card_parts(metadata: Mapping[str, Any], inference: Mapping[str, Any], graph: Graph) -> CardParts:
    """Tell what a card needs.

    Raises
    ------
    UnreadablePlans
        When the bundle asks for what this program does not do.
    """
    formats = metadata["network_data_format"]
    image = next(iter(formats["inputs"].values()))
    measured = tuple(
        ModelMeasurement(str(name), float(value), "", "as its authors tell")
        for name, value in metadata.get("eval_metrics", {}).items()
        if isinstance(value, int | float)
    )
    return CardParts(
        name=str(metadata.get("name") or "MONAI bundle"),
        version=str(metadata.get("version") or "1.0"),
        intended_use=str(metadata.get("intended_use") or metadata.get("task") or "Segmentation."),
        source=f"MONAI bundle by {metadata.get('authors') or 'unknown authors'}",
        licence=str(metadata.get("license") or metadata.get("licence") or ""),
        modality={"CT": "CT", "MR": "MR", "MRI": "MR"}.get(str(image.get("modality", "")).upper(), ""),
        preparation=_preparation(inference, image, graph),
        output=_output(next(iter(formats["outputs"].values())), inference, graph.outputs[0].name),
        measured=measured,
    )


def _preparation(inference: Mapping[str, Any], image: Mapping[str, Any], graph: Graph) -> InputPreparation:
    found: dict[str, Any] = {"orientation": "", "spacing": None, "crop": ""}
    channel = ChannelPreparation()
    for transform in _resolved(inference, inference["preprocessing"])["transforms"]:
        kind = str(transform["_target_"]).rpartition(".")[2]
        if transform.get("_disabled_") is True or kind in _IGNORED:
            continue
        if kind == "Orientationd":
            found["orientation"] = str(_resolved(inference, transform["axcodes"]))
        elif kind == "Spacingd":
            pixdim = _resolved(inference, transform["pixdim"])
            spacing = pixdim if isinstance(pixdim, list) else [pixdim] * 3
            found["spacing"] = tuple(float(_resolved(inference, value)) for value in spacing)
        elif kind == "CropForegroundd":
            found["crop"] = "nonzero"
        else:
            channel = _normalisation(kind, transform)
    inferer = _resolved(inference, inference["inferer"])
    roi = _resolved(inference, inferer.get("roi_size", image["spatial_shape"]))
    sizes = graph.inputs[0].shape[2:]
    patch = tuple(size or int(_resolved(inference, wanted)) for size, wanted in zip(sizes, roi, strict=True))
    return InputPreparation(
        kind="volume",
        layout="NCHW" if len(patch) == 2 else "NCDHW",
        orientation=found["orientation"] or "RAS",
        spacing_mm=found["spacing"],
        patch=patch,
        channels=(channel,) * int(image.get("num_channels", 1)),
        crop=found["crop"],
        overlap=float(_resolved(inference, inferer.get("overlap", 0.25))),
    )


def _normalisation(kind: str, transform: Mapping[str, Any]) -> ChannelPreparation:
    if kind == "ScaleIntensityRanged":
        low, high = float(transform["a_min"]), float(transform["a_max"])
        new_low, new_high = float(transform["b_min"]), float(transform["b_max"])
        scale = (high - low) / (new_high - new_low)
        window = (low, high) if transform.get("clip") else None
        return ChannelPreparation("fixed", window, low - new_low * scale, scale)
    if kind == "NormalizeIntensityd":
        return ChannelPreparation("z-score-nonzero" if transform.get("nonzero") else "z-score")
    if kind == "ScaleIntensityd" and (transform.get("minv", 0.0), transform.get("maxv", 1.0)) == (0.0, 1.0):
        return ChannelPreparation("min-max")
    raise UnreadablePlans(kind)


def _output(described: Mapping[str, Any], inference: Mapping[str, Any], name: str) -> ModelOutput:
    channels = described.get("channel_def") or {}
    labels = tuple(ModelLabel(str(channels[str(number)])) for number in range(len(channels)))
    if not labels:
        raise UnreadablePlans("network_data_format.outputs.channel_def")
    overlapping = False
    after = _resolved(inference, inference.get("postprocessing", {"transforms": []}))
    for transform in after.get("transforms", ()):
        if str(transform.get("_target_", "")).endswith("Activationsd"):
            overlapping = overlapping or transform.get("sigmoid") is True
    return ModelOutput(
        name,
        "Score of every label.",
        labels,
        label_axis=1,
        values=tuple(range(1, len(labels) + 1)) if overlapping else (),
        overlapping=overlapping,
        activation="sigmoid" if overlapping else "softmax",
    )


def _resolved(inference: Mapping[str, Any], value: Any) -> Any:
    """Follow a reference such as "@patch_size"; expressions are not evaluated."""
    for _ in range(8):
        if not isinstance(value, str) or not value.startswith(("@", "$")):
            return value
        name = value[1:]
        if value.startswith("$") or name not in inference:
            break
        value = inference[name]
    raise UnreadablePlans(str(value))
