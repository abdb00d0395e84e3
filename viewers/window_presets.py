"""Named windows for the number keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.message import QT_TRANSLATE_NOOP, Message, message
from viewers.quantity import Quantity
from viewers.window_level import Window


@dataclass(frozen=True)
class WindowPreset:
    """A window with a name.

    Parameters
    ----------
    id : str
        Kept in the settings.
    title : Message
        For menus.
    window : Window, optional
        None where it comes from the series ("from-file", "full-range", "percentiles").
    """

    id: str
    title: Message
    window: Window | None = None


FROM_FILE = WindowPreset("from-file", message(QT_TRANSLATE_NOOP("Message", "From file")))
FULL_RANGE = WindowPreset("full-range", message(QT_TRANSLATE_NOOP("Message", "Full range")))
PERCENTILES = WindowPreset("percentiles", message(QT_TRANSLATE_NOOP("Message", "Automatic")))
NARROW = WindowPreset("percentiles-narrow", message(QT_TRANSLATE_NOOP("Message", "Automatic, more contrast")))

_ANY = (FROM_FILE, PERCENTILES, FULL_RANGE)
_CT = (
    WindowPreset("abdomen", message(QT_TRANSLATE_NOOP("Message", "Abdomen")), Window(60, 400)),
    WindowPreset("lung", message(QT_TRANSLATE_NOOP("Message", "Lung")), Window(-600, 1500)),
    WindowPreset("bone", message(QT_TRANSLATE_NOOP("Message", "Bone")), Window(450, 2000)),
    WindowPreset("brain", message(QT_TRANSLATE_NOOP("Message", "Brain")), Window(40, 80)),
    WindowPreset("soft-tissue", message(QT_TRANSLATE_NOOP("Message", "Soft tissue")), Window(40, 350)),
    WindowPreset("mediastinum", message(QT_TRANSLATE_NOOP("Message", "Mediastinum")), Window(50, 450)),
    WindowPreset("angio", message(QT_TRANSLATE_NOOP("Message", "Angiography")), Window(300, 600)),
    WindowPreset("liver", message(QT_TRANSLATE_NOOP("Message", "Liver")), Window(80, 150)),
    WindowPreset("stroke", message(QT_TRANSLATE_NOOP("Message", "Stroke")), Window(35, 35)),
)


_UPTAKES = (5, 7, 10, 20)


def uptake_presets(quantity: Quantity, others: Sequence[Quantity]) -> tuple[WindowPreset, ...]:
    """Give the windows of a PET series in the uptake value that it is told in, or in the first it has."""
    usable = [one for one in (quantity, *others) if one.id.startswith("suv-") and one.refusal is None]
    if not usable:
        return ()
    title = QT_TRANSLATE_NOOP("Message", "{quantity} 0 to {highest}")
    return tuple(
        WindowPreset(
            f"suv-{highest}",
            message(title, quantity=usable[0].name, highest=highest),
            Window.between(usable[0].stored(0.0), usable[0].stored(highest)),
        )
        for highest in _UPTAKES
    )


def presets_for(modality: str) -> tuple[WindowPreset, ...]:
    """Give the presets of a modality; the n-th belongs to the number key n, 0 to the file's own window."""
    if modality == "CT":
        return (*_CT, *_ANY)
    return (PERCENTILES, NARROW, FULL_RANGE, FROM_FILE)


def find_preset(modality: str, preset_id: str) -> WindowPreset | None:
    """Give the modality's preset with this id, or None."""
    return next((preset for preset in presets_for(modality) if preset.id == preset_id), None)
