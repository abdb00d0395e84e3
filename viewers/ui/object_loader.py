"""Finds the derived objects of the open series and reads those that are to be shown."""

from PySide6.QtCore import QObject, Qt, Signal

from core.command import resolve
from core.errors import Cancelled, SenseError
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from core.services import Services
from imaging.instance import Instance
from viewers.derived_objects import DerivedObject, LayerTarget, find_derived_objects
from viewers.ui.background_calls import BackgroundCalls
from viewers.viewer_document import ViewerDocument
from viewers.volume_sequence import on_one_grid

_Found = tuple[Series, list[DerivedObject], tuple[Instance, ...]]


class ObjectLoader(QObject):
    """Keeps `document.objects` in step with the library and with what the user wants to see.

    Parameters
    ----------
    services : Services
        The program around it.
    document : ViewerDocument
        Whose series the objects belong to.
    """

    _read = Signal(int, object, object)
    _unread = Signal(int, object, object)

    def __init__(self, services: Services, document: ViewerDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._document = document
        self._calls = BackgroundCalls(services.report_error)
        self._series: Series | None = None
        self._instances: tuple[Instance, ...] = ()
        self._opening = 0
        self._jobs: dict[str, int] = {}
        self._to_show = ""
        self._to_find: set[str] = set()
        queued = Qt.ConnectionType.QueuedConnection
        self._read.connect(self._take, queued)
        self._unread.connect(self._fail, queued)
        document.listen(self._follow)

    def refresh(self) -> None:
        """Look for objects again: the library has grown."""
        series = self._document.listed_series
        if series is not None:
            self._calls.call("objects", lambda: self._find(series), self._found)

    def show_when_found(self, series_uid: str) -> None:
        """Show the objects of a derived series, and where they are, as soon as they are found and read."""
        self._to_show = series_uid
        self._show_wanted()

    def close(self) -> None:
        """End the work in the background."""
        self._opening += 1
        self._calls.close()
        self._cancel_jobs()

    # Following the document.

    def _follow(self) -> None:
        series = self._document.series
        if _is_other_time(series, self._series):
            self._series = series
        elif _key(series) != _key(self._series):
            self._series = series
            self._opening += 1
            self._cancel_jobs()
            if self._document.objects.objects:
                self._document.objects.set_objects(())
            self.refresh()
            return
        self._read_wanted()

    def _find(self, series: Series) -> _Found:
        from imaging.index import StudyIndex

        with StudyIndex.open(self._services.library) as index:
            found = find_derived_objects(index, series)
            return series, found, tuple(index.instances(series)) if found else ()

    def _found(self, found: _Found) -> None:
        series, objects, self._instances = found
        if _key(series) == _key(self._series):
            self._document.objects.set_objects(objects)
            self._show_wanted()
            self._read_wanted()

    def _show_wanted(self) -> None:
        objects = self._document.objects
        wanted = [one for one in objects.objects if self._to_show and one.series_uid == self._to_show]
        if wanted:
            self._to_show = ""
        self._to_find.update(one.sop_uid for one in wanted)
        for one in wanted:
            objects.set_visible(one.sop_uid, visible=True)
            self._go_to(one.sop_uid)

    def _go_to(self, sop_uid: str) -> None:
        """Show where an object is, once after it was chosen in the library."""
        layer = self._document.objects.layer(sop_uid)
        if layer is None or sop_uid not in self._to_find:
            return
        self._to_find.discard(sop_uid)
        point = next((found for item in layer.items if (found := layer.centre(item.key)) is not None), None)
        if point is not None:
            self._document.go_to(point)

    # Reading.

    def _read_wanted(self) -> None:
        volume, series = self._document.volume, self._document.series
        if volume is None or series is None:
            return
        target = LayerTarget(series, volume, self._instances, self._document.objects.objects)
        wanted = [one for one in self._document.objects.wanted() if one.sop_uid not in self._jobs]
        for derived in wanted:
            title = message(QT_TRANSLATE_NOOP("Message", "Read {kind}"), kind=Message(derived.kind.title))
            job = self._services.runner.submit(title, self._run, derived, target, self._opening)
            self._jobs[derived.sop_uid] = job.id
        for derived in wanted:
            self._document.objects.set_reading(derived.sop_uid)

    def _run(
        self, derived: DerivedObject, target: LayerTarget, opening: int, *, progress: Progress = SILENT
    ) -> None:
        # In a working thread.
        try:
            layer = resolve(derived.kind.read)(derived, target, progress=progress)
        except SenseError as error:
            self._unread.emit(opening, derived, error.message)
            raise
        except Cancelled:
            raise
        except Exception as error:
            # The job says so, too, and logs the cause; here it ends the waiting.
            text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
            self._unread.emit(opening, derived, message(text, kind=type(error).__name__))
            raise
        self._read.emit(opening, derived, layer)

    def _take(self, opening: int, derived: DerivedObject, layer: object) -> None:
        if opening == self._opening:
            self._jobs.pop(derived.sop_uid, None)
            self._document.objects.set_layer(derived.sop_uid, layer)
            self._go_to(derived.sop_uid)
            if derived.kind.chosen and self._document.objects.look(derived.sop_uid).visible:
                resolve(derived.kind.chosen)(self._document, layer)

    def _fail(self, opening: int, derived: DerivedObject, reason: Message) -> None:
        if opening == self._opening:
            self._jobs.pop(derived.sop_uid, None)
            self._document.objects.set_failure(derived.sop_uid, reason)

    def _cancel_jobs(self) -> None:
        for job in self._jobs.values():
            self._services.runner.cancel(job)
        self._jobs.clear()


def _is_other_time(series: Series | None, before: Series | None) -> bool:
    """Tell whether a series plays on: what belongs to it, and where it lies, stays the same."""
    same = series is not None and before is not None and series.series_uid == before.series_uid
    return same and bool(on_one_grid(before, (series,)))


def _key(series: Series | None) -> tuple[str, str] | None:
    return None if series is None else (series.series_uid, series.part)
