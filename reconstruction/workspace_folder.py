"""Where the workspace keeps its reconstructions, and what it notes in their folders."""

import contextlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.atomic_write import write_bytes
from core.errors import SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, message
from reconstruction.shown_result import is_result

_RECENT = "reconstruction.recent"
_MOST_RECENT = 12
_NOTES = "workspace.json"
_LINKS = ".photographs"
_SAY_NOTHING = frozenset(("images", "pictures", "photos", "photographs", "frames", "dcim"))


@dataclass(frozen=True)
class WorkspaceNotes:
    """What is noted beside a result.

    Parameters
    ----------
    photographs : tuple of Path
        The files that it was made of.
    edits : dict
        What was changed by hand since, in JSON's types.
    """

    photographs: tuple[Path, ...] = ()
    edits: dict[str, Any] | None = None


def new_output(library: Library, name: str) -> Path:
    """Give a folder in the library, not there yet, for a reconstruction that is called `name`."""
    parent = library.folder / "reconstructions"
    output, number = parent / name, 1
    while output.exists():  # what an ended run has kept beside it is gone on with
        number += 1
        output = parent / f"{name} {number}"
    return output


def name_of(path: Path) -> str:
    """Give what a reconstruction of a folder, or of files in it, is called."""
    folder = path.absolute() if path.is_dir() else path.absolute().parent
    telling = folder.parent if folder.name.lower() in _SAY_NOTHING else folder
    return telling.name or "reconstruction"


def images_folder(output: Path, photographs: Sequence[Path]) -> Path:
    """Give a folder that holds these photographs and no others.

    Their own one where that is so; else one of links beside the output (copies where the file system knows
    no links).

    Raises
    ------
    SenseError
        When the links cannot be made.
    """
    from reconstruction.photograph import photograph_files

    home = photographs[0].parent
    if all(path.parent == home for path in photographs) and set(photograph_files(home)) == set(photographs):
        return home
    folder = _links(output)
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for path in photographs:
            _link(path.absolute(), folder / path.name)
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be written: {reason}.")
        raise SenseError(message(text, path=str(folder), reason=error.strerror or str(error))) from error
    return folder


def forget_links(output: Path) -> None:
    """Remove the links beside an output."""
    shutil.rmtree(_links(output), ignore_errors=True)


def _links(output: Path) -> Path:
    return output.with_name(output.name + _LINKS)


def _link(path: Path, link: Path) -> None:
    for make in (os.symlink, os.link):
        with contextlib.suppress(OSError):
            make(path, link)
            return
    shutil.copy2(path, link)


def write_notes(folder: Path, notes: WorkspaceNotes) -> None:
    """Note something in the folder of a result."""
    content = {"photographs": [str(path) for path in notes.photographs], "edits": notes.edits}
    write_bytes(folder / _NOTES, json.dumps(content, indent=1).encode())


def read_notes(folder: Path) -> WorkspaceNotes:
    """Read what was noted; nothing where nothing was, or where it is damaged."""
    try:
        content = json.loads((folder / _NOTES).read_bytes())
        photographs = tuple(Path(text) for text in content.get("photographs", ()))
        edits = content.get("edits")
    except (OSError, ValueError, TypeError, AttributeError):
        return WorkspaceNotes()
    return WorkspaceNotes(photographs, edits if isinstance(edits, dict) else None)


def recent_results(library: Library) -> list[Path]:
    """Give the folders of reconstructions that were looked at last, the newest first."""
    stored: list[str] = library.settings.get(_RECENT, [])
    return [Path(text) for text in stored if is_result(Path(text))]


def add_recent(library: Library, folder: Path) -> None:
    """Put a folder at the top of the recent ones."""
    others = [str(other) for other in recent_results(library) if other != folder]
    library.settings.set(_RECENT, [str(folder), *others][:_MOST_RECENT])
