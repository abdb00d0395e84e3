"""The presets of the 3D view: built-in ones that suit a series, the user's own, and the rest."""

from dataclasses import dataclass, replace
from enum import IntEnum

from core.settings import Settings
from render.presets import PRESETS, default_preset
from render.volume_look import VolumeLook
from viewers.user_presets import USER_PREFIX, user_presets

ValueRange = tuple[float, float]


class PresetGroup(IntEnum):
    """Where a preset stands in the menu."""

    SUITABLE = 0
    OWN = 1
    OTHER = 2


@dataclass(frozen=True)
class PresetEntry:
    """One line of the preset menu.

    Parameters
    ----------
    id : str
        Name of a built-in preset, or `"user:"` and the name of the user's.
    title : str
        Translated in the context "Preset", unless the user wrote it.
    group : PresetGroup
        Built-in and suitable, the user's own, or built-in for other modalities.
    """

    id: str
    title: str
    group: PresetGroup


def preset_entries(modality: str, settings: Settings) -> tuple[PresetEntry, ...]:
    """List all presets for a series of this modality, in the order of the menu."""
    own = [PresetEntry(one.id, one.name, PresetGroup.OWN) for one in user_presets(settings)]
    built_in = [
        PresetEntry(
            one.name, one.title, PresetGroup.SUITABLE if one.modality == modality else PresetGroup.OTHER
        )
        for one in PRESETS.values()
    ]
    return tuple(sorted([*built_in, *own], key=lambda entry: entry.group))


def first_preset(modality: str, value_range: ValueRange) -> str:
    """Choose the preset that a series is first shown with; values tell what no modality does."""
    return default_preset(modality or "CT", value_range).name


def preset_look(preset: str, value_range: ValueRange, settings: Settings) -> VolumeLook | None:
    """Give the look of a preset for a volume's value range; None where the preset is gone."""
    if preset in PRESETS:
        return PRESETS[preset].make(value_range)
    name = preset.removeprefix(USER_PREFIX)
    found = (one for one in user_presets(settings) if preset.startswith(USER_PREFIX) and one.name == name)
    own = next(found, None)
    return None if own is None else replace(VolumeLook(own.transfer), shaded=own.shaded)
