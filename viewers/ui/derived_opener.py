"""Opens a series of the library: images as they are, a derived object on the images that it refers to."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.command import resolve
from core.errors import BadInput
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.series import Series
from core.services import Services
from viewers.derived_objects import Opening, find_opening, may_be_derived
from viewers.ui.background_calls import BackgroundCalls


class DerivedOpener(QObject):
    """Tells what is to be opened for a series that the user chose.

    `images_wanted(series, referenced)` comes before `object_wanted(series_uid)`, which names the derived
    series to be shown on these images; `referenced` tells that they are there for its sake.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    images_wanted = Signal(object, bool)
    object_wanted = Signal(str)

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._parent = parent
        self._calls = BackgroundCalls(services.report_error)

    def open(self, series: Series) -> None:
        """Open a series; a newer call supersedes one that still looks for the images."""
        if may_be_derived(series):
            self._calls.call("open", lambda: self._find(series), self._found)
        else:
            self._calls.call("open", lambda: None, lambda _: None)
            self.images_wanted.emit(series, False)

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()

    def _find(self, series: Series) -> Opening:
        from imaging.index import StudyIndex

        with StudyIndex.open(self._services.library) as index:
            return find_opening(index, series)

    def _found(self, opening: Opening) -> None:
        derived = opening.derived
        if opening.images is not None:
            self.images_wanted.emit(opening.images, opening.referenced)
        if derived is None:
            return
        if opening.referenced:
            self.object_wanted.emit(derived.series_uid)
        if derived.kind.page:
            resolve(derived.kind.page)(self._services, derived, self._parent)
        elif not opening.referenced:
            text = QT_TRANSLATE_NOOP("Message", "{kind}: its images are not in the library.")
            hint = QT_TRANSLATE_NOOP("Message", "Import them to see it in its place.")
            kind = Message(derived.kind.title)
            self._services.report_error(BadInput(message(text, kind=kind), message(hint)))
