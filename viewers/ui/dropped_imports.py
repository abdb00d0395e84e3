"""Imports what the user dropped or chose, and opens the first series that comes."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import SenseError
from core.message import QT_TRANSLATE_NOOP, message
from core.progress import SILENT, Progress
from core.series import Series
from core.services import Services
from viewers.dropped_files import import_dropped, rejection_notices
from viewers.object_kinds import OBJECT_MODALITIES
from viewers.ui.import_progress import IMPORT_GROUP

if TYPE_CHECKING:
    from imaging.importing import ImportResult

_numbers = itertools.count(1)


class DroppedImports(QObject):
    """Runs imports as jobs; several may run beside each other.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    series_known = Signal(object, bool)
    ended = Signal()
    _known = Signal(int, object)
    _ended = Signal(int)
    _failed = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._newest = 0
        self._opened = False
        self._derived: Series | None = None
        self._known.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(services.report_error, Qt.ConnectionType.QueuedConnection)

    def start(self, paths: list[Path]) -> None:
        """Import `paths`; the first series of the newest import is to be opened."""
        self._newest = number = next(_numbers)
        self._opened = False
        self._derived = None
        title = message(QT_TRANSLATE_NOOP("Message", "Import files"))
        group = f"{IMPORT_GROUP}:{number}"
        self._services.runner.submit(title, self._run, paths, number, group=group)

    def _run(self, paths: list[Path], number: int, *, progress: Progress = SILENT) -> "ImportResult":
        # In a working thread. The jobs panel lists what the result has rejected.
        library = self._services.library
        on_series = lambda series: self._known.emit(number, series)  # noqa: E731
        try:
            result = import_dropped(library, paths, on_series, progress=progress)
            for notice in rejection_notices(result):
                self._failed.emit(notice)
            return result
        except SenseError as error:
            self._failed.emit(error)
            raise
        finally:
            self._ended.emit(number)

    def _tell(self, number: int, series: Series) -> None:
        waits = number == self._newest and not self._opened
        derived = series.modality in OBJECT_MODALITIES
        if waits and derived:
            # Its images may be on their way; they come first.
            self._derived = self._derived or series
        opens = waits and not derived and series.geometry is not None
        self._opened = self._opened or opens
        self.series_known.emit(series, opens)

    def _end(self, number: int) -> None:
        if number == self._newest and not self._opened and self._derived is not None:
            self._opened = True
            self.series_known.emit(self._derived, True)
        self.ended.emit()
