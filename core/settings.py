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
from core.errors import SenseError
from core.file_lock import file_lock

_log = logging.getLogger(__name__)
T = TypeVar("T")
# Changes that come in a burst, such as a panel being dragged, are written together.
_GATHER_S = 0.3


class Settings:
    """Values by dotted key; written through on every change, or behind it by a thread (`write_behind`).

    A file that cannot be read is set aside (`settings.json.broken`) and the defaults hold: settings are never
    worth a program that does not start.

    Parameters
    ----------
    path : Path
        JSON file, made on the first change.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._storing = threading.Lock()  # taken before the other one
        self._listeners: list[Callable[[str], None]] = []
        self._values = self._read()
        self._waiting: dict[str, Any] = {}
        self._wake, self._end = threading.Event(), threading.Event()
        self._writer: threading.Thread | None = None

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
            behind = self._writer is not None
            if behind:
                self._values[key] = self._waiting[key] = stored
                self._wake.set()
        if not behind:
            self._store({key: stored})
        for listener in list(self._listeners):
            listener(key)

    def write_behind(self) -> None:
        """Let a thread write from now on, so that a slow disk never holds up the one that sets.

        What cannot be written is logged, and holds until the program ends. End it with `write_through`.
        """
        if self._writer is None:
            self._end.clear()
            self._writer = threading.Thread(target=self._write_on, name="settings", daemon=True)
            self._writer.start()

    def write_through(self) -> None:
        """Write what waits and write every later change at once again."""
        if self._writer is not None:
            self._end.set()
            self._wake.set()
            self._writer.join()
            self._writer = None
            self._store_waiting()

    def clear(self) -> None:
        """Forget every choice and tell the listeners, key by key."""
        with self._storing:
            with file_lock(self._path.with_suffix(".lock")):
                write_bytes(self._path, b"{}")
            with self._lock:
                keys = list(self._values)
                self._values, self._waiting = {}, {}
        for key in keys:
            for listener in list(self._listeners):
                listener(key)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call `listener(key)` after every change."""
        self._listeners.append(listener)

    def _write_on(self) -> None:
        """Write what waits, in a thread of its own, until the end."""
        while not self._end.is_set():
            self._wake.wait()
            self._end.wait(_GATHER_S)
            self._wake.clear()
            self._store_waiting()

    def _store_waiting(self) -> None:
        with self._lock:
            changes, self._waiting = self._waiting, {}
        if not changes:
            return
        try:
            self._store(changes)
        except (OSError, SenseError) as error:
            _log.warning("settings could not be written: %s", type(error).__name__)
            with self._lock:
                self._waiting = {**changes, **self._waiting}  # tried again with the next change

    def _store(self, changes: dict[str, Any]) -> None:
        """Bring `changes` to the file, and what others wrote there to us."""
        with self._storing:
            with self._lock:
                ours = dict(self._values)
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with file_lock(self._path.with_suffix(".lock")):
                values = {**ours, **self._read(), **changes}
                write_bytes(self._path, json.dumps(values, indent=2, sort_keys=True).encode())
            with self._lock:
                self._values = {**values, **self._waiting}

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
