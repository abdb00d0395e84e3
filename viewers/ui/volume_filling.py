"""Slices that come while a series loads, told not too often."""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_FILL_MS = 700


class VolumeFilling(QObject):
    """Tells by `filled`, on the thread that made it, that slices have come since the last time."""

    filled = Signal()
    _came = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=_FILL_MS)
        self._timer.timeout.connect(self.filled)
        self._came.connect(self._soon, Qt.ConnectionType.QueuedConnection)

    def slices_came(self) -> None:
        """Tell soon; from any thread."""
        self._came.emit()

    def stop(self) -> None:
        """Tell no more of what has come so far."""
        self._timer.stop()

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
