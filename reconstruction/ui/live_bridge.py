"""Brings what following a camera tells from its thread to the window's."""

import threading

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import SenseError
from reconstruction.slam.live_moment import MapView, Moment


class LiveBridge(QObject):
    """Emits `came(moment)` for the newest moment, `map_came(MapView)`, and `ended_with(error)`.

    A moment that comes while the window still draws the one before replaces it: the window shows what is now.
    """

    came = Signal(object)
    map_came = Signal(object)
    ended_with = Signal(object)
    _news = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: Moment | None = None
        self._map: MapView | None = None
        self._news.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def moment(self, moment: Moment) -> None:
        """Take a moment from the thread."""
        with self._lock:
            waiting = self._newest is not None
            self._newest = moment
            self._map = moment.map or self._map
        if not waiting:
            self._news.emit()

    def ended(self, error: SenseError | None) -> None:
        """Take the end from the thread."""
        self.ended_with.emit(error)

    def _deliver(self) -> None:
        with self._lock:
            moment, self._newest = self._newest, None
            shown, self._map = self._map, None
        if shown is not None:
            self.map_came.emit(shown)
        if moment is not None:
            self.came.emit(moment)
