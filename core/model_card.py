"""What is known of a trained model: what it does, how its input is prepared, how good it was found to be."""

import re
from dataclasses import asdict, dataclass, field
from typing import Any

from core.coded_concept import CodedConcept

_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_VERSION = re.compile(r"[0-9A-Za-z]+(?:[.+-][0-9A-Za-z]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")

# SPDX identifiers of the licences under which weights may be kept; "LicenseRef-own" is that of own training.
KNOWN_LICENCES = frozenset(
    [
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC-BY-3.0", "CC-BY-4.0"),
        *("CC0-1.0", "ISC", "LicenseRef-own", "MIT", "MPL-2.0", "Unlicense", "Zlib"),
    ]
)


class InvalidCard(ValueError):
    """A card lacks something or says something impossible; the text names the field."""


@dataclass(frozen=True)
class ModelLabel:
    """What one channel, or one value of a label map, stands for.

    Parameters
    ----------
    name : str
        The term of the field ("jawOpen", "liver").
    concept : CodedConcept, optional
        The same in a controlled terminology.
    """

    name: str
    concept: CodedConcept | None = None

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary."""
        return {"name": self.name, **({"concept": self.concept.to_json()} if self.concept else {})}

    @staticmethod
    def from_json(data: Any) -> "ModelLabel":
        """Read what `to_json` gave, or a bare name."""
        if isinstance(data, str):
            return ModelLabel(data)
        concept = data.get("concept")
        return ModelLabel(str(data["name"]), CodedConcept.from_json(concept) if concept else None)


@dataclass(frozen=True)
class ChannelPreparation:
    """How the values of one channel of a volume are prepared.

    Parameters
    ----------
    normalisation : str
        "" (as they are), "z-score" (mean 0, standard deviation 1), "z-score-nonzero" (the same over the
        part that is not 0, filled), "fixed" (`mean` and `standard_deviation`) or "min-max" (0 to 1).
    window : tuple of float, optional
        Lower and upper value that are clipped to before that.
    mean, standard_deviation : float
        Of the training data, for "fixed".
    """

    normalisation: str = ""
    window: tuple[float, float] | None = None
    mean: float = 0.0
    standard_deviation: float = 1.0

    @staticmethod
    def from_json(data: dict[str, Any]) -> "ChannelPreparation":
        """Read the fields that are there."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        channel = ChannelPreparation(**values)
        if channel.normalisation not in _NORMALISATIONS:
            raise InvalidCard("preparation.channels.normalisation")
        if channel.window is not None and not _ascending(channel.window):
            raise InvalidCard("preparation.channels.window")
        if not channel.standard_deviation > 0.0:
            raise InvalidCard("preparation.channels.standard_deviation")
        return channel


@dataclass(frozen=True)
class InputPreparation:
    """How a picture or a volume becomes the array that the network takes.

    Parameters
    ----------
    kind : str
        "picture", "volume", "sound" or "values" (an array that is taken as it is).
    layout : str
        The axes in order, such as "NHWC" or "NCDHW"; "" for values.
    value_range : tuple of float, optional
        What the darkest and the brightest stored value become: (0, 1) or (-1, 1).
    window : tuple of float, optional
        Lower and upper stored value (HU for CT) that are clipped to before that.
    normalisation : str
        "", or as that of a channel.
    orientation : str
        Anatomical directions in which a volume's axes grow ("RAS"), "" for pictures.
    spacing_mm : tuple of float, optional
        Voxel spacing that a volume is resampled to.
    patch : tuple of int, optional
        Size of the tiles, in voxels.
    padding : str
        How a picture with another aspect is fitted: "stretch" or "letterbox".
    channels : tuple of ChannelPreparation
        One for every channel of a volume, where there are several or `normalisation` cannot say it.
    axes : tuple of int
        Which axis of the stored volume, (k, j, i), each of the network's is, where `orientation` is "".
    interpolation : str
        "linear" or "cubic", of the resampling to `spacing_mm`.
    crop : str
        "nonzero" leaves out what is 0 all around.
    overlap : float
        Share of a tile that the next one covers again.
    blending : str
        "gaussian", whose weights are at least a thousandth of the greatest as MONAI has them, or "nnunet",
        whose weights are as small as half precision allows.
    mirror_axes : tuple of int
        Spatial axes of the network that are mirrored in all combinations, and the results averaged.
    procedure : str
        "" (tiles), or the name of a procedure of its own.
    """

    kind: str = "values"
    layout: str = ""
    value_range: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    normalisation: str = ""
    orientation: str = ""
    spacing_mm: tuple[float, ...] | None = None
    patch: tuple[int, ...] | None = None
    padding: str = "stretch"
    channels: tuple[ChannelPreparation, ...] = ()
    axes: tuple[int, ...] = (0, 1, 2)
    interpolation: str = "linear"
    crop: str = ""
    overlap: float = 0.5
    blending: str = "gaussian"
    mirror_axes: tuple[int, ...] = ()
    procedure: str = ""

    @staticmethod
    def from_json(data: dict[str, Any]) -> "InputPreparation":
        """Read the fields that are there."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        values["channels"] = tuple(ChannelPreparation.from_json(item) for item in values.get("channels", ()))
        prepared = InputPreparation(**values)
        for name, allowed in _ALLOWED.items():
            if getattr(prepared, name) not in allowed:
                raise InvalidCard(f"preparation.{name}")
        for name, pair in (("value_range", prepared.value_range), ("window", prepared.window)):
            if pair is not None and not _ascending(pair):
                raise InvalidCard(f"preparation.{name}")
        prepared.check_space()
        return prepared

    def check_space(self) -> None:
        """Raise `InvalidCard` where a volume's space is described in an impossible way."""
        for name, valid in (
            ("axes", sorted(self.axes) == [0, 1, 2]),
            ("orientation", not self.orientation or _names_directions(self.orientation)),
            ("overlap", 0.0 <= self.overlap < 1.0),
            ("mirror_axes", set(self.mirror_axes) <= {0, 1, 2}),
            ("patch", all(type(size) is int and size > 0 for size in self.patch or ())),
            ("spacing_mm", all(spacing > 0.0 for spacing in self.spacing_mm or ())),
        ):
            if not valid:
                raise InvalidCard(f"preparation.{name}")


_NORMALISATIONS = ("", "z-score", "z-score-nonzero", "fixed", "min-max")
_ALLOWED = {
    "kind": ("picture", "volume", "sound", "values"),
    "normalisation": _NORMALISATIONS,
    "padding": ("stretch", "letterbox"),
    "interpolation": ("linear", "cubic"),
    "crop": ("", "nonzero"),
    "blending": ("gaussian", "nnunet"),
}


def _ascending(pair: tuple[float, ...]) -> bool:
    return len(pair) == 2 and pair[0] < pair[1]


def _names_directions(letters: str) -> bool:
    """Tell whether the letters name one direction of each of the patient's axes."""
    axes = ["RL", "AP", "SI"]
    return len(letters) == 3 and all(any(letter in axis for letter in letters) for axis in axes)


@dataclass(frozen=True)
class ModelInput:
    """One input of the network and how it is prepared."""

    name: str
    preparation: InputPreparation = field(default_factory=InputPreparation)


@dataclass(frozen=True)
class ModelOutput:
    """One output of the network.

    Parameters
    ----------
    name, meaning : str
        The output's name in the graph, and what its values are, with units and frame.
    labels : tuple of ModelLabel
        What the channels stand for, in their order; () where they are not labelled.
    label_axis : int
        The axis of the output that the labels run along.
    values : tuple of int
        Value of every label in a label map; their numbers from 0 by default.
    overlapping : bool
        Every channel is a region of its own, later ones on top; else the greatest channel wins.
    activation : str
        What makes probabilities of the values: "softmax", "sigmoid", or "" where they are some already.
    """

    name: str
    meaning: str
    labels: tuple[ModelLabel, ...] = ()
    label_axis: int = -1
    values: tuple[int, ...] = ()
    overlapping: bool = False
    activation: str = "softmax"


@dataclass(frozen=True)
class ModelMeasurement:
    """How good the model was measured to be: `quantity` with its `value` and `unit`, on which data."""

    quantity: str
    value: float
    unit: str
    data: str


@dataclass(frozen=True)
class DataFile:
    """A file of weights beside the graph, in the same folder, with its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class ModelCard:
    """A trained model, described.

    Parameters
    ----------
    id, version : str
        Lower case words joined by "-" or "."; digits and letters joined by "." or "-".
    sha256 : str
        Digest of the ONNX file, in hexadecimal.
    title, task, intended_use : str
        Name for people, the kind of task ("segmentation", "landmarks"), and what it is meant for.
    licence, source : str
        SPDX identifier, and where the weights come from.
    inputs, outputs : tuple
        In the order of the graph.
    modality, body_part : str
        DICOM terms ("CT", "HEAD"), "" where they do not apply.
    measured : tuple of ModelMeasurement
        How it was measured and on what.
    limits : tuple of str
        What it is known not to do.
    data_files : tuple of DataFile
        External weights; every one that the graph names must be here.
    tolerance : float
        Largest loss that a smaller variant of it may have: 1 less the mean Dice of the labels, or the mean
        difference of other outputs as a share of their range.
    """

    id: str
    version: str
    sha256: str
    title: str
    task: str
    intended_use: str
    licence: str
    source: str
    inputs: tuple[ModelInput, ...]
    outputs: tuple[ModelOutput, ...]
    modality: str = ""
    body_part: str = ""
    measured: tuple[ModelMeasurement, ...] = ()
    limits: tuple[str, ...] = ()
    data_files: tuple[DataFile, ...] = ()
    tolerance: float = 0.02

    def to_json(self) -> dict[str, Any]:
        """Give a form that `from_json` reads back."""
        data = asdict(self)
        for output, described in zip(self.outputs, data["outputs"], strict=True):
            described["labels"] = [label.to_json() for label in output.labels]
        return data

    @staticmethod
    def from_json(data: Any) -> "ModelCard":
        """Read and validate a card.

        Raises
        ------
        InvalidCard
            Something is missing, unknown or impossible. An unknown licence is not judged here.
        """
        if not isinstance(data, dict):
            raise InvalidCard("{}")
        try:
            values = dict(data)
            values["inputs"] = tuple(_input(item) for item in _list(data, "inputs"))
            values["outputs"] = tuple(_output(item) for item in _list(data, "outputs"))
            values["measured"] = tuple(ModelMeasurement(**item) for item in data.get("measured", ()))
            values["data_files"] = tuple(DataFile(**item) for item in data.get("data_files", ()))
            values["limits"] = tuple(map(str, data.get("limits", ())))
            card = ModelCard(**values)
        except KeyError as error:
            raise InvalidCard(str(error.args[0])) from error
        except (TypeError, AttributeError) as error:
            raise InvalidCard(_field_named_by(error)) from error
        _validate(card)
        return card


def _list(data: dict[str, Any], name: str) -> list[Any]:
    if not isinstance(data[name], list) or not data[name]:
        raise InvalidCard(name)
    return data[name]


def _input(data: dict[str, Any]) -> ModelInput:
    return ModelInput(str(data["name"]), InputPreparation.from_json(data.get("preparation", {})))


def _output(data: dict[str, Any]) -> ModelOutput:
    labels = tuple(ModelLabel.from_json(label) for label in data.get("labels", ()))
    output = ModelOutput(
        str(data["name"]),
        str(data["meaning"]),
        labels,
        int(data.get("label_axis", -1)),
        tuple(map(int, data.get("values", ()))),
        bool(data.get("overlapping", False)),
        str(data.get("activation", "softmax")),
    )
    if output.activation not in ("", "softmax", "sigmoid"):
        raise InvalidCard("outputs.activation")
    if output.values and (
        len(output.values) != len(labels) or not all(0 <= value < 65536 for value in output.values)
    ):
        raise InvalidCard("outputs.values")
    return output


def _field_named_by(error: Exception) -> str:
    """Give the field that Python's complaint about arguments names in quotes, or the complaint."""
    quoted = re.findall(r"'(\w+)'", str(error))
    return quoted[-1] if quoted else str(error)


def _validate(card: ModelCard) -> None:
    for name in ("title", "task", "intended_use", "licence", "source"):
        value = getattr(card, name)
        if not isinstance(value, str) or not value.strip():
            raise InvalidCard(name)
    for name, pattern in (("id", _ID), ("version", _VERSION), ("sha256", _SHA256)):
        value = getattr(card, name)
        if not isinstance(value, str) or len(value) > 64 or not pattern.fullmatch(value):
            raise InvalidCard(name)
    for file in card.data_files:
        if not _SHA256.fullmatch(file.sha256) or file.name in ("", "model.onnx", "card.json"):
            raise InvalidCard("data_files")
    if type(card.tolerance) not in (int, float) or not 0.0 <= card.tolerance <= 1.0:
        raise InvalidCard("tolerance")
    for measurement in card.measured:
        if type(measurement.value) not in (int, float):
            raise InvalidCard("measured")
