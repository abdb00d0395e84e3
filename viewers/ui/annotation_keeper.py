"""Keeps the annotations of the open series in the library."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer

from core.annotation import Annotation
from core.errors import SenseError
from core.services import Services
from imaging.pixel_calibration import PixelCalibration
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
    known_calibration, calibration : PixelCalibration, optional
        Likewise how the reader calibrated the images.
    """

    series_uid: str
    part: str
    known: tuple[Annotation, ...] = ()
    current: tuple[Annotation, ...] = ()
    known_calibration: PixelCalibration | None = None
    calibration: PixelCalibration | None = None

    @property
    def saved(self) -> bool:
        """Whether the library has everything."""
        return self.current == self.known and self.calibration == self.known_calibration


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
        if kept is None or kept.saved:
            return
        try:
            if kept.calibration != kept.known_calibration:
                self._store.save_calibration(kept.series_uid, kept.calibration)
            self._store.save(kept.series_uid, kept.part, kept.current, [one.uid for one in kept.known])
        except SenseError as error:
            self._services.report_error(error)
            return
        kept.known, kept.known_calibration = kept.current, kept.calibration

    def _follow(self) -> None:
        document = self._document
        if document.openings != self._opening or (document.volume is None and self._kept is not None):
            self.save()
            self._opening = document.openings
            self._enter()
        elif self._kept is not None:
            self._kept.current = document.annotations.items
            self._kept.calibration = document.annotations.calibration
            if not self._kept.saved and not self._rest.isActive():
                self._rest.start()

    def _enter(self) -> None:
        series, volume = self._document.listed_series, self._document.volume
        self._kept = None
        if series is None or volume is None:
            return
        self._kept = _Kept(series.series_uid, series.part)
        # In made-up coordinates the parts of a series would lie on top of each other.
        part = None if volume.lps_known else series.part
        uid = series.series_uid

        def work() -> tuple[tuple[Annotation, ...], PixelCalibration | None]:
            return self._store.load(uid, part), self._store.load_calibration(uid)

        self._calls.call("load", work, partial(self._loaded, self._opening))

    def _loaded(self, opening: int, loaded: tuple[tuple[Annotation, ...], PixelCalibration | None]) -> None:
        found, calibration = loaded
        if opening != self._opening or self._kept is None:
            return
        annotations = self._document.annotations
        self._kept.known, self._kept.known_calibration = found, calibration
        if found:
            annotations.take(found)
        if calibration is not None and annotations.calibration is None:
            annotations.take_calibration(calibration)
