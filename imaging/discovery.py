"""Finding the files of folders, whatever lies in them."""

import os
import stat
from collections.abc import Iterable, Iterator

from core.message import QT_TRANSLATE_NOOP, message
from imaging.found_file import Found, Rejected, is_litter

_FileOrNot = Found | Rejected


def discover(paths: Iterable[str | os.PathLike[str]]) -> Iterator[_FileOrNot]:
    """Give every file of `paths` and of the folders among them, in the order of their names.

    Only regular files are given, and nothing is opened: pipes and devices are named as rejected. Links are
    followed; a folder that was visited already (a loop) is not visited again.
    """
    visited: set[tuple[int, int]] = set()
    for given in paths:
        path = os.path.abspath(os.path.expanduser(os.fspath(given)))  # noqa: PTH100, PTH111 - bytes survive
        yield from _one(path, visited, walked=False)


def count_files(paths: Iterable[str | os.PathLike[str]], most: int = 200_000) -> int:
    """Count the files that `discover` will give, up to `most`."""
    count = 0
    for _ in discover(paths):
        count += 1
        if count >= most:
            break
    return count


def _one(path: str, visited: set[tuple[int, int]], *, walked: bool) -> Iterator[_FileOrNot]:
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError as error:
        yield _unreadable(path, error)
        return
    if stat.S_ISDIR(status.st_mode):
        key = (status.st_dev, status.st_ino)
        if key not in visited:
            visited.add(key)
            yield from _folder(path, visited, walked=walked)
    elif not stat.S_ISREG(status.st_mode):
        yield _reject(path, QT_TRANSLATE_NOOP("Message", "{name} is a pipe or a device and not a file."))
    elif not (walked and is_litter(path)):
        yield Found(path, path, walked=walked)


def _folder(path: str, visited: set[tuple[int, int]], *, walked: bool) -> Iterator[_FileOrNot]:
    try:
        with os.scandir(path) as entries:
            # What the folder itself says saves a question for each of its files.
            plain = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    except OSError as error:
        yield _unreadable(path, error)
        return
    met = False
    prefix = os.path.join(path, "")  # noqa: PTH118
    for name in sorted(plain):
        if plain[name]:
            items = [] if is_litter(prefix + name) else [Found(prefix + name, prefix + name, walked=True)]
        else:
            items = _one(prefix + name, visited, walked=True)
        for item in items:
            met = True
            yield item
    if not met and not walked:
        yield _reject(path, QT_TRANSLATE_NOOP("Message", "{name} is an empty folder."))


def _unreadable(path: str, error: OSError) -> Rejected:
    if isinstance(error, FileNotFoundError):
        broken = os.path.islink(path)  # noqa: PTH114
        if broken:
            return _reject(
                path, QT_TRANSLATE_NOOP("Message", "{name} is a link to something that is not there.")
            )
        return _reject(path, QT_TRANSLATE_NOOP("Message", "{name} is not there."))
    if isinstance(error, PermissionError):
        return _reject(path, QT_TRANSLATE_NOOP("Message", "{name} cannot be opened: permission denied."))
    text = QT_TRANSLATE_NOOP("Message", "{name} cannot be opened: {reason}.")
    return Rejected(
        path,
        message(text, name=os.path.basename(path), reason=error.strerror or "unknown error"),  # noqa: PTH119
    )


def _reject(path: str, text: str) -> Rejected:
    return Rejected(path, message(text, name=os.path.basename(path) or path))  # noqa: PTH119
