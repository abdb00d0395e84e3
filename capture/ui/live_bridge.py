"""Brings what a capture tells from its thread to the main thread."""

import threading

from PySide6.QtCore import QObject, Qt, Signal

from capture.live import Moment
from capture.recording import Recording
from core.errors import SenseError


class LiveBridge(QObject):
    """Emits `came(moment)` for the newest moment, and `ended(error, recording)`.

    A moment that comes while the window still draws the one before replaces it: the window shows what is now.
    """

    came = Signal(object)
    ended_with = Signal(object, object)
    _news = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: Moment | None = None
        self._news.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def moment(self, moment: Moment) -> None:
        """Take a moment from the thread."""
        with self._lock:
            waiting = self._newest is not None
            self._newest = moment
        if not waiting:
            self._news.emit()

    def ended(self, error: SenseError | None, recording: Recording | None) -> None:
        """Take the end from the thread."""
        self.ended_with.emit(error, recording)

    def _deliver(self) -> None:
        with self._lock:
            moment, self._newest = self._newest, None
        if moment is not None:
            self.came.emit(moment)
