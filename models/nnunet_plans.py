"""Model cards from the plans of nnU-Net v2, as TotalSegmentator's models have them too.

F. Isensee et al., Nature Methods 2021; `plans.json` and `dataset.json` as nnunetv2 2.x writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.model_card import (
    ChannelPreparation,
    InputPreparation,
    ModelLabel,
    ModelMeasurement,
    ModelOutput,
)
from models.graph import Graph

_CT, _ZSCORE, _MASKED, _RANGE = "CTNormalization", "ZScoreNormalization", "z-score-nonzero", "min-max"
_LINEAR_FUNCTIONS = ("resample_data_or_seg_to_shape", "resample_torch_fornnunet", "resample_torch_simple")


class UnreadablePlans(ValueError):
    """The plans ask for something that cannot be done here; the text names it."""


@dataclass(frozen=True)
class CardParts:
    """What a description in another form tells for a model card; the fields are those of the card."""

    name: str
    version: str
    intended_use: str
    source: str
    licence: str
    modality: str
    preparation: InputPreparation
    output: ModelOutput
    measured: tuple[ModelMeasurement, ...] = ()


def nnunet_card_parts(
    plans: Mapping[str, Any], dataset: Mapping[str, Any], graph: Graph, places: str
) -> CardParts:
    """Tell what a card needs.

    Parameters
    ----------
    graph : Graph
        The exported network, whose tiles tell which configuration it is.
    places : str
        Names of the folders that it lies in; they name the configuration, the trainer, and TotalSegmentator.

    Raises
    ------
    UnreadablePlans
        When the plans ask for what this program does not do.
    """
    configuration = configuration_of(plans, _configuration_name(plans, graph, places))
    mirrored = () if "NoMirroring" in places else None
    preparation = preparation_of(plans, configuration, mirrored)
    name = str(plans.get("dataset_name") or dataset.get("name") or "nnU-Net")
    if "totalsegmentator" in f"{places} {name}".lower():
        # It turns volumes to RAS before nnU-Net reads them, slices first.
        letters = "".join("SAR"[axis] for axis in preparation.axes)
        preparation = replace(preparation, orientation=letters)
    channel = str(next(iter(dataset.get("channel_names", {"0": ""}).values())))
    return CardParts(
        name=name,
        version=str(dataset.get("release") or "1.0"),
        intended_use=str(dataset.get("description") or "Segmentation of images as in its training data."),
        source=str(dataset.get("reference") or "nnU-Net v2"),
        licence=str(dataset.get("licence") or dataset.get("license") or ""),
        modality={"CT": "CT", "MR": "MR", "MRI": "MR", "T1": "MR", "T2": "MR"}.get(channel.upper(), ""),
        preparation=preparation,
        output=output_of(dataset, graph.outputs[0].name),
    )


def _configuration_name(plans: Mapping[str, Any], graph: Graph, places: str) -> str:
    """Find the configuration that a folder names, or the one that has the network's tiles."""
    names = [name for name in plans["configurations"] if "patch_size" in configuration_of(plans, name)]
    named = [name for name in names if name in places]
    if named:
        return max(named, key=len)
    sizes = graph.inputs[0].shape[2:]
    for name in names:
        patch = configuration_of(plans, name)["patch_size"]
        if len(patch) == len(sizes) and all(
            size in (None, wanted) for size, wanted in zip(sizes, patch, strict=True)
        ):
            return name
    raise UnreadablePlans(f"configurations: {' '.join(map(str, sizes))}")


def configuration_of(plans: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give a configuration with everything that it inherits.

    Raises
    ------
    UnreadablePlans
        When there is none with this name.
    """
    found = plans["configurations"].get(name)
    if found is None:
        raise UnreadablePlans(f"configurations.{name}")
    parent = found.get("inherits_from")
    return {**(configuration_of(plans, parent) if parent else {}), **found}


def preparation_of(
    plans: Mapping[str, Any], configuration: Mapping[str, Any], mirror_axes: tuple[int, ...] | None = None
) -> InputPreparation:
    """Tell how a volume is prepared.

    Parameters
    ----------
    mirror_axes : tuple of int, optional
        What the checkpoint names as `inference_allowed_mirroring_axes`; all axes by default.

    Raises
    ------
    UnreadablePlans
        When the plans ask for what this program does not do.
    """
    patch = tuple(int(size) for size in configuration["patch_size"])
    spacing = tuple(float(value) for value in configuration["spacing"])
    _check_probabilities(configuration)
    axes = tuple(int(axis) for axis in plans["transpose_forward"])
    return InputPreparation(
        kind="volume",
        layout="NCHW" if len(patch) == 2 else "NCDHW",
        spacing_mm=spacing,
        patch=patch,
        channels=_channels(plans, configuration),
        axes=axes,
        interpolation=_interpolation(configuration),
        crop="nonzero",
        overlap=0.5,
        blending="nnunet",
        mirror_axes=tuple(range(len(patch))) if mirror_axes is None else mirror_axes,
    )


def output_of(dataset: Mapping[str, Any], name: str) -> ModelOutput:
    """Describe the scores: labels, or regions that overlap.

    Raises
    ------
    UnreadablePlans
        When the labels are not as nnU-Net writes them.
    """
    labels = {label: value for label, value in dataset["labels"].items() if label != "ignore"}
    if any(isinstance(value, list) and len(value) > 1 for value in labels.values()):
        return _regions(dataset, labels, name)
    numbered = sorted((_number(value), label) for label, value in labels.items())
    if [value for value, _ in numbered] != list(range(len(numbered))):
        raise UnreadablePlans("labels")
    return ModelOutput(
        name, "Score of every label.", tuple(ModelLabel(label) for _, label in numbered), label_axis=1
    )


def _number(value: Any) -> int:
    return int(value[0] if isinstance(value, list) else value)


def _regions(dataset: Mapping[str, Any], labels: Mapping[str, Any], name: str) -> ModelOutput:
    order = dataset.get("regions_class_order")
    names = [label for label, value in labels.items() if value not in (0, [0])]
    if not isinstance(order, list) or len(order) != len(names):
        raise UnreadablePlans("regions_class_order")
    return ModelOutput(
        name,
        "Score of every region.",
        tuple(ModelLabel(label) for label in names),
        label_axis=1,
        values=tuple(map(int, order)),
        overlapping=True,
        activation="sigmoid",
    )


def _channels(plans: Mapping[str, Any], configuration: Mapping[str, Any]) -> tuple[ChannelPreparation, ...]:
    found: list[ChannelPreparation] = []
    schemes, masked = configuration["normalization_schemes"], configuration["use_mask_for_norm"]
    for number, (scheme, mask) in enumerate(zip(schemes, masked, strict=True)):
        if scheme == _CT:
            measured = plans["foreground_intensity_properties_per_channel"][str(number)]
            window = float(measured["percentile_00_5"]), float(measured["percentile_99_5"])
            found.append(
                ChannelPreparation(
                    "fixed", window, float(measured["mean"]), max(float(measured["std"]), 1e-8)
                )
            )
        elif scheme == _ZSCORE:
            found.append(ChannelPreparation(_MASKED if mask else "z-score"))
        elif scheme == "NoNormalization":
            found.append(ChannelPreparation())
        elif scheme == "RescaleTo01Normalization":
            found.append(ChannelPreparation(_RANGE))
        elif scheme == "RGBTo01Normalization":
            found.append(ChannelPreparation("fixed", standard_deviation=255.0))
        else:
            raise UnreadablePlans(str(scheme))
    return tuple(found)


def _interpolation(configuration: Mapping[str, Any]) -> str:
    function = configuration.get("resampling_fn_data", _LINEAR_FUNCTIONS[0])
    if function not in _LINEAR_FUNCTIONS:
        raise UnreadablePlans(str(function))
    order = configuration.get("resampling_fn_data_kwargs", {}).get("order", 3)
    if function == _LINEAR_FUNCTIONS[0] and order == 3:
        return "cubic"
    if function != _LINEAR_FUNCTIONS[0] or order == 1:
        return "linear"
    raise UnreadablePlans(f"resampling_fn_data_kwargs.order {order}")


def _check_probabilities(configuration: Mapping[str, Any]) -> None:
    function = configuration.get("resampling_fn_probabilities", _LINEAR_FUNCTIONS[0])
    order = configuration.get("resampling_fn_probabilities_kwargs", {}).get("order", 1)
    if function not in _LINEAR_FUNCTIONS or (function == _LINEAR_FUNCTIONS[0] and order != 1):
        raise UnreadablePlans("resampling_fn_probabilities")
    if configuration.get("previous_stage"):
        raise UnreadablePlans("previous_stage")
