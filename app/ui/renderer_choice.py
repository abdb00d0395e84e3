"""What draws 3D pictures: the choice, what was measured, and a button to measure again."""

import threading

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.settings import Settings
from render.backend import CHOSEN, Backend, measure_apart, measured

_POLL_MS = 200


class RendererChoice(QWidget):
    """Follows and changes the settings of the renderers.

    Parameters
    ----------
    settings : Settings
        Where the choice and the measured speeds are kept.
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._measuring: threading.Thread | None = None
        self.backend = QComboBox(self)
        for value in ("", *(backend.value for backend in Backend)):
            self.backend.addItem("", value)
        self.backend.activated.connect(lambda: settings.set(CHOSEN, self.backend.currentData()))
        self.measure = QPushButton(self)
        self.measure.clicked.connect(self._measure)
        self._speeds = QLabel(self, wordWrap=True)
        self._speeds.setProperty("dim", True)
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._look)
        row = QHBoxLayout()
        row.addWidget(self.backend, 1)
        row.addWidget(self.measure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._speeds)
        self.read()
        self.retranslate()

    def read(self) -> None:
        """Show what the settings say."""
        self.backend.setCurrentIndex(max(0, self.backend.findData(self._settings.get(CHOSEN, ""))))
        self._speeds.setText(self._measured_text())

    def speeds(self) -> str:
        """Give the sentence about what was measured."""
        return self._speeds.text()

    def _measure(self) -> None:
        self._measuring = measure_apart(self._settings)
        self._poll.start()
        self._show_measuring()

    def _look(self) -> None:
        if self._measuring is None or not self._measuring.is_alive():
            self._measuring = None
            self._poll.stop()
            self._show_measuring()

    def _show_measuring(self) -> None:
        self.measure.setEnabled(self._measuring is None)
        self._speeds.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # a form gives it one line
        self._speeds.setText(self._measured_text())

    def _measured_text(self) -> str:
        if self._measuring is not None:
            return self.tr("Measuring…")
        found = measured(self._settings)
        if found is None:
            return self.tr("Not measured yet: the first start does so after some seconds.")
        if found.vtk_ms is None:
            return self.tr("Processor: {native} ms. No graphics processor draws here.").format(
                native=round(found.native_ms)
            )
        return self.tr("Processor: {native} ms. VTK: {vtk} ms on {device}.").format(
            native=round(found.native_ms), vtk=round(found.vtk_ms), device=found.device
        )

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.backend.setItemText(0, self.tr("Drawn by what is faster here"))
        self.backend.setItemText(1, self.tr("Drawn by the processor"))
        self.backend.setItemText(2, self.tr("Drawn by the graphics processor (VTK)"))
        self.measure.setText(self.tr("Measure again"))
        self._show_measuring()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
