"""The files that a DICOMDIR names (PS3.10, PS3.3 F)."""

import os
from collections.abc import Iterator

from core.message import QT_TRANSLATE_NOOP, message
from imaging.found_file import Found, Rejected
from imaging.header import DirectoryListing


def listed_files(directory: Found, listing: DirectoryListing) -> Iterator[Found | Rejected]:
    """Give what a DICOMDIR names; a file that is not there is rejected.

    Files beside a DICOMDIR that was met while walking a folder are found by the walk: only missing ones are
    given then.
    """
    if directory.depth:
        return  # the members of an archive are all read anyway
    folder = os.path.dirname(directory.path)  # noqa: PTH120 - names may be in any encoding
    names: dict[str, dict[str, str]] = {}
    for components in listing.files:
        path = _resolve(folder, components, names)
        if path is None:
            name = "/".join(components)
            text = QT_TRANSLATE_NOOP("Message", "{name} is listed in the DICOMDIR but is not there.")
            yield Rejected(os.path.join(folder, name), message(text, name=name))  # noqa: PTH118
        elif not directory.walked:
            yield Found(path, path)


def _resolve(folder: str, components: tuple[str, ...], names: dict[str, dict[str, str]]) -> str | None:
    # Media were written in capitals; what was copied from them often is not, or has version numbers.
    path = folder
    for component in components:
        found = _names(path, names).get(_folded(component))
        if found is None:
            return None
        path = os.path.join(path, found)  # noqa: PTH118
    return path if os.path.isfile(path) else None  # noqa: PTH113


def _names(folder: str, names: dict[str, dict[str, str]]) -> dict[str, str]:
    if folder not in names:
        try:
            names[folder] = {_folded(name): name for name in os.listdir(folder)}  # noqa: PTH208
        except OSError:
            names[folder] = {}
    return names[folder]


def _folded(name: str) -> str:
    return name.partition(";")[0].rstrip(".").upper()
