"""What the values of a series are told as: as stored, or as another quantity that follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP, Message, message
from imaging.suv import Suv, SuvKind


@dataclass(frozen=True)
class Quantity:
    """A quantity that the probe and the window are told in; the voxels stay as they are.

    Parameters
    ----------
    id : str
        Kept in the settings.
    title : Message
        For menus.
    name : str
        Short, before a value: "SUVbw".
    unit : str
        "" for that of the volume.
    factor, offset : float
        quantity = factor x rescaled value + offset; the factor is not 0.
    refusal : Message, optional
        Why it cannot be told; None where it can.
    """

    id: str
    title: Message
    name: str = ""
    unit: str = ""
    factor: float = 1.0
    offset: float = 0.0
    refusal: Message | None = None

    def told(self, value: float) -> float:
        """Give the quantity for a rescaled value."""
        return self.factor * value + self.offset

    def stored(self, told: float) -> float:
        """Give the rescaled value for a quantity."""
        return (told - self.offset) / self.factor


STORED = Quantity("stored", message(QT_TRANSLATE_NOOP("Message", "Stored values")))

_SUV = {
    SuvKind.BODY_WEIGHT: ("SUVbw", message(QT_TRANSLATE_NOOP("Message", "SUV by body weight"))),
    SuvKind.LEAN_BODY_MASS: ("SUVlbm", message(QT_TRANSLATE_NOOP("Message", "SUV by lean body mass"))),
    SuvKind.BODY_SURFACE: ("SUVbsa", message(QT_TRANSLATE_NOOP("Message", "SUV by body surface"))),
}


def uptake_quantities(found: Mapping[SuvKind, Suv | Message]) -> tuple[Quantity, ...]:
    """Give the uptake values of a PET series as quantities; those that are refused say why."""
    quantities: list[Quantity] = []
    for kind, suv in found.items():
        name, title = _SUV[kind]
        if isinstance(suv, Message):
            quantities.append(Quantity(f"suv-{kind.value}", title, name, refusal=suv))
        else:
            quantities.append(Quantity(f"suv-{kind.value}", title, name, suv.unit, suv.factor))
    return tuple(quantities)
