"""Keeps the annotations of the open series in the library."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer

from core.annotation import Annotation
from core.errors import SenseError
from core.services import Services
from viewers.annotation_store import AnnotationStore
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument

_REST_MS = 300


@dataclass(eq=False)
class _Kept:
    """The annotations of an opened series.

    Parameters
    ----------
    known : tuple of Annotation
        As the library has them, or will have when all saving is done.
    current : tuple of Annotation
        As the document had them last.
    """

    series_uid: str
    part: str
    known: tuple[Annotation, ...] = ()
    current: tuple[Annotation, ...] = ()


class AnnotationKeeper(QObject):
    """Loads annotations when a series opens, and saves them soon after every change.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose annotations are kept.
    """

    def __init__(self, services: Services, document: ViewerDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._store = AnnotationStore(services.library)
        self._calls = BackgroundCalls(services.report_error)
        self._opening = 0
        self._kept: _Kept | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.save)
        document.listen(self._follow)

    def close(self) -> None:
        """Save what has not been saved, and end the work in the background."""
        self._calls.close()
        self.save()

    def save(self) -> None:
        """Save what has changed, at once: a few rows, which takes a few milliseconds."""
        self._rest.stop()
        kept = self._kept
        if kept is None or kept.current == kept.known:
            return
        try:
            self._store.save(kept.series_uid, kept.part, kept.current, [one.uid for one in kept.known])
        except SenseError as error:
            self._services.report_error(error)
            return
        kept.known = kept.current

    def _follow(self) -> None:
        document = self._document
        if document.openings != self._opening or (document.volume is None and self._kept is not None):
            self.save()
            self._opening = document.openings
            self._enter()
        elif self._kept is not None and self._kept.current != document.annotations.items:
            self._kept.current = document.annotations.items
            self._rest.start()

    def _enter(self) -> None:
        series, volume = self._document.listed_series, self._document.volume
        self._kept = None
        if series is None or volume is None:
            return
        self._kept = _Kept(series.series_uid, series.part)
        # In made-up coordinates the parts of a series would lie on top of each other.
        part = None if volume.lps_known else series.part
        work = partial(self._store.load, series.series_uid, part)
        self._calls.call("load", work, partial(self._loaded, self._opening))

    def _loaded(self, opening: int, found: tuple[Annotation, ...]) -> None:
        if opening == self._opening and self._kept is not None and found:
            self._kept.known = found
            self._kept.current = (*found, *self._kept.current)
            self._document.annotations.take(found)
