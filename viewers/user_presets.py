"""3D presets that the user made, kept in the library's settings."""

from dataclasses import dataclass
from typing import Any

from core.settings import Settings
from render.transfer_function import ControlPoint, TransferFunction

_KEY = "care.volume.presets"
USER_PREFIX = "user:"


@dataclass(frozen=True)
class UserPreset:
    """A transfer function under a name of the user's.

    Parameters
    ----------
    name : str
        Unique among the user's presets, not empty.
    transfer : TransferFunction
        Colours and opacity.
    shaded : bool
        Whether there is light.
    """

    name: str
    transfer: TransferFunction
    shaded: bool = True

    @property
    def id(self) -> str:
        """Give the id, which no built-in preset can have."""
        return USER_PREFIX + self.name


def user_presets(settings: Settings) -> tuple[UserPreset, ...]:
    """Give the user's presets by name; entries that cannot be read are left out."""
    stored: dict[str, Any] = settings.get(_KEY, {})
    found = (_read(name, data) for name, data in stored.items())
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name.casefold()))


def save_user_preset(settings: Settings, preset: UserPreset) -> None:
    """Keep a preset, in place of one of the same name."""
    stored: dict[str, Any] = dict(settings.get(_KEY, {}))
    settings.set(_KEY, {**stored, preset.name: _written(preset)})


def delete_user_preset(settings: Settings, name: str) -> None:
    """Forget a preset; nothing happens when there is none of that name."""
    stored: dict[str, Any] = settings.get(_KEY, {})
    settings.set(_KEY, {key: value for key, value in stored.items() if key != name})


def rename_user_preset(settings: Settings, name: str, new_name: str) -> None:
    """Give a preset another name, in place of one that has it."""
    stored: dict[str, Any] = settings.get(_KEY, {})
    if name in stored and name != new_name:
        others = {key: value for key, value in stored.items() if key not in (name, new_name)}
        settings.set(_KEY, {**others, new_name: stored[name]})


def _written(preset: UserPreset) -> dict[str, Any]:
    points = [[p.value, p.red, p.green, p.blue, p.opacity] for p in preset.transfer.points]
    gradients = [list(pair) for pair in preset.transfer.gradient_opacity]
    return {"points": points, "gradient_opacity": gradients, "shaded": preset.shaded}


def _read(name: str, data: Any) -> UserPreset | None:
    try:
        points = tuple(ControlPoint(*(float(number) for number in point)) for point in data["points"])
        gradients = tuple((float(at), float(factor)) for at, factor in data["gradient_opacity"])
        return UserPreset(name, TransferFunction(points, gradients), bool(data["shaded"]))
    except (KeyError, TypeError, ValueError):
        return None
