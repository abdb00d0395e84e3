"""The line of the Live page that names the map in which the camera is looked for."""

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from core.services import Services
from core.visual_map import VisualMap


class OpenedMap(QWidget):
    """Names the map and how large it is; a button closes it. Signals: `closed()`."""

    closed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.world: VisualMap | None = None
        self._name = ""
        self._text = QLabel()
        self.button = QToolButton()
        services.set_icon(self.button, "clear")
        self.button.clicked.connect(self.close_map)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._text)
        row.addWidget(self.button)
        row.addStretch(1)
        self.setVisible(False)
        self.retranslate()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def show_map(self, path: Path, world: VisualMap) -> None:
        """Name a map."""
        self.world = world
        self._name = path.parent.name if path.name == "map.smap" else path.name
        self.setVisible(True)
        self.retranslate()

    def close_map(self) -> None:
        """Have no map any more."""
        self.world = None
        self.setVisible(False)
        self.closed.emit()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.button.setToolTip(self.tr("Close the map"))
        self.button.setAccessibleName(self.tr("Close the map"))
        if self.world is not None:
            text = self.tr("The camera is looked for in {name}: {points} points, {count} keyframes")
            self._text.setText(
                text.format(name=self._name, points=len(self.world.points), count=len(self.world.keyframes))
            )

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
