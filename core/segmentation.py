"""Which voxels belong to which structure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.coded_concept import CodedConcept, InstanceReference
from core.provenance import Provenance
from core.slice_geometry import SliceGeometry

TISSUE = CodedConcept("85756007", "SCT", "Tissue")


class AlgorithmType(StrEnum):
    """How a segment was made (SegmentAlgorithmType)."""

    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"


@dataclass(frozen=True)
class Algorithm:
    """What made a segment (PS3.3 10.16).

    Parameters
    ----------
    name, version : str
        Of the algorithm.
    family : CodedConcept, optional
        Of the kind of algorithm (CID 7162).
    """

    name: str
    version: str = ""
    family: CodedConcept | None = None


@dataclass(frozen=True)
class Segment:
    """One structure.

    Parameters
    ----------
    number : int
        Value of its voxels in the label map, 1 to 65535; 0 where a label map describes its background.
    label : str
        What the user calls it.
    category, type : CodedConcept
        Segmented property category and type (CID 7150, 7151).
    algorithm_type : AlgorithmType
        How it was made.
    algorithm : Algorithm, optional
        By what; None for manual work.
    anatomic_regions : tuple of CodedConcept
        Where it lies.
    tracking_id, tracking_uid : str
        What identifies the structure over several objects; "" where it has none.
    colour : tuple of int, optional
        Recommended sRGB colour, 0 to 255.
    """

    number: int
    label: str
    category: CodedConcept = TISSUE
    type: CodedConcept = TISSUE
    algorithm_type: AlgorithmType = AlgorithmType.MANUAL
    algorithm: Algorithm | None = None
    anatomic_regions: tuple[CodedConcept, ...] = ()
    tracking_id: str = ""
    tracking_uid: str = ""
    colour: tuple[int, int, int] | None = None

    def to_json(self) -> dict[str, Any]:
        """Give a plain dictionary, as it stands beside a label map."""
        algorithm = self.algorithm
        return {
            "number": self.number,
            "label": self.label,
            "category": self.category.to_json(),
            "type": self.type.to_json(),
            "algorithm_type": self.algorithm_type.value,
            "algorithm": None
            if algorithm is None
            else {
                "name": algorithm.name,
                "version": algorithm.version,
                "family": algorithm.family.to_json() if algorithm.family else None,
            },
            "anatomic_regions": [region.to_json() for region in self.anatomic_regions],
            "tracking_id": self.tracking_id,
            "tracking_uid": self.tracking_uid,
            "colour": None if self.colour is None else list(self.colour),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> "Segment":
        """Read what `to_json` gave; `KeyError`, `TypeError` or `ValueError` where it is something else."""
        made = data["algorithm"]
        family = made and made["family"]
        return Segment(
            number=int(data["number"]),
            label=str(data["label"]),
            category=CodedConcept.from_json(data["category"]),
            type=CodedConcept.from_json(data["type"]),
            algorithm_type=AlgorithmType(data["algorithm_type"]),
            algorithm=made
            and Algorithm(made["name"], made["version"], family and CodedConcept.from_json(family)),
            anatomic_regions=tuple(CodedConcept.from_json(item) for item in data["anatomic_regions"]),
            tracking_id=str(data["tracking_id"]),
            tracking_uid=str(data["tracking_uid"]),
            colour=None if data["colour"] is None else _colour(data["colour"]),
        )


def _colour(values: Any) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in values)
    return red, green, blue


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Label maps on the slices of a stack, and what their values mean.

    Parameters
    ----------
    geometry : SliceGeometry
        Where the slices lie, LPS millimetres; every slice has its own position, evenly spaced or not.
    layers : tuple of (k, j, i) uint8 or uint16
        Label maps. Segments that overlap lie in different layers; one layer where none do.
    segments : tuple of Segment
        Each in exactly one layer.
    layer_of : mapping of int to int
        Layer of every segment's number; layer 0 where it is not named.
    fractions : mapping of int to (k, j, i) float32
        Probability or occupancy (0 to 1) by segment number, of fractional objects only; the label maps then
        hold where it is above 0.
    unlabelled : int
        Value of voxels of which nothing is known; 0, or the padding value of a label map.
    frame_of_reference_uid : str
        "" where the images have none.
    references : tuple of InstanceReference
        The images that it was made on.
    provenance : Provenance, optional
        How it was made; None as stored by others.
    """

    geometry: SliceGeometry
    layers: tuple[NDArray[Any], ...]
    segments: tuple[Segment, ...]
    layer_of: Mapping[int, int] = field(default_factory=dict[int, int])
    fractions: Mapping[int, NDArray[np.float32]] = field(default_factory=dict[int, NDArray[np.float32]])
    unlabelled: int = 0
    frame_of_reference_uid: str = ""
    references: tuple[InstanceReference, ...] = ()
    provenance: Provenance | None = None

    def __post_init__(self) -> None:
        """Check what every user relies on."""
        ni, nj, nk = self.geometry.shape_ijk
        if not self.layers or any(layer.shape != (nk, nj, ni) for layer in self.layers):
            raise ValueError("the label maps do not have the shape of the geometry")
        if any(layer.dtype.type not in (np.uint8, np.uint16) for layer in self.layers):
            raise ValueError("labels are 8 or 16 bit unsigned integers")
        if len({segment.number for segment in self.segments}) != len(self.segments):
            raise ValueError("two segments with the same number")

    def mask(self, number: int) -> NDArray[np.bool_]:
        """Give the voxels of a segment, shape (k, j, i)."""
        return self.layers[self.layer_of.get(number, 0)] == number

    def voxel_counts(self) -> dict[int, int]:
        """Count the voxels of every segment."""
        return {segment.number: int(self.mask(segment.number).sum()) for segment in self.segments}

    @property
    def structures(self) -> tuple[Segment, ...]:
        """The segments without a described background."""
        return tuple(segment for segment in self.segments if segment.number > 0)

    def only(self, numbers: tuple[int, ...]) -> "Segmentation":
        """Give it with these segments only; the voxels of the others become unlabelled."""
        kept = tuple(segment for segment in self.segments if segment.number in numbers)
        layers = tuple(
            np.where(np.isin(layer, [0, *numbers]), layer, layer.dtype.type(0)) for layer in self.layers
        )
        fractions = {number: values for number, values in self.fractions.items() if number in numbers}
        return replace(self, segments=kept, layers=layers, fractions=fractions)


def pack_layers(
    masks: Mapping[int, NDArray[np.bool_]],
) -> tuple[tuple[NDArray[np.uint16], ...], dict[int, int]]:
    """Put masks into as few label maps as first fit gives, such that none hides another.

    Parameters
    ----------
    masks : mapping of int to (k, j, i) bool
        At least one, by number, in the order in which they are placed.

    Returns
    -------
    layers : tuple of (k, j, i) uint16
    layer_of : dict of int to int
        Layer of each number.
    """
    layers: list[NDArray[np.uint16]] = []
    layer_of: dict[int, int] = {}
    for number, mask in masks.items():
        free = (index for index, layer in enumerate(layers) if not layer[mask].any())
        index = next(free, len(layers))
        if index == len(layers):
            layers.append(np.zeros(mask.shape, np.uint16))
        layers[index][mask] = number
        layer_of[number] = index
    return tuple(layers), layer_of
