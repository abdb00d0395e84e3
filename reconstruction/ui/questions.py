"""Questions about a scene, answered in one thread beside the window's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal


class Questions(QObject):
    """Answers the newest question of a kind; one that is superseded while it waits is never answered."""

    _answered = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._numbers: dict[str, int] = {}
        self._closed = False
        self._answered.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def ask(self, kind: str, find: Callable[[], Any], tell: Callable[[Any], None]) -> None:
        """Call `find()` in the thread and `tell(answer)` here."""
        if self._closed:
            return
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="questions")
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1

        def answer() -> None:
            if self._numbers[kind] == number and not self._closed:
                self._answered.emit(tell, find())

        self._pool.submit(answer)

    def _tell(self, tell: Callable[[Any], None], answer: Any) -> None:
        if not self._closed:
            tell(answer)

    def close(self) -> None:
        """Answer nothing any more; waits for the question that is being answered."""
        self._closed = True
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
