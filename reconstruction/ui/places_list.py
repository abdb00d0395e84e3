"""The pictures that were looked for in a map: one of them is chosen and shown beside its place."""

from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.errors import SenseError
from reconstruction.slam.live_moment import Moment
from reconstruction.slam.localize_command import LocalizeReport
from reconstruction.slam.placed_picture import placed_picture


class PlacesList(QListWidget):
    """Lists pictures by name, with how surely each is placed.

    Signals: `loaded(Moment)` for the picture that was chosen last, `failed(SenseError)` where it is gone.
    """

    loaded = Signal(object)
    failed = Signal(object)
    _came = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: LocalizeReport | None = None
        self._threads = ThreadPoolExecutor(1, "pictures")
        self._newest = 0
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.currentItemChanged.connect(self._choose)
        self.setVisible(False)
        self.retranslate()

    def show_report(self, report: LocalizeReport) -> None:
        """List what was looked for, and show the first picture that was found."""
        self._report = None
        self.clear()
        for name in report.poses:
            self.addItem(QListWidgetItem(name))
        self._report = report
        self.retranslate()
        self.setVisible(True)
        found = [row for row, place in enumerate(report.poses.values()) if place is not None]
        self.setCurrentRow(found[0] if found else 0)

    def forget(self) -> None:
        """List nothing."""
        self._report = None
        self._newest += 1
        self.clear()
        self.setVisible(False)

    def close_threads(self) -> None:
        """Read no more pictures."""
        self._newest += 1
        self._threads.shutdown(wait=True, cancel_futures=True)

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.setAccessibleName(self.tr("Pictures that were looked for in the map"))
        if self._report is None:
            return
        unit = " m" if self._report.is_metric else ""
        for row, (name, place) in enumerate(self._report.poses.items()):
            known = self.tr("not known")
            if place is not None:
                known = f"±{place.position_sigma_m:.3f}{unit}"
            self.item(row).setText(f"{name}\n{known}")

    def _choose(self, item: QListWidgetItem | None) -> None:
        report = self._report
        if item is None or report is None or report.world is None:
            return
        name = list(report.poses)[self.row(item)]
        self._newest += 1
        self._threads.submit(self._load, self._newest, report, name)

    def _load(self, number: int, report: LocalizeReport, name: str) -> None:
        if number != self._newest or report.world is None:
            return
        try:
            made = placed_picture(report.files[name], report.poses[name], report.world, report.lenses)
        except SenseError as error:
            self._came.emit(number, error)
            return
        self._came.emit(number, made)

    def _deliver(self, number: int, made: object) -> None:
        if number != self._newest:
            return
        if isinstance(made, Moment):
            self.loaded.emit(made)
        else:
            self.failed.emit(made)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
