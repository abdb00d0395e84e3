"""Lists of files with times, as data sets have them, brought into order."""

import bisect
from collections.abc import Sequence
from pathlib import Path

from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message

_LARGEST_GAP_S = 0.02  # As TUM's own tool to associate colour and depth.

Timed = tuple[float, Path]


def listed_files(path: Path, seconds: float = 1.0, folder: str = "") -> list[Timed]:
    """Read a list of times and names of files.

    Parameters
    ----------
    path : Path
        Text: a time and a name a line, between them spaces or a comma; `#` begins a comment.
    seconds : float
        How long the list's unit of time is.
    folder : str
        Where the files lie, beside the list.

    Raises
    ------
    BadInput
        When the list cannot be read, a line of it cannot be understood, or it names files elsewhere.
    """
    try:
        lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Message", "{path} cannot be read: {reason}.")
        raise BadInput(message(text, path=str(path), reason=error.strerror or str(error))) from error
    base = path.parent / folder
    found: list[Timed] = []
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].replace(",", " ").split(maxsplit=1)
        if not words:
            continue
        try:
            time_s, name = _time_s(words[0], seconds), words[1].strip()
        except (ValueError, IndexError) as error:
            text = QT_TRANSLATE_NOOP("Message", "{path}: line {line} holds no time and name of a file.")
            raise BadInput(message(text, path=str(path), line=number)) from error
        file = base / name
        if not file.resolve().is_relative_to(path.parent.resolve()):
            text = QT_TRANSLATE_NOOP("Message", "{path}: line {line} names a file outside of its folder.")
            raise BadInput(message(text, path=str(path), line=number))
        found.append((time_s, file))
    if not found:
        raise BadInput(message(QT_TRANSLATE_NOOP("Message", "{path} lists no files."), path=str(path)))
    return found


def in_order(files: Sequence[Timed], source: Path) -> tuple[list[Timed], tuple[Message, ...]]:
    """Sort files by time, leave out those of a time that was there before, and say so."""
    ordered = sorted(files, key=lambda timed: timed[0])
    warnings: list[Message] = []
    if ordered != list(files):
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: the frames were not in the order of time; they are sorted."
        )
        warnings.append(message(text, path=str(source)))
    kept = [timed for at, timed in enumerate(ordered) if not at or timed[0] > ordered[at - 1][0]]
    if len(kept) < len(ordered):
        text = QT_TRANSLATE_NOOP(
            "Message", "{path}: {count} frames have the time of another and are left out."
        )
        warnings.append(message(text, path=str(source), count=len(ordered) - len(kept)))
    return kept, tuple(warnings)


def in_pairs(firsts: Sequence[Timed], seconds: Sequence[Timed]) -> list[tuple[float, Path, Path | None]]:
    """Give to each file the one of the other list, in the order of time, that is nearest and near enough.

    No file is given twice: of two that want it, the nearer one has it.
    """
    times = [time for time, _ in seconds]
    wanted: dict[int, tuple[float, int]] = {}
    for index, (time, _) in enumerate(firsts):
        at = bisect.bisect_left(times, time)
        near = min(
            (i for i in (at - 1, at) if 0 <= i < len(times)), key=lambda i: abs(times[i] - time), default=None
        )
        if near is None or abs(times[near] - time) > _LARGEST_GAP_S:
            continue
        gap = abs(times[near] - time)
        if near not in wanted or gap < wanted[near][0]:
            wanted[near] = (gap, index)
    partner = {index: seconds[near][1] for near, (_, index) in wanted.items()}
    return [(time, path, partner.get(index)) for index, (time, path) in enumerate(firsts)]


def _time_s(word: str, seconds: float) -> float:
    if seconds == 1e-9 and word.isdigit():
        # A float holds no nanoseconds since 1970: keep what it can hold of them.
        whole, rest = divmod(int(word), 1_000_000_000)
        return whole + rest * 1e-9
    value = float(word) * seconds
    if value != value or abs(value) == float("inf"):
        raise ValueError(word)
    return value
