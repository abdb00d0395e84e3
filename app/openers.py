"""Which workspaces open a file or a folder."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from core.command import Workspace

_FILES_LOOKED_AT = 200


def openers(
    workspaces: Sequence[Workspace], paths: Iterable[Path], front_id: str
) -> dict[tuple[str, ...], list[Path]]:
    """Share files and folders out among the workspaces that open them.

    A folder is opened as what most of its files are, if it is not a workspace's own. Where several workspaces
    name an ending, and the front one is not among them, it is the user's choice.

    Parameters
    ----------
    workspaces : sequence of Workspace
        The start page first.
    paths : iterable of Path
        What is to be opened.
    front_id : str
        Id of the front workspace; "" where that opens nothing.

    Returns
    -------
    dict
        Paths by the ids of the workspaces that may open them, at least one.
    """
    general = [one.id for one in workspaces[1:] if not one.opens]
    of_folders = [*general, *(one.id for one in workspaces if one.opens_other_folders)]
    found: dict[tuple[str, ...], list[Path]] = {}
    for path in paths:
        able = _able(workspaces, path)
        if not able:
            taking = of_folders if path.is_dir() else general
            able = general[:1] if front_id not in taking else [front_id]
        if front_id in able:
            able = [front_id]
        if able:
            found.setdefault(tuple(able), []).append(path)
    return found


def _able(workspaces: Sequence[Workspace], path: Path) -> list[str]:
    """Give the ids of those that name a folder or a file as their own."""
    marked = [(workspace.id, workspace.opens_folders_with) for workspace in workspaces]
    owners = [own for own, names in marked if names and all((path / name).is_file() for name in names)]
    ending = ending_of(path)
    return owners or [workspace.id for workspace in workspaces if ending.endswith(workspace.opens)]


def ending_of(path: Path) -> str:
    """Give the name of a file in small letters, or the ending of more than half of a folder's first files."""
    if not path.is_dir():
        return path.name.lower()
    try:
        with os.scandir(path) as entries:
            files = (one.name.lower() for one in entries if not one.name.startswith(".") and one.is_file())
            endings = Counter(Path(name).suffix for name in islice(files, _FILES_LOOKED_AT))
    except OSError:
        return ""  # whoever opens it says why it cannot be read
    [(ending, count)] = endings.most_common(1) or [("", 0)]
    return ending if 2 * count > endings.total() else ""
