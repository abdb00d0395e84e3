"""The files and folders that were opened last."""

from pathlib import Path

from core.settings import Settings

_KEY = "recent.paths"
_MOST = 12


class RecentPaths:
    """Newest first, each once, kept in the settings.

    Parameters
    ----------
    settings : Settings
        Where they are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def paths(self) -> list[Path]:
        """Give the paths that still exist."""
        stored: list[str] = self._settings.get(_KEY, [])
        return [Path(text) for text in stored if Path(text).exists()]

    def add(self, path: Path) -> None:
        """Put `path` at the top."""
        others = [str(other) for other in self.paths() if other != path]
        self._settings.set(_KEY, [str(path), *others][:_MOST])

    def clear(self) -> None:
        """Forget all of them."""
        self._settings.set(_KEY, [])
