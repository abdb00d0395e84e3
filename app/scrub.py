"""Texts without what could name a patient: no paths of files, no values."""

import re
from pathlib import Path
from traceback import FrameSummary, StackSummary, extract_tb
from types import TracebackType

_SOURCE = Path(__file__).resolve().parents[1]
# The messages of these speak of the program's own names only; others may quote what was read from a file.
_TELLS_NO_DATA = (AttributeError, NameError, ImportError, IndexError, ZeroDivisionError, RecursionError)
_PATH = re.compile(r"""(?<![\w.])(?:[A-Za-z]:\\|\\\\|~?/)[^\s'"<>|:,;()]*[^\s'"<>|:,;().]""")


def is_path(value: object) -> bool:
    """Tell whether a value is an absolute path, as a whole."""
    return isinstance(value, Path) or (isinstance(value, str) and _PATH.match(value) is not None)


def scrub_paths(text: str) -> str:
    """Replace every absolute path by `<path>`, or by its part within the program where it lies there."""
    return _PATH.sub(lambda match: _place(match[0]), text)


def describe_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """Give kind and traceback without values, file names of the user, or messages that may quote data."""
    lines = [f"  {_frame(frame)}" for frame in _frames(trace)]
    lines.append(f"{kind.__module__}.{kind.__qualname__}{_told(error)}")
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        lines += ["caused by", describe_exception(type(cause), cause, cause.__traceback__)]
    return "\n".join(lines)


def _told(error: BaseException) -> str:
    from core.errors import SenseError

    if isinstance(error, SenseError):
        return f": {error.message.text}"  # the template, without the values
    if isinstance(error, OSError) and error.strerror:
        return f": {error.strerror}"
    return f": {scrub_paths(str(error))}" if isinstance(error, _TELLS_NO_DATA) else ""


def _frames(trace: TracebackType | None) -> StackSummary:
    return extract_tb(trace) if trace else StackSummary()


def _frame(frame: FrameSummary) -> str:
    return f"{_place(frame.filename)}:{frame.lineno} in {frame.name}"


def _place(path: str) -> str:
    """Give where in the program or in an installed package a source file lies; "<path>" for all else."""
    try:
        return Path(path).resolve().relative_to(_SOURCE).as_posix() if _is_source(path) else _package(path)
    except (ValueError, OSError):
        return _package(path)


def _is_source(path: str) -> bool:
    return path.endswith((".py", ".so", ".pyd", ".qm", ".svg", ".qss")) and ".venv" not in path


def _package(path: str) -> str:
    for marker in ("site-packages/", "site-packages\\"):
        if marker in path:
            return path.rpartition(marker)[2].replace("\\", "/")
    library = re.search(r"/lib/python3[^/]*/(.+\.py)$", path)
    return library[1] if library else "<path>"
