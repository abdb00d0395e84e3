"""The windows that bring studies in and out: the PACS page and the de-identification."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.series import Series
from core.services import Services
from viewers.ui.pacs_exchange import PacsExchange
from viewers.viewer_document import ViewerDocument

if TYPE_CHECKING:
    from viewers.ui.deidentify_page import DeidentifyPage
    from viewers.ui.pacs_page import PacsPage


class ExchangePages(QObject):
    """Makes each page when it is first asked for.

    `series_known(series)` and `study_came(retrieved)` tell what came from a server.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose series is offered for sending and for de-identification.
    parent : QWidget
        Over which the pages stand.
    """

    series_known = Signal(object)
    study_came = Signal(object)

    def __init__(self, services: Services, document: ViewerDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._parent = parent
        self._exchange = PacsExchange(services, self)
        self._exchange.series_known.connect(self.series_known)
        self.pacs: PacsPage | None = None
        self.deidentify: DeidentifyPage | None = None

    def show_pacs(self) -> None:
        """Open the PACS page."""
        from viewers.ui.pacs_page import PacsPage

        if self.pacs is None:
            self.pacs = PacsPage(
                self._services, self._exchange, lambda: self._document.listed_series, self._parent
            )
            self.pacs.study_came.connect(self.study_came)
        self.pacs.show()
        self.pacs.raise_()
        self.pacs.activateWindow()

    def show_deidentify(self, selected: Series | None) -> None:
        """Open the page that de-identifies files, at first those of the open or else a selected series."""
        from viewers.ui.deidentify_page import DeidentifyPage

        if self.deidentify is None:
            self.deidentify = DeidentifyPage(self._services, self._parent)
        self.deidentify.open_with(self._document.listed_series or selected)

    def close(self) -> None:
        """End the work in the background."""
        self._exchange.close()
        if self.deidentify is not None:
            self.deidentify.close_page()
