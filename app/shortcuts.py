"""Which keys run which command: the defaults of the commands and the user's changes."""

from collections import defaultdict

from core.command import Command, Registry
from core.settings import Settings

_KEY = "shortcuts"


class Shortcuts:
    """The key sequences in force, in Qt's portable form.

    Parameters
    ----------
    registry : Registry
        Whose commands have the defaults.
    settings : Settings
        Where the user's changes are kept.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self._registry = registry
        self._settings = settings

    def of(self, command: Command) -> str:
        """Give the keys of a command; "" where it has none."""
        changed = self._changes().get(command.id)
        return changed if changed is not None else command.shortcut or ""

    def is_changed(self, command: Command) -> bool:
        """Tell whether the user chose other keys than the default."""
        return command.id in self._changes()

    def change(self, command: Command, keys: str) -> None:
        """Give a command other keys ("" for none); its own default takes the change back."""
        changes = {key: value for key, value in self._changes().items() if key != command.id}
        if keys != (command.shortcut or ""):
            changes[command.id] = keys
        self._settings.set(_KEY, changes)

    def reset(self) -> None:
        """Give every command its default again."""
        self._settings.set(_KEY, {})

    def rivals(self, command: Command, keys: str) -> list[Command]:
        """Give the other commands that would answer to one of `keys` at the same time as `command`."""
        wanted = _sequences(keys)
        return [
            other
            for other in self._registry.commands
            if other.id != command.id and _meet(command, other) and wanted & _sequences(self.of(other))
        ]

    def without(self, command: Command, keys: str) -> str:
        """Give what a command keeps when it gives up `keys`."""
        lost = _sequences(keys)
        kept = [part for part in self.of(command).split("; ") if part.strip().casefold() not in lost]
        return "; ".join(kept)

    def conflicts(self) -> dict[str, list[Command]]:
        """Give the sequences that several commands answer to at the same time."""
        by_keys: defaultdict[str, list[Command]] = defaultdict(list)
        for command in self._registry.commands:
            for keys in _sequences(self.of(command)):
                if self.rivals(command, keys):
                    by_keys[keys].append(command)
        return dict(by_keys)

    def _changes(self) -> dict[str, str]:
        stored: dict[str, str] = self._settings.get(_KEY, {})
        return {key: value for key, value in stored.items() if isinstance(value, str)}


def _sequences(keys: str) -> set[str]:
    return {part.strip().casefold() for part in keys.split("; ") if part.strip()}


def _meet(one: Command, other: Command) -> bool:
    return one.workspace is None or other.workspace is None or one.workspace == other.workspace
