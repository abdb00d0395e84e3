"""Sessions that several users share, let go in the order of their last use when they take too much memory."""

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from models.session import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEFAULT_BUDGET_BYTES = 2 * 2**30


class SessionCache:
    """Opens every network once.

    Parameters
    ----------
    budget_bytes : int
        How large the weights of the sessions may be together; the newest stays even where it alone is larger.
    """

    def __init__(self, budget_bytes: int = DEFAULT_BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._sessions: OrderedDict[tuple[Path, tuple[str, ...], bool], tuple[InferenceSession, int]] = (
            OrderedDict()
        )
        self._lock = threading.Lock()

    def session(
        self, path: Path, providers: tuple[str, ...] = (), size_bytes: int = 0, *, precise: bool = False
    ) -> "InferenceSession":
        """Give the session of the file, opened now where there is none; `precise` as in `open_session`.

        Raises
        ------
        BadInput
            When ONNX Runtime refuses it.
        """
        key = (path, providers, precise)
        with self._lock:
            if key not in self._sessions:
                self._make_room(size_bytes)
                self._sessions[key] = (open_session(path, providers or None, precise=precise), size_bytes)
            self._sessions.move_to_end(key)
            return self._sessions[key][0]

    def _make_room(self, size_bytes: int) -> None:
        while self._sessions and self.size_bytes + size_bytes > self._budget_bytes:
            self._sessions.popitem(last=False)

    @property
    def size_bytes(self) -> int:
        """Bytes of the weights of all sessions."""
        return sum(size for _, size in self._sessions.values())

    def clear(self) -> None:
        """Let all sessions go; one that runs ends first."""
        with self._lock:
            self._sessions.clear()
