"""Looks into the files of the open series for what the voxels do not tell."""

from collections.abc import Callable

from core.errors import SenseError
from core.library import Library
from core.series import Series
from viewers.series_facts import SeriesFacts, find_facts, has_facts
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument


class FactsLoader:
    """Gives `document.take_facts` what is found, in the background.

    Parameters
    ----------
    library : Library
        Where the series is.
    document : ViewerDocument
        Whose series is looked at.
    on_error : callable
        Given the `SenseError` where the library cannot be read.
    """

    def __init__(
        self, library: Library, document: ViewerDocument, on_error: Callable[[SenseError], None]
    ) -> None:
        self._library = library
        self._document = document
        self._looked_at: tuple[object, ...] = ()
        self._calls = BackgroundCalls(on_error)
        document.listen(self._follow)

    def close(self) -> None:
        """End the work in the background."""
        self._calls.close()

    def _follow(self) -> None:
        series = self._document.series
        # A series that grows while its files are being found is looked at again.
        key = () if series is None else (self._document.openings, series.series_uid, series.instances)
        if key != self._looked_at:
            self._looked_at = key
            if series is not None and has_facts(series):
                self._calls.call("facts", lambda: find_facts(self._library, series), self._taker(series))

    def _taker(self, series: Series) -> Callable[[SeriesFacts], None]:
        def take(facts: SeriesFacts) -> None:
            opened = self._document.series
            if opened is not None and opened.series_uid == series.series_uid:
                self._document.take_facts(facts)

        return take
