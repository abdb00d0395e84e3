"""Series dragged from the library onto the views."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from core.series import Series
from core.services import Services
from viewers.library_list import SERIES_MIME_TYPE, SeriesKey, decode_series
from viewers.ui.background_calls import BackgroundCalls


class SeriesDrop(QObject):
    """Watches a widget for drops of series; other drops are left to the window.

    Parameters
    ----------
    services : Services
        Whose library is looked into.
    target : QWidget
        Where series may be dropped.
    """

    dropped = Signal(object)

    def __init__(self, services: Services, target: QWidget) -> None:
        super().__init__(target)
        self._library = services.library
        self._calls = BackgroundCalls(services.report_error)
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(event, QDropEvent):
            return False
        keys = decode_series(bytes(event.mimeData().data(SERIES_MIME_TYPE).data()))
        if not keys:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self._calls.call("drop", lambda: self._find(keys[0]), self._tell)
        return True

    def _find(self, key: SeriesKey) -> Series | None:
        from imaging.index import StudyIndex

        with StudyIndex.open(self._library) as index:
            # A derived object is listed without its parts.
            return next(iter(index.find_series(*key) or index.find_series(key[0])), None)

    def _tell(self, series: Series | None) -> None:
        if series is not None:
            self.dropped.emit(series)
