"""Goes to an image that a report names, whatever series it belongs to."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from core.coded_concept import InstanceReference
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, message
from core.series import Series
from core.services import Services
from viewers.library_list import series_key
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument

Found = tuple[Series, NDArray[np.float64]]


class ImageLinks(QObject):
    """Finds an image in the library and puts the views on it; opens its series first where need be.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose views go there.
    """

    series_wanted = Signal(object)

    def __init__(self, services: Services, document: ViewerDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._calls = BackgroundCalls(services.report_error)
        self._waiting: Found | None = None

    def follow(self, reference: InstanceReference) -> None:
        """Go to an image."""
        self._calls.call("image", self._finder(reference), self._go)

    def series_opened(self) -> None:
        """Tell that the series that was asked for is open."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and self._shows(waiting[0]):
            self._document.go_to(waiting[1])

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()

    def _finder(self, reference: InstanceReference) -> Callable[[], Found]:
        def find() -> Found:
            from imaging.index import StudyIndex
            from viewers.image_places import find_image

            with StudyIndex.open(self._services.library) as index:
                found = find_image(index, reference)
            if found is None:
                text = QT_TRANSLATE_NOOP("Message", "The image is not in the library.")
                raise BadInput(message(text))
            return found

        return find

    def _go(self, found: Found) -> None:
        series, point = found
        if self._shows(series):
            self._document.go_to(point)
        else:
            self._waiting = found
            self.series_wanted.emit(series)

    def _shows(self, series: Series) -> bool:
        shown = self._document.series
        return shown is not None and series_key(shown) == series_key(series)
