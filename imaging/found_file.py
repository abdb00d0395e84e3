"""Files on their way into the library, and those that do not get there."""

import os
from dataclasses import dataclass, replace

from core.message import Message


@dataclass(frozen=True)
class Found:
    """A file to be read.

    Parameters
    ----------
    path : str
        Where it lies; names in broken encodings survive as surrogate escapes.
    name : str
        What the user knows it as: its path, or `archive.zip/member`.
    depth : int
        In how many archives it lies.
    stored : bool
        It was unpacked into the library just now, and goes again when it is of no use.
    walked : bool
        It was met in a folder and not named itself.
    """

    path: str
    name: str
    depth: int = 0
    stored: bool = False
    walked: bool = False

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return os.path.basename(self.name)  # noqa: PTH119 - a name is no path


@dataclass(frozen=True)
class Rejected:
    """A file, folder or archive member that could not be used.

    Parameters
    ----------
    path : str
        What the user knows it as.
    reason : Message
        One sentence that names it.
    """

    path: str
    reason: Message

    def to_json(self) -> dict[str, str]:
        """Give it as `sense import --json` prints it."""
        return {"path": self.path, "reason": str(self.reason)}


def rejected(found: Found, reason: Message) -> Rejected:
    """Reject a file for a reason that a reader gave, under the name that the user knows."""
    return Rejected(found.name, replace(reason, values={**reason.values, "name": found.short_name}))


def is_litter(name: str) -> bool:
    """Tell whether a file is one that desktops leave everywhere; those are not worth a word."""
    return name.endswith(_LITTER) or "__MACOSX/" in name


_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
