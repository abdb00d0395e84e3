"""The left side of the Reconstruction page: photographs, and what is to be done with them."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.services import Services
from reconstruction.ui.photograph_panel import PhotographPanel
from reconstruction.ui.run_panel import RunPanel


class PhotographSide(QWidget):
    """Buttons to add photographs or to begin anew, their list, and the panel that runs.

    Parameters
    ----------
    services : Services
        The program around it.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = PhotographPanel(services)
        self.panel = RunPanel(services)
        self.add, self.new = QPushButton(), QPushButton()
        services.set_icon(self.add, "add")
        services.set_icon(self.new, "clear")
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.new)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 4, 8)
        column.addLayout(buttons)
        column.addWidget(self.list, 1)
        column.addWidget(self.panel)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the texts in the current language."""
        self.add.setText(self.tr("Add…"))
        self.add.setToolTip(self.tr("Add photographs or open a film"))
        self.new.setText(self.tr("New"))
        self.new.setToolTip(self.tr("Begin with other photographs"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
