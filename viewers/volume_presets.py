"""The presets of the 3D view: built-in ones that suit a series, the user's own, and the rest."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from core.settings import Settings
from core.volume import Volume
from render.presets import PRESETS, default_preset
from render.volume_look import VolumeLook
from viewers.user_presets import USER_PREFIX, user_presets

ValueRange = tuple[float, float]
_MOST_SAMPLES = 60_000
_LOW_PERCENT, _HIGH_PERCENT = 0.2, 99.8


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
    """Choose the preset that a series is first shown with."""
    return default_preset(modality, value_range).name


def preset_look(preset: str, value_range: ValueRange, settings: Settings) -> VolumeLook | None:
    """Give the look of a preset for a volume's value range; None where the preset is gone."""
    if preset in PRESETS:
        return PRESETS[preset].make(value_range)
    name = preset.removeprefix(USER_PREFIX)
    found = (one for one in user_presets(settings) if preset.startswith(USER_PREFIX) and one.name == name)
    own = next(found, None)
    return None if own is None else replace(VolumeLook(own.transfer), shaded=own.shaded)


def shown_range(volume: Volume, modality: str) -> ValueRange:
    """Give the range of values that a look is fitted to, from a sample of the voxels.

    For CT the extremes; for everything else without the outermost fifth of a percent, as a few bright voxels
    would darken all the rest.
    """
    stride = max(1, int(np.ceil((volume.voxels.size / _MOST_SAMPLES) ** (1 / 3))))
    sample = volume.voxels[stride // 2 :: stride, ::stride, ::stride].ravel()
    if sample.dtype.kind == "f":
        sample = sample[np.isfinite(sample)]
    if not sample.size:
        return 0.0, 1.0
    if modality == "CT":
        return float(sample.min()), float(sample.max())
    low, high = np.percentile(sample, [_LOW_PERCENT, _HIGH_PERCENT])
    return float(low), float(high)
