"""Real-world value maps: nothing is drawn, but values can be told in their quantities."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.message import QT_TRANSLATE_NOOP, Message, message
from core.plane import Plane
from core.progress import SILENT, Progress
from imaging.frame import Frame, frames_of
from imaging.reslice import StopFlag
from imaging.value_maps import ValueMap, read_value_maps
from viewers.derived_objects import DerivedObject, LayerTarget
from viewers.object_layer import LayerItem, LayerLook, LayerPicture, Legend, plain
from viewers.quantity import Quantity
from viewers.unit_text import unit_text
from viewers.viewer_document import ViewerDocument

_SAME = 1e-6
_TABLE = message(
    QT_TRANSLATE_NOOP("Message", "A value map that is a table cannot be told for a whole series.")
)
_DIFFERENT = message(
    QT_TRANSLATE_NOOP("Message", "The images do not share one mapping from their values to this quantity.")
)
_OTHERS = message(
    QT_TRANSLATE_NOOP("Message", "The value maps are of other images than those that are open.")
)


def read_value_map_layer(
    derived: DerivedObject, target: LayerTarget, *, progress: Progress = SILENT
) -> "ValueMapLayer":
    """Read a real-world value map for `target`.

    Raises
    ------
    BadInput
        When it cannot be read.
    """
    frames = [frame for instance in target.instances for frame in frames_of(instance)]
    return ValueMapLayer(value_quantities(derived.sop_uid, read_value_maps(derived.path), frames))


def offer_values(document: ViewerDocument, layer: "ValueMapLayer") -> None:
    """Tell values in the first quantity of a map that was made visible."""
    usable = next((one for one in layer.quantities if one.refusal is None), None)
    if usable is not None:
        document.choose_quantity(usable.id)


@dataclass(frozen=True, eq=False)
class ValueMapLayer:
    """The quantities of a value map on the open images."""

    quantities: tuple[Quantity, ...]

    @property
    def items(self) -> tuple[LayerItem, ...]:
        """None: what values are told as is chosen for the whole series."""
        return ()

    @property
    def notes(self) -> tuple[Message, ...]:
        """Why quantities cannot be told."""
        refused = dict.fromkeys(one.refusal for one in self.quantities if one.refusal is not None)
        return tuple(refused) if self.quantities else (_OTHERS,)

    @property
    def legend(self) -> Legend | None:
        """None."""
        return None

    def centre(self, key: str) -> NDArray[np.float64] | None:
        """None."""
        return None

    def draw(self, plane: Plane, look: LayerLook, stop: StopFlag | None = None) -> LayerPicture:
        """Nothing."""
        return LayerPicture()


def value_quantities(sop_uid: str, maps: Iterable[ValueMap], frames: Iterable[Frame]) -> tuple[Quantity, ...]:
    """Give what the rescaled values of frames can be told as.

    A map goes from stored values; the volume holds rescaled ones, so that the rescaling of every frame is
    taken back. Maps of the same quantity for different images are one, as with PET, whose slices are scaled
    each on its own; they must agree.

    Parameters
    ----------
    sop_uid : str
        Of the object, for the identifiers of its quantities.
    """
    by_quantity: dict[tuple[str, str], list[ValueMap]] = {}
    for one in maps:
        by_quantity.setdefault((one.label, one.unit.value), []).append(one)
    known = list(frames)
    found: list[Quantity] = []
    for number, alike in enumerate(by_quantity.values()):
        pairs = [(one, frame) for one in alike for frame in known if _is_for(one, frame)]
        if pairs:
            found.append(_quantity(f"map-{sop_uid}-{number}", pairs, covers_all=_covers(pairs, known)))
    return tuple(found)


def _is_for(one: ValueMap, frame: Frame) -> bool:
    if not one.images:
        return True
    named = (image for image in one.images if image.sop_uid == frame.instance.sop_uid)
    return any(not image.frames or frame.number + 1 in image.frames for image in named)


def _covers(pairs: list[tuple[ValueMap, Frame]], frames: list[Frame]) -> bool:
    return len({id(frame) for _, frame in pairs}) == len(frames)


def _quantity(id: str, pairs: list[tuple[ValueMap, Frame]], *, covers_all: bool) -> Quantity:
    first = pairs[0][0]
    unit = unit_text(first.unit)
    name = first.unit.meaning if first.label in ("", first.unit.value) else first.label
    title = plain(f"{name} ({unit})" if unit and unit != name else name)
    if any(one.table is not None for one, _ in pairs):
        return Quantity(id, title, name, unit, refusal=_TABLE)
    factor, offset = _linear(*pairs[0])
    alike = all(_agree(_linear(*pair), (factor, offset)) for pair in pairs)
    if not covers_all or not alike or factor == 0.0:
        return Quantity(id, title, name, unit, refusal=_DIFFERENT)
    return Quantity(id, title, name, unit, factor, offset)


def _linear(one: ValueMap, frame: Frame) -> tuple[float, float]:
    """Give quantity = factor x rescaled value + offset."""
    instance = frame.instance
    if instance.modality_range is not None or instance.slope == 0.0:
        return 0.0, 0.0  # after a table there is no way back to the stored values
    factor = one.slope / instance.slope
    return factor, one.intercept - factor * instance.intercept


def _agree(found: tuple[float, float], wanted: tuple[float, float]) -> bool:
    pairs = zip(found, wanted, strict=True)
    return all(math.isclose(one, other, rel_tol=_SAME, abs_tol=1e-12) for one, other in pairs)
