"""The user's choices, kept in one JSON file of the library."""

import contextlib
import copy
import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from core.atomic_write import write_bytes
from core.file_lock import file_lock

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Settings:
    """Values by dotted key; written through on every change.

    A file that cannot be read is set aside (`settings.json.broken`) and the defaults hold: settings are never
    worth a program that does not start.

    Parameters
    ----------
    path : Path
        JSON file, made on the first change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._listeners: list[Callable[[str], None]] = []
        self._values = self._read()

    def get(self, key: str, default: T) -> T:
        """Give a copy of the value of `key`, or `default` when it is absent or of another type.

        A whole number stands for a float too; every type fits a default of None.
        """
        with self._lock:
            value: Any = copy.deepcopy(self._values.get(key, default))
        if isinstance(default, float) and type(value) is int:
            value = float(value)
        return cast(T, value) if default is None or type(value) is type(default) else default

    def set(self, key: str, value: Any) -> None:
        """Store `value` (anything JSON holds; tuples become lists) under `key` and tell the listeners.

        What another process has written in the meantime under other keys is kept.
        """
        stored = json.loads(json.dumps(value))
        with self._lock:
            if key in self._values and self._values[key] == stored:
                return
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with file_lock(self._path.with_suffix(".lock")):
                values = {**self._values, **self._read(), key: stored}
                data = json.dumps(values, indent=2, sort_keys=True)
                write_bytes(self._path, data.encode())
            self._values = values
        for listener in list(self._listeners):
            listener(key)

    def clear(self) -> None:
        """Forget every choice and tell the listeners, key by key."""
        with self._lock:
            keys = list(self._values)
            with file_lock(self._path.with_suffix(".lock")):
                write_bytes(self._path, b"{}")
            self._values = {}
        for key in keys:
            for listener in list(self._listeners):
                listener(key)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(key)` after every change."""
        self._listeners.append(listener)

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self._path.read_bytes())
            if not isinstance(values, dict):
                raise ValueError("not an object")
            return cast(dict[str, Any], values)
        except FileNotFoundError:
            return {}
        except OSError as error:
            _log.warning("settings could not be read: %s", error.strerror)
        except (ValueError, RecursionError):
            _log.warning("settings could not be understood and were set aside")
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".json.broken"))
        return {}
