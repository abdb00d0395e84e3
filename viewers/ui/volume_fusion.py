"""Shows another volume of the same frame of reference with that of the 3D view."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from core.errors import Cancelled, SenseError
from core.library import Library
from core.message import QT_TRANSLATE_NOOP, Message, message
from core.progress import SILENT, Progress
from core.series import Series
from core.services import Services
from viewers.fusion import Partner, fusion_partners, load_partner
from viewers.ui.background_calls import BackgroundCalls
from viewers.volume_scene import Fusion

if TYPE_CHECKING:
    from viewers.ui.volume_view import VolumeView

_HIGHEST_THRESHOLD = 0.95


class _Relay(QObject):
    """Lives as long as the job that tells by it."""

    loaded = Signal(object, object)
    failed = Signal(object, object)


class VolumeFusion(QObject):
    """Finds what can be fused, loads what the scene names, and gives it to the canvas.

    `changed` tells that `partners`, `shown` or `loading` did.

    Parameters
    ----------
    services : Services
        The program around it.
    view : VolumeView
        Whose scene says what is fused.
    """

    changed = Signal()

    def __init__(self, services: Services, view: "VolumeView") -> None:
        super().__init__(view)
        self._services = services
        self._view = view
        self._calls = BackgroundCalls(services.report_error)
        self._relay = _Relay()
        queued = Qt.ConnectionType.QueuedConnection
        self._relay.loaded.connect(self._take, queued)
        self._relay.failed.connect(self._fail, queued)
        self._partner: Partner | None = None
        self._wanted: Fusion | None = None
        self._job: int | None = None
        self.partners: tuple[Series, ...] = ()

    @property
    def shown(self) -> Series | None:
        """The series that is fused or will be as soon as it is loaded."""
        scene = self._view.scene
        fusion = None if scene is None else scene.fusion
        if fusion is None:
            return None
        return next((one for one in self.partners if (one.series_uid, one.part) == fusion.key), None)

    @property
    def loading(self) -> bool:
        """Whether it is being loaded."""
        return self._job is not None

    @property
    def settings(self) -> Fusion | None:
        """How it is shown; None where nothing is fused."""
        return None if self._view.scene is None else self._view.scene.fusion

    @property
    def has_threshold(self) -> bool:
        """Whether it is loaded, and its values are shown from a threshold on."""
        return self._partner is not None and self._partner.has_threshold

    # What the user does

    def fuse(self, series: Series) -> None:
        """Show a series of `partners` with the volume."""
        title = message(QT_TRANSLATE_NOOP("Message", "Fuse series"))
        self._view.looks.set_fusion(Fusion(series.series_uid, series.part), title)

    def set_strength(self, strength: float) -> None:
        """Show it more or less strongly, 0 to 1; one edit until something else is done."""
        title = message(QT_TRANSLATE_NOOP("Message", "Change fusion strength"))
        self._change(title, "fusion-strength", strength=strength)

    def set_threshold(self, threshold: float) -> None:
        """Show its values from a share of their range on, 0 to 0.95; one edit likewise."""
        title = message(QT_TRANSLATE_NOOP("Message", "Change fusion threshold"))
        self._change(title, "fusion-threshold", threshold=min(threshold, _HIGHEST_THRESHOLD))

    def _change(self, title: Message, stroke: str, **changes: float) -> None:
        now = self.settings
        if now is not None and replace(now, **changes) != now:
            changed = replace(now, **changes)
            self._view.looks.set_fusion(changed, title, f"{stroke}-{now.series_uid}-{now.part}")

    def remove(self) -> None:
        """Show the volume alone."""
        if self._view.scene is not None and self._view.scene.fusion is not None:
            self._view.looks.set_fusion(None, message(QT_TRANSLATE_NOOP("Message", "Remove fusion")))

    # Following the view

    def volume_changed(self) -> None:
        """Follow the view to another volume: look for what can be fused with it."""
        self._forget()
        scene = self._view.scene
        self._partner, self.partners = None, ()
        self._wanted = None if scene is None else scene.fusion
        series = self._view.series
        if series is not None and series.series_uid and self._view.scene is not None:
            library = self._services.library
            self._calls.call("partners", lambda: fusion_partners(library, series), self._found)
        self.changed.emit()

    def follow(self) -> None:
        """Follow the view to another scene; quick where nothing has changed."""
        scene = self._view.scene
        fusion = None if scene is None else scene.fusion
        if fusion == self._wanted:
            return
        other = fusion is None or self._wanted is None or fusion.key != self._wanted.key
        self._wanted = fusion
        if other:
            self._forget()
        self._show()
        self.changed.emit()

    def close(self) -> None:
        """End the work in the background."""
        self._forget()
        self._calls.close()

    def _forget(self) -> None:
        if self._job is not None:
            self._services.runner.cancel(self._job)
            self._job = None

    def _found(self, partners: tuple[Series, ...]) -> None:
        self.partners = partners
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Give the canvas what is loaded, or load it."""
        fusion, partner, series = self._wanted, self._partner, self.shown
        if fusion is None:
            self._partner = None
            self._view.canvas.set_fused(None)
        elif partner is not None and (partner.series.series_uid, partner.series.part) == fusion.key:
            self._view.canvas.set_fused((partner.renderer, partner.look(fusion)))
        elif series is not None and self._job is None:
            self._view.canvas.set_fused(None)
            title = message(QT_TRANSLATE_NOOP("Message", "Load series to be fused"))
            arguments = (self._services.library, series, fusion.key, self._relay)
            self._job = self._services.runner.submit(title, _load, *arguments).id

    def _take(self, key: tuple[str, str], partner: Partner) -> None:
        if self._wanted is not None and self._wanted.key == key:
            self._job, self._partner = None, partner
            self._show()
            self.changed.emit()

    def _fail(self, key: tuple[str, str], error: SenseError) -> None:
        if self._wanted is not None and self._wanted.key == key:
            self._job = None
            self._services.report_error(error)
            self.remove()


def _load(
    library: Library, series: Series, key: tuple[str, str], relay: _Relay, *, progress: Progress = SILENT
) -> None:
    """Load in a working thread."""
    try:
        relay.loaded.emit(key, load_partner(library, series, progress=progress))
    except SenseError as error:
        relay.failed.emit(key, error)
        raise
    except Cancelled:
        raise
    except Exception as error:
        # The job says so, too, and logs the cause; here it ends the waiting.
        text = QT_TRANSLATE_NOOP("Message", "Something unexpected went wrong ({kind}).")
        relay.failed.emit(key, SenseError(message(text, kind=type(error).__name__)))
        raise
