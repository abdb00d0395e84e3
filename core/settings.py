"""The user's choices, kept in one JSON file of the library."""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from core.atomic_write import write_bytes

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
        self._values: dict[str, Any] = {}
        self._listeners: list[Callable[[str], None]] = []
        if path.exists():
            self._read()

    def get(self, key: str, default: T) -> T:
        """Give the value of `key`, or `default` when it is absent or of another type than the default."""
        with self._lock:
            value = self._values.get(key, default)
        return value if isinstance(value, type(default)) else default

    def set(self, key: str, value: Any) -> None:
        """Store `value` (anything JSON holds) under `key` and tell the listeners."""
        with self._lock:
            if self._values.get(key) == value and key in self._values:
                return
            self._values[key] = value
            data = json.dumps(self._values, indent=2, ensure_ascii=False, sort_keys=True)
            write_bytes(self._path, data.encode())
        for listener in list(self._listeners):
            listener(key)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(key)` after every change."""
        self._listeners.append(listener)

    def _read(self) -> None:
        try:
            values = json.loads(self._path.read_bytes())
            if not isinstance(values, dict):
                raise ValueError("not an object")
            self._values = values
        except ValueError:
            _log.warning("settings could not be read and were set aside")
            self._path.replace(self._path.with_suffix(".json.broken"))
